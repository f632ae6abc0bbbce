/* Messages to the console. w0 = enum console_op, answered with w0 = status or result.
 * Bytes travel in words 3.., four a word. */
#ifndef PARLEY_SERVERS_CONSOLE_PROTOCOL_H
#define PARLEY_SERVERS_CONSOLE_PROTOCOL_H

#include "kernel/abi/ipc.h"

#define CONSOLE_BYTES_MAX ((IPC_WORDS_MAX - 3) * 4)

enum console_op {
	CONSOLE_WRITE = 1,  /* w1 bytes 0..CONSOLE_BYTES_MAX; -> w0 bytes, all of them */
	CONSOLE_READ_LINE,  /* -> w0 bytes without the newline; E_END at Ctrl-D on an empty line, */
			    /*    E_INTERRUPTED at Ctrl-C; waits its turn behind other readers */
	CONSOLE_READ_CHAR,  /* -> w0 one character, or E_NOT_FOUND: never waits */
	CONSOLE_FOREGROUND, /* w1 pid that Ctrl-C kills, 0 none (then Ctrl-C ends the line edit) */
	CONSOLE_DRAIN,      /* -> w0 OK once everything written so far has left the machine */
};

#endif
