/* bench: what the system's calls cost. Prints, for scripts/bench to read:
 *
 *     path NAME                    the fault path that this process is on
 *     figure ROW SIZE OPS COUNTS   one measurement
 *     note NAME VALUE              a fact about one
 *     clock COUNTS MICROSECONDS    how long it all took, by the processor's counter and by the clock
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
	bool once; /* has rounds of its own */
};

/* In the order in which they run. B8 is only on path `ipc`. */
/* clang-format off */
static const struct part parts[] = {
	{"calibrate", calibrate, false},
	{"B1", bench_system_call, false},
	{"B2", bench_message, false},
	{"B3", bench_yield, false},
	{"B4", bench_fork, true},
	{"B5", bench_big_fork, true},
	{"B6", bench_cow, false},
	{"B7", bench_zero_fill, false},
	{"B9", bench_map, false},
	{"B9", bench_grant, false},
};
/* clang-format on */

enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

static const char *path_name(void)
{
	static const char *const names[] = {"pager", "self", "ipc", "kernel"};
	struct pm_info info = {.path = 0};
	pid_t self = getpid();

	for (int cursor = 0; (cursor = process_next(cursor, &info)) > 0 && info.pid != self;) {}
	return info.path < sizeof(names) / sizeof(names[0]) ? names[info.path] : "?";
}

static int usage(void)
{
	puts("usage: bench [-b] [-r ROUNDS] [PART...], parts:");
	for (int i = 0; i < PARTS; i++) {
		printf(" %s", parts[i].name);
	}
	puts("");
	return 1;
}

static bool wanted(const struct part *part, int argc, char *argv[])
{
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], part->name) == 0) {
			return true;
		}
	}
	return false;
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
	int rounds, i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "-b") == 0) {
			bench_options = (struct bench_options){.brief = true, .rounds = 1};
		} else if (strcmp(argv[i], "-r") == 0 && i + 1 < argc &&
		           args_number(argv[i + 1], 1, 1000, &rounds)) {
			bench_options.rounds = (uint32_t)rounds;
			i++;
		} else {
			return usage();
		}
	}
	printf("path %s\n", path_name());
	for (int part = 0; part < PARTS; part++) {
		if (i == argc || wanted(&parts[part], argc - i, argv + i)) {
			run(&parts[part]);
		}
	}
	us = clock_us() - us;
	printf("clock %llu %llu\n", mark_stop() - counter, us);
	return 0;
}
