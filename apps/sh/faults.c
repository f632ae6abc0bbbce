/* faults: how many page faults each process had, of which kind, and what they cost.
 *
 *     FAULTS   all; of these, by what was done about them:
 *     COW      a shared page written: COPIED, or UNDONE where nobody else had it any more, so that
 *              it was kept
 *     ZERO     a zero page where heap or bss was marked
 *     STACK    a zero page where the stack grew
 *     LOAD     text or data of the program, from the archive, or a page that its pager kept
 *              elsewhere
 *     OTHER    none of these: the program's own handler, its end, or settled meanwhile
 *     IPCS     messages: to the pager, and its answers
 *     KERNEL, HANDLER, PAGER   average of the faults under a trace, "-" if there were none:
 *              time-stamp counts in the kernel, in the process on its exception stack, and in
 *              the pager; with ICOUNT=1 instructions. Entry and exit code (some dozens) counts
 *              for who runs in user mode, the handler's last part after its last system call
 *              for nobody. The trace itself is left out (kernel/look/account.c).
 *
 * Below the processes stands, for each path, the sum of those that are no more. The kinds come from
 * the kernel, which counts page calls made on condition (kernel/abi/env.h): so they are the same on
 * each path. */
#include "apps/sh/sh.h"
#include "libsys/args.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"

static bool any_timed; /* in the table printed last */

static void print_time(const struct fault_counts *faults, enum fault_time which)
{
	if (faults->timed == 0) {
		printf(" %7s", "-");
	} else {
		printf(" %7u", (uint32_t)(faults->spent[which] / faults->timed));
	}
}

/* On path pager the stub asks for each fault, and the kernel does not count the calls. */
static void print_counts(const struct fault_counts *faults, enum fault_path path)
{
	uint32_t asked = path == FAULT_PATH_PAGER ? faults->all : faults->calls;
	uint32_t cow = faults->done[FAULT_COPY];
	uint32_t known = cow + faults->done[FAULT_ZERO] + faults->done[FAULT_GROW] +
	                 faults->done[FAULT_LOAD];
	/* A program may make such page calls without a fault. */
	uint32_t other = faults->all > known ? faults->all - known : 0;

	printf(" %6u %6u %6u %6u %6u %6u %6u %6u %6u", faults->all, cow, faults->done[FAULT_ZERO],
	       faults->done[FAULT_GROW], faults->done[FAULT_LOAD], other, 2 * asked,
	       cow - faults->kept, faults->kept);
	any_timed = any_timed || faults->timed > 0;
	print_time(faults, FAULT_IN_KERNEL);
	print_time(faults, FAULT_IN_HANDLER);
	print_time(faults, FAULT_IN_PAGER);
}

/* pid 0: all. Whether there was one. */
static bool print_processes(int pid)
{
	struct pm_info info;
	bool found = false;
	int cursor = 0;

	while ((cursor = process_next(cursor, &info)) > 0) {
		if (pid == 0 || info.pid == pid) {
			found = true;
			printf("%5d %-6s", info.pid, fault_path_names[info.path]);
			print_counts(&info.faults, info.path);
			printf(" %s\n", info.name);
		}
	}
	return found;
}

static void print_forgotten(void)
{
	for (enum fault_path path = 0; path < FAULT_PATHS; path++) {
		struct fault_counts faults;

		if (process_faults(path, false, &faults) == OK && faults.all > 0) {
			printf("%5s %-6s", "-", fault_path_names[path]);
			print_counts(&faults, path);
			puts(" (ended)");
		}
	}
}

static int reset(void)
{
	int status = OK;

	for (enum fault_path path = 0; path < FAULT_PATHS && status == OK; path++) {
		struct fault_counts faults;

		status = process_faults(path, true, &faults);
	}
	if (status < 0) {
		printf("faults: %s\n", status_text(status));
	}
	return status < 0;
}

int faults_run(int argc, char *argv[])
{
	int pid = 0;

	if (argc > 1 && strcmp(argv[1], "-r") == 0) {
		return reset();
	}
	if (argc > 1 && !args_number(argv[1], 1, PM_PID_MAX, &pid)) {
		printf("faults: %s: not a process number\n", argv[1]);
		return 1;
	}
	printf("%5s %-6s %6s %6s %6s %6s %6s %6s %6s %6s %6s %7s %7s %7s %s\n", "PID", "PATH",
	       "FAULTS", "COW", "ZERO", "STACK", "LOAD", "OTHER", "IPCS", "COPIED", "UNDONE",
	       "KERNEL", "HANDLER", "PAGER", "NAME");
	any_timed = false;
	if (!print_processes(pid)) {
		printf("faults: %d: %s\n", pid, status_text(E_BAD_ENV));
		return 1;
	}
	if (pid == 0) {
		print_forgotten();
	}
	puts(any_timed ? "KERNEL, HANDLER, PAGER: time-stamp counts a fault while a trace was on "
	                 "(ICOUNT=1: instructions)"
	               : "KERNEL, HANDLER, PAGER are measured while a trace is on: trace on");
	return 0;
}
