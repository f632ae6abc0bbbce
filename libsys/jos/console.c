/* Input, from the console server by IPC: lines are edited there.
 *
 * procmgr says who the console is; that is asked at the first use, and again when that one is dead:
 * then there is another, and the request goes there. A program that was started without a console
 * reads nothing. */
#include "libsys/jos/kernel.h"

#include "protocols/console.h"
#include "protocols/procmgr.h"

envid_t jos_process_manager;
static envid_t console; /* 0: not known */

/* A call with three words; the answer's first word or the kernel's error. *length gets the bytes
 * that came in the words after these. */
static int call(envid_t server, uint32_t w0, uint32_t w1, uint32_t *length)
{
	struct syscall_regs regs = {.ebx = (uint32_t)server, .esi = w0, .edi = w1};
	int result = syscall_raw(SYS_IPC | IPC_SEND | IPC_RECV | IPC_WORDS(3), &regs);

	if (result < 0) {
		return result;
	}
	*length = IPC_GOT_WORDS(result) > 3 ? (IPC_GOT_WORDS(result) - 3) * 4 : 0;
	return (int)regs.esi;
}

static int ask_console(enum console_op op, uint32_t *length)
{
	int result;

	do {
		if (console == 0) {
			int found = call(jos_process_manager, PM_LOOKUP, PM_SERVER_CONSOLE, length);

			if (found <= 0) {
				return E_NOT_FOUND;
			}
			console = found;
		}
		result = call(console, op, 0, length);
		if (result == E_DEAD || result == E_BAD_ENV) {
			console = 0;
		}
	} while (console == 0);
	return result;
}

int sys_cgetc(void)
{
	uint32_t length;
	int c = ask_console(CONSOLE_READ_CHAR, &length);

	return c > 0 ? c : 0;
}

int getchar(void)
{
	uint32_t length;
	int c;

	do { /* 0 is nothing typed, on JOS */
		c = ask_console(CONSOLE_WAIT_CHAR, &length);
	} while (c == 0);
	return c < 0 ? -E_EOF : c;
}

int iscons(int fd)
{
	USED(fd);
	return 1;
}

char *readline(const char *prompt)
{
	static char line[CONSOLE_BYTES_MAX + 1];
	uint32_t came;
	int length;

	if (prompt) {
		cprintf("%s", prompt);
	}
	length = ask_console(CONSOLE_READ_LINE, &came);
	if (length < 0) {
		return NULL;
	}
	came = MIN((uint32_t)length, came);
	memcpy(line, (const char *)(uintptr_t)&env_page->msg[3], came);
	line[came] = '\0';
	/* The echo goes out through the console, cprintf through the kernel: let it be first. */
	(void)ask_console(CONSOLE_DRAIN, &came);
	return line;
}
