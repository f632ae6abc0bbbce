/* The first and only program of a Linux that is measured beside Parley (make bench-linux): the same
 * work by Linux's own means, in the same emulator, by the same counter. Prints `figure ROW SIZE OPS
 * COUNTS` as bench does, and "wrong: ..." as soon as a result is not right; then restarts the
 * machine, which ends it.
 *
 *     B1       getppid by int 0x80; B1_fast through the kernel's entry code (sysenter)
 *     B2       two processes, a word each way by eventfd; B2_pipe by pipes
 *     B3       sched_yield of two processes at real-time priority, per call
 *     B4, B5   fork, exit, wait
 *     B6       the child of a fork writes to pages that it shares, by Linux's kernel
 *     B6_uffd  a page copied in by another process (userfaultfd)
 *     B7       a new page, by the kernel; B7_mmap, B7_mprotect by a handler of SIGSEGV; B7_uffd by
 *              another process
 *     B9_copy  4 KiB through a pipe, answered by a word; B9_memfd a page passed as a descriptor
 *              and mapped */
#include "apps/bench/linux/linux.h"

enum { ROUNDS = 3, OPS = 200, PAGES_MAX = 1024, PASSED = 64, BYTE = 1234 };

static void (*fast_entry)(void);

static inline uint64_t counter(void)
{
	uint64_t value;

	asm volatile("rdtsc" : "=A"(value) : : "memory");
	return value;
}

/* ---- calls and output ---- */

static int call(int number, uint32_t a, uint32_t b, uint32_t c)
{
	return linux_call(number, a, b, c, 0, 0, 0);
}

static void print(const char *text)
{
	uint32_t length = 0;

	while (text[length] != '\0') {
		length++;
	}
	(void)call(NR_WRITE, 1, (uint32_t)text, length);
}

static void print_number(uint64_t value)
{
	char text[24];
	char *first = text + sizeof(text) - 1;
	uint32_t high = (uint32_t)(value >> 32), low = (uint32_t)value;

	*first = '\0';
	do { /* long division by ten, with 32-bit quotients */
		uint32_t rest = high % 10;

		high /= 10;
		asm("divl %2" : "+a"(low), "+d"(rest) : "r"(10));
		*--first = (char)('0' + rest);
	} while (high != 0 || low != 0);
	print(first);
}

static void report(const char *row, uint32_t size, uint32_t ops, uint64_t counts)
{
	print("figure ");
	print(row);
	print(" ");
	print_number(size);
	print(" ");
	print_number(ops);
	print(" ");
	print_number(counts);
	print("\n");
}

static _Noreturn void stop(void)
{
	for (;;) {
		(void)linux_call(NR_REBOOT, REBOOT_MAGIC1, REBOOT_MAGIC2, REBOOT_RESTART, 0, 0, 0);
	}
}

static void expect(bool good, const char *what)
{
	if (!good) {
		print("wrong: ");
		print(what);
		print("\n");
		stop();
	}
}

static int must(int result, const char *what)
{
	expect(result >= 0, what);
	return result;
}

static uint32_t *map(uint32_t address, uint32_t npages, int protection, int flags, int fd)
{
	int result = linux_call(NR_MMAP, address, npages * PAGE, (uint32_t)protection,
	                        (uint32_t)flags, (uint32_t)fd, 0);

	expect((uint32_t)result < (uint32_t)-PAGE, "mmap");
	return (uint32_t *)result;
}

