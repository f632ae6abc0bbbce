/* trace: the kernel's trace, switched on and off, and written out to the host.
 *
 * `save` takes the records out of the kernel's rings and writes them byte by byte to PM_TRACE_OUT,
 * which QEMU puts into a file (scripts/run, TRACE=file). What it writes is chunks:
 *
 *     magic | enum chunk | argument | bytes | Adler-32 of the bytes | bytes ...
 *     five words, then bytes
 *     CHUNK_HEAD      argument CPUs; struct trace_stats
 *     CHUNK_RECORDS   argument CPU; struct trace_record ...
 *     CHUNK_END       struct trace_stats: what was left, and lost
 *
 * scripts/trace reads them. */
#include "apps/sh/sh.h"
#include "libsys/args.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "libsys/syscall.h"

enum { CHUNK_MAGIC = 0x31525450 }; /* "PTR1" */
enum chunk { CHUNK_HEAD = 1, CHUNK_RECORDS, CHUNK_END };

static struct trace_record records[TRACE_RECORDS_PER_PAGE] __attribute__((aligned(PGSIZE)));

/* RFC 1950, 8.2. */
static uint32_t adler32(const uint8_t *bytes, uint32_t length)
{
	enum { PRIME = 65521, SAFE = 5552 }; /* so many bytes cannot overflow */
	uint32_t a = 1, b = 0;

	while (length > 0) {
		uint32_t part = length < SAFE ? length : SAFE;

		length -= part;
		while (part-- > 0) {
			a += *bytes++;
			b += a;
		}
		a %= PRIME;
		b %= PRIME;
	}
	return b << 16 | a;
}

static void out(const void *bytes, uint32_t length)
{
	asm volatile("rep outsb" : "+S"(bytes), "+c"(length) : "d"(PM_TRACE_OUT) : "memory");
}

static bool somebody_listens(void)
{
	uint8_t value;

	asm volatile("inb %1, %0" : "=a"(value) : "Nd"((uint16_t)PM_TRACE_OUT));
	return value == PM_TRACE_OUT;
}

static void out_chunk(enum chunk kind, uint32_t argument, const void *bytes, uint32_t length)
{
	const uint32_t head[5] = {CHUNK_MAGIC, kind, argument, length, adler32(bytes, length)};

	out(head, sizeof(head));
	out(bytes, length);
}

/* The records of a CPU, at most `most` or some more; how many. While the trace is on, reading makes
 * records too: therefore it ends with the first page that is not full. */
static uint32_t out_ring(uint32_t cpu, uint32_t most)
{
	uint32_t total = 0;
	int count;

	do {
		count = sys_trace(TRACE_READ, cpu, (vaddr_t)records);
		if (count > 0) {
			out_chunk(CHUNK_RECORDS, cpu, records,
			          (uint32_t)count * sizeof(records[0]));
			total += (uint32_t)count;
		}
	} while (count == TRACE_RECORDS_PER_PAGE && total < most);
	return total;
}

static int save(void)
{
	struct trace_stats stats;
	struct sysinfo info;
	uint32_t count = 0;
	int status = sys_trace_stats(&stats);

	status = status < 0 ? status : sys_sysinfo(&info);
	if (status == E_PERM) {
		puts("trace: there are no records; trace on comes first");
		return E_NOT_FOUND;
	}
	if (status < 0) {
		return status;
	}
	if (!somebody_listens()) {
		puts("trace: nobody listens; start with TRACE=FILE, or with make trace");
		return E_NOT_FOUND;
	}
	out_chunk(CHUNK_HEAD, info.ncpu, &stats, sizeof(stats));
	for (uint32_t cpu = 0; cpu < info.ncpu; cpu++) {
		count += out_ring(cpu, stats.capacity / info.ncpu);
	}
	status = sys_trace_stats(&stats);
	out_chunk(CHUNK_END, 0, &stats, sizeof(stats));
	printf("%u records saved, %u dropped\n", count, stats.dropped);
	return status;
}

static int save_with_port(void)
{
	int status = process_trace(PM_TRACE_PORT, 1);

	if (status == OK) {
		records[0].event = 0; /* the page is there: the kernel does not fetch it */
		status = save();
		(void)process_trace(PM_TRACE_PORT, 0);
	}
	return status;
}

static int show(void)
{
	struct trace_stats stats;
	int status = sys_trace_stats(&stats);

	if (status == E_PERM) { /* never switched on by us */
		puts("off, 0 records");
		return OK;
	}
	if (status == OK) {
		printf("%s, %u of %u records, %u dropped\n", stats.on ? "on" : "off", stats.waiting,
		       stats.capacity, stats.dropped);
	}
	return status;
}

static int clear(void)
{
	int left;

	do {
		left = sys_trace(TRACE_CLEAR, 0, 0);
	} while (left > 0);
	return left == E_PERM ? OK : left;
}

static int dispatch(const char *what, int pages)
{
	if (strcmp(what, "on") == 0) {
		return process_trace(PM_TRACE_ON, (uint32_t)pages);
	}
	if (strcmp(what, "off") == 0) {
		return process_trace(PM_TRACE_OFF, 0);
	}
	if (strcmp(what, "stat") == 0) {
		return show();
	}
	if (strcmp(what, "save") == 0) {
		return save_with_port();
	}
	return strcmp(what, "clear") == 0 ? clear() : E_INVAL;
}

int trace_run(int argc, char *argv[])
{
	int pages = 0, status = E_INVAL;

	if (argc == 2 ||
	    (strcmp(argv[1], "on") == 0 && args_number(argv[2], 1, TRACE_PAGES_MAX, &pages))) {
		status = dispatch(argv[1], pages);
	}
	if (status == E_INVAL) {
		printf("usage: trace on [PAGES]|off|stat|save|clear (PAGES of each CPU's ring: a "
		       "power of two up to %u)\n",
		       TRACE_PAGES_MAX);
	} else if (status == E_BUSY) {
		puts("trace: there are rings already; trace off, trace clear");
	} else if (status < 0 && status != E_NOT_FOUND) {
		printf("trace: %s\n", status_text(status));
	}
	return status < 0;
}
