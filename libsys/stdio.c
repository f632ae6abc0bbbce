/* Standard output and line input.
 *
 * Output collects in one buffer that is as large as a message to the console, and leaves at a
 * newline, when full, before input, before fork and at exit. A server (ipc_own_rank below
 * IPC_RANK_APP) must not call the console, which stands above it: its output, and that of a
 * program which cannot reach the console, goes to the kernel's debug output instead, so that
 * nothing is lost.
 *
 * The console's env id is looked up once, and again whenever that env is gone: procmgr has then
 * started another, to which the request that was not answered goes again. Writes are numbered, so
 * that the next console knows which of them the former one accepted. */
#include "libsys/stdio.h"

#include "libsys/format.h"
#include "libsys/ipc.h"
#include "libsys/process.h"
#include "libsys/string.h"
#include "protocols/console.h"

static struct {
	char bytes[CONSOLE_BYTES_MAX];
	uint32_t used;
	bool line_ended; /* a newline is among them */
} out;

static envid_t console_env; /* 0: not looked up yet */

/* Sends *msg, with `length` bytes of text, to the console; the answer replaces *msg. Returns OK or
 * why there was no answer; E_DEAD: that console is gone, and it is to be tried again with the next.
 * Blocks. */
static int console_try(struct ipc_msg *msg, const char *bytes, uint32_t length)
{
	if (ipc_own_rank != IPC_RANK_APP) {
		return E_PERM;
	}
	if (console_env == 0) {
		envid_t found = process_server(PM_SERVER_CONSOLE);

		if (found <= 0) {
			return E_NOT_FOUND;
		}
		console_env = found;
	}
	/* After the lookup, which uses the same message words. */
	msg->nwords = length > 0 ? ipc_put_bytes(bytes, length) : 3;
	int status = ipc_call(console_env, msg, 0);
	if (status == E_BAD_ENV || status == E_DEAD) {
		console_env = 0;
		return E_DEAD;
	}
	return status;
}

/* The same, until a console answers or there is none. */
static int console_call(struct ipc_msg *msg, const char *bytes, uint32_t length)
{
	const struct ipc_msg request = *msg;
	int status;

	do {
		*msg = request;
		status = console_try(msg, bytes, length);
	} while (status == E_DEAD);
	return status;
}

/* A request without text. Returns the console's result or an error. */
static int console_request(enum console_op op, uint32_t argument)
{
	struct ipc_msg msg = {.w = {op, argument, 0}};
	int status = console_call(&msg, NULL, 0);

	return status < 0 ? status : (int)msg.w[0];
}

static int write_bytes(const char *bytes, uint32_t length)
{
	static uint32_t writes;

	writes += writes + 1 == 0 ? 2 : 1; /* never 0 */
	struct ipc_msg msg = {.w = {CONSOLE_WRITE, length, writes}};
	int status = console_call(&msg, bytes, length);

	if (status >= 0 && (int)msg.w[0] < 0) {
		status = (int)msg.w[0];
	}
	if (status < 0) {
		int written = sys_debug_write(bytes, length);

		/* For a server this is the regular way. */
		return ipc_own_rank != IPC_RANK_APP && written >= 0 ? OK : status;
	}
	return OK;
}

int stdout_flush(void)
{
	uint32_t length = out.used <= sizeof(out.bytes) ? out.used : 0; /* else overwritten */

	out.used = 0;
	out.line_ended = false;
	return length > 0 ? write_bytes(out.bytes, length) : OK;
}

int stdout_drain(void)
{
	int status = stdout_flush();
	int drained = console_request(CONSOLE_DRAIN, 0);

	return status < 0 ? status : drained;
}

static void stdout_put(void *context, char c)
{
	(void)context;
	if (out.used == sizeof(out.bytes)) {
		stdout_flush();
	}
	out.bytes[out.used++] = c;
	out.line_ended |= c == '\n';
}

static void flush_lines(void)
{
	if (out.line_ended) {
		stdout_flush();
	}
}

int vprintf(const char *format, va_list args)
{
	int length = format_text(stdout_put, NULL, format, args);

	flush_lines();
	return length;
}

int printf(const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vprintf(format, args);
	va_end(args);
	return length;
}

int putchar(int c)
{
	stdout_put(NULL, (char)c);
	flush_lines();
	return (uint8_t)c;
}

int puts(const char *text)
{
	return printf("%s\n", text);
}

/* A new console starts without what was typed at the old one: so the prompt comes again. */
static int ask_line(const char *prompt, struct ipc_msg *msg)
{
	int status;

	do {
		if (prompt) {
			printf("%s", prompt);
		}
		stdout_flush();
		*msg = (struct ipc_msg){.w = {CONSOLE_READ_LINE, 0, 0}};
		status = console_try(msg, NULL, 0);
	} while (status == E_DEAD);
	return status < 0 ? status : (int)msg->w[0];
}

int readline(const char *prompt, char *buffer, size_t size)
{
	struct ipc_msg msg;

	if (size == 0) {
		return E_INVAL;
	}
	buffer[0] = '\0';
	int result = ask_line(prompt, &msg);
	if (result < 0) {
		return result;
	}
	_Static_assert(READLINE_MAX == CONSOLE_LINE_MAX, "what the console takes");
	uint32_t length = (uint32_t)result;
	if (length >= size || length > READLINE_MAX) {
		return E_TOO_BIG;
	}
	ipc_get_bytes(buffer, length);
	buffer[length] = '\0';
	return (int)length;
}

int getchar_nowait(void)
{
	stdout_flush();
	return console_request(CONSOLE_READ_CHAR, 0);
}

int console_set_foreground(int32_t pid)
{
	return console_request(CONSOLE_FOREGROUND, (uint32_t)pid);
}
