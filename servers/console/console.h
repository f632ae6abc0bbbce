/* The state of the console server, and what it does by itself between two messages. */
#pragma once

#include "servers/console/keyboard.h"
#include "servers/console/line.h"
#include "servers/console/output.h"
#include "servers/console/waiters.h"

/* What procmgr said of the env that has, or had, a slot. It holds until somebody else may be meant
 * by it, by what is asked here or by an end that procmgr tells of (PM_NOTIFY_TERMINAL), so nobody
 * makes us ask without end. */
struct right {
	envid_t client;
	uint32_t asked; /* in `changes` */
	bool may_read;
};

struct console {
	envid_t procmgr;
	bool log_waits; /* procmgr's log may have lines to print */
	struct kept *kept;
	struct output output;
	struct keyboard keyboard;
	struct line line;
	bool line_done;     /* the line is complete and waits for a reader */
	envid_t edited_for; /* the reader the line is shown to, 0 nobody */
	struct waiters waiters;
	uint32_t changes; /* of whose the keys are, since 1 */
	struct right rights[NENV];
};

/* Sets everything up, goes on with what a former console left, and takes in what the devices
 * hold. */
void console_start(struct console *console);

/* Acts on pending bits: device interrupts and procmgr's notice. May call procmgr. */
void console_take_bits(struct console *console, uint32_t bits);

/* Makes `pid` the process that Ctrl-C kills and that reads, 0 none: then `client` reads. A Ctrl-C
 * that came while its shell was still starting it counts. OK or E_PERM. May call procmgr. */
int console_take_foreground(struct console *console, envid_t client, uint32_t pid);

/* Whether the keys are the client's: protocols/console.h. May call procmgr. */
bool console_may_read(struct console *console, envid_t client);

/* Goes on with all that can go on: waiting text, the log, line editing, drains. To be called
 * after each message. Answers waiting clients; never waits for one. May call procmgr. */
void console_work(struct console *console);

/* Whether console_work is to be called again soon though no message comes: there is more of the
 * log, or the last bits of a transmission leave without an interrupt. */
bool console_wants_time(const struct console *console);
