/* bench: what the system's calls cost. Prints, for scripts/bench to read:
 *
 *     path NAME                    the fault path that this process is on
 *     figure ROW SIZE OPS COUNTS   one measurement
 *     note NAME VALUE              a fact about one
 *     clock COUNTS MICROSECONDS    how long it all took, by the processor's counter and the clock
 *
 * and ends with 1, after a line that says why, as soon as a result is wrong. */
#include "apps/bench/bench.h"
#include "libsys/args.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "libsys/time.h"

struct part {
	const char *name;
	void (*run)(void);
	bool once;  /* has rounds of its own */
	bool asked; /* runs only if named */
};

/* In the order in which they run. */
/* clang-format off */
static const struct part parts[] = {
	{"calibrate", calibrate, false, false},
	{"B1", bench_system_call, false, false},
	{"B2", bench_message, false, false},
	{"B3", bench_yield, false, false},
	{"B4", bench_fork, true, false},
	{"B5", bench_big_fork, true, false},
	{"B6", bench_cow, false, false},
	{"B7", bench_zero_fill, false, false},
	{"B8", bench_pager, false, false},
	{"B9", bench_map, false, false},
	{"B9", bench_grant, false, false},
	{"after", bench_fork_after, true, true},
	{"shapes", shape_forks, true, true},
	{"shapes", shape_exits, false, true},
	{"shapes", shape_message, false, true},
	{"pairs", scale_messages, false, true},
	{"pages", scale_pages, false, true},
	{"forks", scale_forks, false, true},
	{"cow", scale_cow, false, true},
	{"mixed", scale_mixed, false, true},
};
/* clang-format on */

enum { PARTS = sizeof(parts) / sizeof(parts[0]), ROUNDS_MAX = 1000 };

static const char *path_name(void)
{
	static const char *const names[] = {"pager", "self", "ipc", "kernel"};
	struct pm_info info = {.path = 0};
	pid_t self = getpid();

	for (int cursor = 0; (cursor = process_next(cursor, &info)) > 0 && info.pid != self;) {}
	return info.path < sizeof(names) / sizeof(names[0]) ? names[info.path] : "?";
}

static bool is_part(const char *name)
{
	for (int i = 0; i < PARTS; i++) {
		if (strcmp(name, parts[i].name) == 0) {
			return true;
		}
	}
	return false;
}

static void print_parts(const char *end)
{
	for (int i = 0; i < PARTS; i++) {
		if (i == 0 || strcmp(parts[i].name, parts[i - 1].name) != 0) {
			printf(" %s", parts[i].name);
		}
	}
	puts(end);
}

static int usage(void)
{
	puts("usage: bench [-b] [-r ROUNDS] [-n LOOPS] [PART...], parts:");
	print_parts("");
	return 1;
}

static bool wanted(const struct part *part, int argc, char *argv[])
{
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], part->name) == 0) {
			return true;
		}
	}
	return argc == 0 && !part->asked;
}

static void run(const struct part *part)
{
	for (uint32_t round = 0; round < (part->once ? 1 : bench_options.rounds); round++) {
		part->run();
	}
}

int main(int argc, char *argv[])
{
	uint64_t counter = mark_stop(), us = clock_us();
	int number, i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "-b") == 0) {
			bench_options.brief = true;
			bench_options.rounds = 1;
		} else if (strcmp(argv[i], "-r") == 0 && i + 1 < argc &&
		           args_number(argv[i + 1], 1, ROUNDS_MAX, &number)) {
			bench_options.rounds = (uint32_t)number;
			i++;
		} else if (strcmp(argv[i], "-n") == 0 && i + 1 < argc &&
		           args_number(argv[i + 1], 1, BENCH_LOOPS_MAX, &number)) {
			bench_options.loops = (uint32_t)number;
			i++;
		} else {
			return usage();
		}
	}
	for (int part = i; part < argc; part++) {
		if (!is_part(argv[part])) {
			printf("bench: no part %s (have:", argv[part]);
			print_parts(")");
			return 1;
		}
	}
	printf("path %s\n", path_name());
	for (int part = 0; part < PARTS; part++) {
		if (wanted(&parts[part], argc - i, argv + i)) {
			run(&parts[part]);
		}
	}
	us = clock_us() - us;
	printf("clock %llu %llu\n", mark_stop() - counter, us);
	return 0;
}
