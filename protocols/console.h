/* Messages to the console. w0 = enum console_op, answered with w0 = status or result.
 * Bytes travel in words 3.., four a word.
 *
 * Whose the keys are: those of the process in the foreground and of all below it, or, while there
 * is none, of the process that last said so: a shell at its prompt. When that one ends, of the
 * nearest ancestor that lives, else of who owned the terminal before, in the end of the first
 * process. A read of anybody else's waits until that changes (the shell's `fg` does that); it never
 * takes a key. Nobody is told "end of input" for being in the background: a program may well read
 * before its shell has come to put it into the foreground. Before anybody has said anything the
 * keys are everybody's.
 *
 * What is typed and not read yet waits, up to 4,095 keys. What does not fit is lost: the bell rings
 * where that begins, and a line in which something is missing is refused (E_TOO_BIG), never handed
 * out in part. All other lines come whole, once, and in order. Ctrl-C does not wait behind them: it
 * voids all that was typed before it, also where it finds nobody and takes effect when the next
 * program is in the foreground or the next line is read (E_INTERRUPTED), whichever is first; and
 * nothing that is typed after it. Until then, several are one. */
#pragma once

#include "kernel/abi/ipc.h"
#include "kernel/abi/memlayout.h"
#include "kernel/abi/types.h"

#define CONSOLE_BYTES_MAX ((IPC_WORDS_MAX - 3) * 4)
#define CONSOLE_LINE_MAX (CONSOLE_BYTES_MAX - 1)

/* X(NAME, in, out, who may, errors, cost): numbers count from 1. Beside these errors: E_NO_CALL
 * for no operation. A request gives up what its client waited for before. A client that waits
 * keeps nobody else waiting. */
/* clang-format off */
#define CONSOLE_OP_LIST(X) \
	X(WRITE, \
	  "w1 bytes 0..CONSOLE_BYTES_MAX, w2 a number other than that of the client's last " \
	  "write, or 0; bytes. Sent again with the same number to the next console, it is " \
	  "printed once", \
	  "w0 bytes, all of them", \
	  "any env", \
	  "E_INVAL: more bytes than fit, or than came", \
	  "O(bytes); waits for room, behind other writers") \
	X(READ_LINE, \
	  "nothing", \
	  "w0 bytes without the newline; bytes", \
	  "any env; waits until the keys are its", \
	  "E_END: Ctrl-D on an empty line; E_INTERRUPTED: Ctrl-C; E_TOO_BIG: more was typed " \
	  "than fits (CONSOLE_LINE_MAX) or was kept", \
	  "waits for a line, its turn behind other readers, without bound") \
	X(READ_CHAR, \
	  "nothing", \
	  "w0 one character", \
	  "any env whose the keys are", \
	  "E_NOT_FOUND: none was typed, or the keys are not its", \
	  "O(1), and perhaps a question to procmgr; never waits") \
	X(WAIT_CHAR, \
	  "nothing", \
	  "w0 one character", \
	  "any env; waits until the keys are its", \
	  "none", \
	  "waits for a key, behind all who read lines, without bound") \
	X(FOREGROUND, \
	  "w1 pid that Ctrl-C kills and that reads, 0 none (then Ctrl-C ends the line edit, and " \
	  "the client reads)", \
	  "w0 OK", \
	  "who owns or lent the terminal, is in the foreground or below, or is the first " \
	  "process; of itself and its descendants (servers/procmgr/process/terminal.c)", \
	  "E_INVAL: no pid; E_PERM: the keys are not the client's, or it may not end that " \
	  "process; E_BAD_ENV", \
	  "O(1), and a question to procmgr") \
	X(DRAIN, \
	  "nothing", \
	  "w0 OK", \
	  "any env", \
	  "none", \
	  "waits until everything written so far has left the machine")
/* clang-format on */

#define CONSOLE_OP_ENUM(name, in, out, who, errors, cost) CONSOLE_##name,
enum console_op { CONSOLE_NO_OP, CONSOLE_OP_LIST(CONSOLE_OP_ENUM) };
#undef CONSOLE_OP_ENUM

/* What a console accepts, and has not sent yet, lies in memory that outlives it: pages that procmgr
 * maps here into each console, and keeps. They begin with this; the rest is the console's own. The
 * positions run freely: bytes [taken, put), each modulo CONSOLE_OUT_SIZE, are still to be sent,
 * lines ending with "\r\n". All zero before the first console. */
#define CONSOLE_KEPT 0x00380000u
#define CONSOLE_KEPT_PAGES 8
#define CONSOLE_OUT_SIZE 8192u /* a power of two */

struct console_out {
	uint32_t taken, put;
	/* A console that stands at this instruction has sent the byte at `taken`. */
	uint32_t sent_ip;
	uint8_t bytes[CONSOLE_OUT_SIZE];
};

/* The last numbered write of a client, procmgr's log included: accepted once `put` has reached
 * `mark`. */
struct console_write {
	envid_t client;
	uint32_t number, mark;
};

struct console_kept {
	struct console_out out;
	struct console_write writes[NENV]; /* by slot */
};
