/* Output: text collects on the caller's stack and goes to the kernel's debug output at the end of
 * each call. Nothing is shared, so envs that share all memory may print at once. */
#include "libsys/jos/kernel.h"

enum { WRITE_MAX = 1024 }; /* of one SYS_DEBUG_WRITE */

/* It ends the caller if that may not read the text. */
static void write_or_die(const char *text, uint32_t length)
{
	int done;

	do {
		done = kernel_call(SYS_DEBUG_WRITE | DEBUG_WRITE_OR_DIE << 8, (vaddr_t)text, length,
		                   0, 0);
		text += done;
		length -= (uint32_t)done;
	} while (done > 0 && length > 0);
}

static bool readable(uint32_t page)
{
	const pte_t wanted = PTE_P | PTE_U;

	return (uvpd[page / NPTENTRIES] & (wanted | PTE_PS)) == wanted &&
	       (uvpt[page] & wanted) == wanted;
}

/* Ends the caller if it may not read all of the text, before any of it is printed. Needed where the
 * text goes in parts; the kernel looks at each part by itself. */
static void check_all(const char *text, size_t length)
{
	uint32_t first = PGNUM(text), last = PGNUM((uint32_t)text + length - 1);
	const uint32_t pages = 1u << (32 - PGSHIFT);

	for (uint32_t page = first; page != (last + 1) % pages; page = (page + 1) % pages) {
		if (!readable(page)) {
			write_or_die(page == first ? text : (const char *)(page * PGSIZE), 1);
		}
	}
}

void sys_cputs(const char *string, size_t len)
{
	if (len > WRITE_MAX) {
		check_all(string, len);
	}
	for (; len > WRITE_MAX; string += WRITE_MAX, len -= WRITE_MAX) {
		write_or_die(string, WRITE_MAX);
	}
	write_or_die(string, len);
}

void printbuf_flush(struct printbuf *buffer)
{
	sys_cputs(buffer->bytes, buffer->used);
	buffer->used = 0;
}

void printbuf_put(int c, void *printbuf)
{
	struct printbuf *buffer = printbuf;

	buffer->bytes[buffer->used++] = (char)c;
	buffer->count++;
	if (buffer->used == sizeof(buffer->bytes)) {
		printbuf_flush(buffer);
	}
}

int vcprintf(const char *fmt, va_list ap)
{
	struct printbuf buffer;

	buffer.used = 0;
	buffer.count = 0;
	vprintfmt(printbuf_put, &buffer, fmt, ap);
	printbuf_flush(&buffer);
	return buffer.count;
}

int cprintf(const char *fmt, ...)
{
	va_list args;
	int count;

	va_start(args, fmt);
	count = vcprintf(fmt, args);
	va_end(args);
	return count;
}

void cputchar(int c)
{
	const char byte = (char)c;

	sys_cputs(&byte, 1);
}

/* One line, whatever others print meanwhile. */
static void say(const char *what, const char *file, int line, const char *fmt, va_list ap)
{
	struct printbuf buffer;

	buffer.used = 0;
	buffer.count = 0;
	printfmt(printbuf_put, &buffer, "[%08x] user %s in %s at %s:%d: ", sys_getenvid(), what,
	         binaryname, file, line);
	vprintfmt(printbuf_put, &buffer, fmt, ap);
	printbuf_put('\n', &buffer);
	printbuf_flush(&buffer);
}

void _warn(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("warning", file, line, fmt, args);
	va_end(args);
}

void _panic(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("panic", file, line, fmt, args);
	va_end(args);
	env_page->xupcall = 0; /* the program's own handler must not go on */
	for (;;) {
		breakpoint();
	}
}
