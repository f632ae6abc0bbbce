/* The world around the console server: clients, procmgr and the kernel, played by the test.
 *
 * The server runs in a thread of its own and meets the test only in ipc_reply_recv: the test hands
 * it one message and waits until it asks for the next. One of the two runs at any time. */
#pragma once

#include "libsys/ipc.h"
#include "protocols/console.h"
#include "protocols/procmgr.h"
#include "tests/host/console_machine.h"
#include "tests/host/host_check.h"

/* Clients; any id 0x1000..0x13ff will do. */
enum { SHELL = 0x1005, OTHER = 0x1006, THIRD = 0x1007 };

/* The last answer to a client. */
struct reply {
	int count; /* answers since last checked */
	int status;
	uint32_t length;
	char text[CONSOLE_BYTES_MAX];
};

extern struct reply replies[NENV];
extern envid_t dies_unseen;    /* answers to it fail, though its record says that it lives */
extern uint32_t receive_flags; /* of the server's last receive */

/* procmgr: what it was asked to kill, what it answers, and whom that buries. */
/* By slot: the pid of the process that this client is, or is below of; 0: of none. */
extern uint32_t pid_above[NENV];
extern uint32_t foreground_pid; /* and who said so; 0: nobody */
extern envid_t terminal_owner;
extern uint32_t questions; /* whose the keys are: that it was asked */
extern uint32_t killed_pid, killed_status;
extern int kill_result;
extern envid_t kill_ends;

/* procmgr's log. */
extern char log_text[4096];
extern uint32_t log_length, log_taken;

/* A machine with all devices, and clients that wait; the test may change it before go(). */
void set_up(void);
/* Starts the server. */
void go(void);
/* Both. */
void start(void);
/* After set_up, before go: a console that does what fn makes it do, and then is killed. What it
 * kept is there for the next; the machine of that one has not seen it. */
void run_former_console(void (*fn)(void));

/* Hands over one message, or a failed receive, then all interrupts that follow. */
void deliver(int result, struct ipc_msg msg);
void request(envid_t from, uint32_t op, uint32_t w1);
void request_write(envid_t from, const char *text, uint32_t length, uint32_t nwords);
void say(envid_t from, const char *text);
void say_numbered(envid_t from, const char *text, uint32_t number);
void type(const char *text);
/* Interrupts arrive until all is served. */
void deliver_irqs(void);
/* Likewise; if the server waits with a bound, that passes first. */
void pass_time(void);
/* The client dies. */
void bury(envid_t client);
/* Its slot goes to a new one. */
void bequeath(envid_t client, envid_t heir);

void check_no_reply(envid_t client);
void check_status(envid_t client, int status);
void check_line(envid_t client, const char *wanted);
/* All that went out on the serial line since the last look. */
void check_sent(const char *wanted);