static uint32_t *new_pages(uint32_t npages)
{
	return map(0, npages, PROT_BOTH, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static void unmap(uint32_t *area, uint32_t npages)
{
	must(call(NR_MUNMAP, (uint32_t)area, npages * PAGE, 0), "munmap");
}

static int fork(void)
{
	return must(call(NR_FORK, 0, 0, 0), "fork");
}

static _Noreturn void quit(int status)
{
	for (;;) {
		(void)call(NR_EXIT, (uint32_t)status, 0, 0);
	}
}

static void join(int pid)
{
	int status = -1;

	expect(call(NR_WAITPID, (uint32_t)pid, (uint32_t)&status, 0) == pid && status == 0,
	       "a child");
}

static void end(int pid)
{
	must(call(NR_KILL, (uint32_t)pid, SIGKILL, 0), "kill");
	must(call(NR_WAITPID, (uint32_t)pid, 0, 0), "wait");
}

static int get(int fd, void *to, uint32_t length)
{
	return call(NR_READ, (uint32_t)fd, (uint32_t)to, length);
}

static int put(int fd, const void *from, uint32_t length)
{
	return call(NR_WRITE, (uint32_t)fd, (uint32_t)from, length);
}

static void make_pipe(int fds[2])
{
	must(call(NR_PIPE, (uint32_t)fds, 0, 0), "pipe");
}

/* ---- B1 to B3 ---- */

static void calibrate(void)
{
	uint32_t turns = 100000;
	uint64_t start = counter();

	asm volatile("1: decl %0; jnz 1b" : "+r"(turns));
	report("calibration", 0, 200000, counter() - start);
}

static void measure_call(void)
{
	uint64_t start = counter();

	for (int i = 0; i < OPS; i++) {
		(void)call(NR_GETPPID, 0, 0, 0);
	}
	report("B1", 0, OPS, counter() - start);
	start = counter();
	for (int i = 0; i < OPS; i++) {
		(void)linux_call_fast(NR_GETPPID, fast_entry);
	}
	report("B1_fast", 0, OPS, counter() - start);
}

/* A word there and back, each way through a pair of descriptors. A word of eventfd is eight
 * bytes. */
static void measure_round_trip(const char *row, int there_in, int there_out, int back_in,
                               int back_out, uint32_t bytes)
{
	uint64_t word = 1, sum = 0, start = 0;
	int pid = fork();

	if (pid == 0) {
		for (;;) {
			(void)get(there_in, &word, bytes);
			word++;
			(void)put(back_out, &word, bytes);
		}
	}
	for (int i = -10; i < OPS; i++) {
		if (i == 0) {
			start = counter();
		}
		word = 1;
		(void)put(there_out, &word, bytes);
		(void)get(back_in, &word, bytes);
		sum += word;
	}
	report(row, 1, OPS, counter() - start);
	expect(sum == 2 * (OPS + 10), "words");
	end(pid);
}

static void measure_messages(void)
{
	int there[2], back[2];
	int first = must(call(NR_EVENTFD, 0, 0, 0), "eventfd");
	int second = must(call(NR_EVENTFD, 0, 0, 0), "eventfd");

	measure_round_trip("B2", first, first, second, second, 8);
	make_pipe(there);
	make_pipe(back);
	measure_round_trip("B2_pipe", there[0], there[1], back[0], back[1], 4);
}

static void measure_yield(void)
{
	volatile uint32_t *turns = map(0, 1, PROT_BOTH, MAP_SHARED | MAP_ANONYMOUS, -1);
	uint32_t priority = 1, before;
	uint64_t start, counts;
	int pid;

	must(call(NR_SCHED_SETSCHEDULER, 0, SCHED_FIFO, (uint32_t)&priority), "priority");
	pid = fork();
	while (pid == 0) {
		turns[0]++;
		(void)call(NR_SCHED_YIELD, 0, 0, 0);
	}
	while (turns[0] < 10) {
		(void)call(NR_SCHED_YIELD, 0, 0, 0);
	}
	before = turns[0];
	start = counter();
	for (int i = 0; i < OPS; i++) {
		(void)call(NR_SCHED_YIELD, 0, 0, 0);
	}
	counts = counter() - start;
	report("B3", 0, OPS + turns[0] - before, counts);
	expect(turns[0] - before >= OPS - 2, "turns");
	end(pid);
	priority = 0;
	must(call(NR_SCHED_SETSCHEDULER, 0, 0, (uint32_t)&priority), "priority");
}

/* ---- B4 to B6 ---- */

static void dirty(volatile uint32_t *area, uint32_t npages, uint32_t seed)
{
	for (uint32_t page = 0; page < npages; page++) {
		area[page * WORDS + page % WORDS] = page + seed;
	}
}

static bool is_dirty(volatile uint32_t *area, uint32_t npages, uint32_t seed)
{
	bool good = true;

	for (uint32_t page = 0; page < npages; page++) {
		good &= area[page * WORDS + page % WORDS] == page + seed;
	}
	return good;
}

static void measure_fork(const char *row, uint32_t npages)
{
	uint32_t *area = npages > 0 ? new_pages(npages) : NULL;

	for (uint32_t round = 0; round <= ROUNDS; round++) {
		uint64_t start;
		int pid;

		dirty(area, npages, round);
		start = counter();
		pid = fork();
		if (pid == 0) {
			quit(0);
		}
		join(pid);
		if (round > 0) {
			report(row, npages, 1, counter() - start);
		}
		expect(is_dirty(area, npages, round), "own pages");
	}
	if (npages > 0) {
		unmap(area, npages);
	}
}

/* Writes a byte of each page; counts. */
static uint64_t touch(volatile uint8_t *area, uint32_t npages)
{
	uint64_t start = counter();

	for (uint32_t page = 0; page < npages; page++) {
		area[page * PAGE + BYTE] = (uint8_t)page;
	}
	return counter() - start;
}

static void measure_cow(uint32_t npages)
{
	uint32_t *area = new_pages(npages);
	int pid;

	dirty(area, npages, 1);
	pid = fork();
	if (pid == 0) {
		uint64_t counts = touch((uint8_t *)area, npages);

		report("B6", npages, npages, counts);
		quit(0);
	}
	join(pid);
	expect(is_dirty(area, npages, 1), "the parent's pages");
	unmap(area, npages);
}

/* ---- B7: who makes a page ---- */

static bool is_touched(volatile uint8_t *area, uint32_t npages, uint8_t rest)
{
	bool good = true;

	for (uint32_t page = 0; page < npages; page++) {
		good &= area[page * PAGE + BYTE] == (uint8_t)page && area[page * PAGE] == rest;
	}
	return good;
}

static void measure_zero(const char *row, uint32_t npages, int protection)
{
	uint32_t *area = map(0, npages, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	uint64_t counts = touch((uint8_t *)area, npages);

	expect(is_touched((uint8_t *)area, npages, 0), "new pages");
	unmap(area, npages);
	report(row, npages, npages, counts);
}

static uint32_t fault_page(const void *info)
{
	return *(const uint32_t *)((const char *)info + SIGINFO_ADDRESS) & -PAGE;
}

static void handler_mmap(int number, void *info, void *context)
{
	(void)number, (void)context;
	(void)map(fault_page(info), 1, PROT_BOTH, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1);
}

static void handler_mprotect(int number, void *info, void *context)
{
	(void)number, (void)context;
	(void)call(NR_MPROTECT, fault_page(info), PAGE, PROT_BOTH);
}

static void measure_handler(const char *row, void (*handler)(int, void *, void *), uint32_t npages)
{
	struct signal_action action = {.handler = handler,
	                               .flags = SA_SIGINFO | SA_RESTORER | SA_NODEFER,
	                               .restorer = signal_return};

	must(linux_call(NR_SIGACTION, SIGSEGV, (uint32_t)&action, 0, 8, 0, 0), "sigaction");
	measure_zero(row, npages, PROT_NONE);
}

/* The other process: gives each page that is asked for, copied from `from` or zero. */
static _Noreturn void serve_faults(int uffd, const uint32_t *from)
{
	struct uffd_message message;

	for (;;) {
		struct uffd_copy copy = {.from = (uint32_t)from, .length = PAGE};
		struct uffd_zeropage zero = {.length = PAGE};

		(void)get(uffd, &message, sizeof(message));
		copy.to = zero.start = message.address & -PAGE;
		if (from != NULL) {
			(void)call(NR_IOCTL, (uint32_t)uffd, UFFDIO_COPY, (uint32_t)&copy);
		} else {
			(void)call(NR_IOCTL, (uint32_t)uffd, UFFDIO_ZEROPAGE, (uint32_t)&zero);
		}
	}
}

static void measure_uffd(const char *row, uint32_t npages, uint8_t fill)
{
	struct uffd_api api = {.api = UFFD_API};
	uint32_t *area = new_pages(npages), *source = new_pages(1);
	struct uffd_register range = {
		.start = (uint32_t)area, .length = npages * PAGE, .mode = UFFD_REGISTER_MISSING};
	int uffd = must(call(NR_USERFAULTFD, 0, 0, 0), "userfaultfd"), pid;
	uint64_t counts;

	must(call(NR_IOCTL, (uint32_t)uffd, UFFDIO_API, (uint32_t)&api), "UFFDIO_API");
	must(call(NR_IOCTL, (uint32_t)uffd, UFFDIO_REGISTER, (uint32_t)&range), "UFFDIO_REGISTER");
	for (uint32_t i = 0; i < PAGE; i++) {
		((uint8_t *)source)[i] = fill;
	}
	pid = fork();
	if (pid == 0) {
		serve_faults(uffd, fill != 0 ? source : NULL);
	}
	counts = touch((uint8_t *)area, npages);
	expect(is_touched((uint8_t *)area, npages, fill), "pages from another process");
	report(row, npages, npages, counts);
	end(pid);
	must(call(NR_CLOSE, (uint32_t)uffd, 0, 0), "close");
	unmap(area, npages);
	unmap(source, 1);
}

/* ---- B9 ---- */

static void measure_copy(void)
{
	static uint32_t page[WORDS];
	uint32_t word = 0;
	uint64_t start = 0;
	int there[2], back[2], pid;

	make_pipe(there);
	make_pipe(back);
	pid = fork();
	if (pid == 0) {
		for (;;) {
			(void)get(there[0], page, PAGE);
			(void)put(back[1], &page[5], sizeof(word));
		}
	}
	for (int i = -10; i < OPS; i++) {
		if (i == 0) {
			start = counter();
		}
		page[5] = (uint32_t)i;
		(void)put(there[1], page, PAGE);
		(void)get(back[0], &word, sizeof(word));
	}
	report("B9_copy", 1, OPS, counter() - start);
	expect(word == OPS - 1, "copied pages");
	end(pid);
}

/* Sends a descriptor, or takes one (fd < 0: returned). */
static int pass(int socket, int fd)
{
	uint32_t word = 1;
	struct io_vector vector = {&word, sizeof(word)};
	struct passed_fd control = {sizeof(control), SOL_SOCKET, SCM_RIGHTS, fd};
	struct message message = {.vectors = &vector,
	                          .nvectors = 1,
	                          .control = &control,
	                          .control_length = sizeof(control)};
	int number = fd < 0 ? NR_RECVMSG : NR_SENDMSG;

	return call(number, (uint32_t)socket, (uint32_t)&message, 0) < 0 ? -1 : control.fd;
}

static void measure_memfd(void)
{
	static const char name[] = "page";
	int sockets[2], fds[PASSED], pid;
	uint32_t word = 0, sum = 0;
	uint64_t start;

	must(linux_call(NR_SOCKETPAIR, AF_UNIX, SOCK_STREAM, 0, (uint32_t)sockets, 0, 0),
	     "sockets");
	for (uint32_t i = 0; i < PASSED; i++) {
		word = i;
		fds[i] = must(call(NR_MEMFD_CREATE, (uint32_t)name, 0, 0), "memfd");
		must(call(NR_FTRUNCATE, (uint32_t)fds[i], PAGE, 0), "ftruncate");
		must(put(fds[i], &word, sizeof(word)), "page");
	}
	pid = fork();
	for (int fd; pid == 0 && (fd = pass(sockets[1], -1)) >= 0;) {
		word = *map(0, 1, PROT_BOTH, MAP_SHARED, fd);
		(void)put(sockets[1], &word, sizeof(word));
	}
	start = counter();
	for (uint32_t i = 0; i < PASSED; i++) {
		(void)pass(sockets[0], fds[i]);
		(void)get(sockets[0], &word, sizeof(word));
		sum += word;
	}
	report("B9_memfd", 1, PASSED, counter() - start);
	expect(sum == PASSED * (PASSED - 1) / 2, "passed pages");
	end(pid);
	for (uint32_t i = 0; i < PASSED; i++) {
		must(call(NR_CLOSE, (uint32_t)fds[i], 0, 0), "close");
	}
	must(call(NR_CLOSE, (uint32_t)sockets[0], 0, 0), "close");
	must(call(NR_CLOSE, (uint32_t)sockets[1], 0, 0), "close");
}

/* ---- all of it ---- */

static void measure_sizes(uint32_t npages)
{
	measure_fork("B5", npages);
	measure_cow(npages);
	measure_uffd("B6_uffd", npages, 1);
	measure_zero("B7", npages, PROT_BOTH);
	measure_handler("B7_mmap", handler_mmap, npages);
	measure_handler("B7_mprotect", handler_mprotect, npages);
	measure_uffd("B7_uffd", npages, 0);
}

static uint64_t microseconds(void)
{
	struct {
		uint32_t seconds, microseconds;
	} now;
	must(call(NR_GETTIMEOFDAY, (uint32_t)&now, 0, 0), "time");
	return now.seconds * 1000000ull + now.microseconds;
}

static void measure_all(void)
{
	static const uint32_t sizes[] = {16, 64, 256, 1024};
	uint64_t counts = counter(), us = microseconds();

	print("path linux\n");
	measure_fork("B4", 0);
	for (int round = 0; round < ROUNDS; round++) {
		calibrate();
		measure_call();
		measure_messages();
		measure_yield();
		for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			measure_sizes(sizes[i]);
		}
		measure_copy();
		measure_memfd();
	}
	us = microseconds() - us;
	print("clock ");
	print_number(counter() - counts);
	print(" ");
	print_number(us);
	print("\n");
}

void init_main(const uint32_t *stack);
void init_main(const uint32_t *stack)
{
	const uint32_t *aux = stack + stack[0] + 2;
	int pid;

	while (*aux++ != 0) {} /* the environment */
	for (; aux[0] != AT_NULL; aux += 2) {
		if (aux[0] == AT_SYSINFO) {
			fast_entry = (void (*)(void))aux[1];
		}
	}
	pid = fork(); /* the first process is told of every signal that it takes */
	if (pid == 0) {
		measure_all();
		quit(0);
	}
	join(pid);
	stop();
}
