/* The scheduler, as people see it: hints for processes, and what it has done so far. */
#include "libsys/sched.h"
#include "apps/sh/sh.h"
#include "libsys/args.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "libsys/syscall.h"

/* ---- hint ---- */

/* What a word of `hint` says. */
struct advice {
	enum hint kind;
	uint32_t value;
};

/* "name=number", number from low to high, in *value. */
static bool word_is(const char *word, const char *name, long low, long high, int *value)
{
	uint32_t length = strlen(name);

	return strncmp(word, name, length) == 0 && word[length] == '=' &&
	       args_number(word + length + 1, low, high, value);
}

static bool advice_parse(const char *word, struct advice *advice)
{
	int value = 1;

	if (word_is(word, "weight", 1, HINT_WEIGHT_MAX, &value)) {
		advice->kind = HINT_WEIGHT;
	} else if (word_is(word, "cpu", 0, NCPU_MAX - 1, &value)) {
		advice->kind = HINT_CPU;
	} else if (strcmp(word, "next") == 0) {
		advice->kind = HINT_NEXT;
	} else {
		return false;
	}
	advice->value = (uint32_t)value;
	return true;
}

/* Says it to the kernel, through procmgr. Whether it was taken; if not, a message says why. */
static bool advise(pid_t pid, const struct advice *advice, uint32_t ms, const char *word)
{
	int result = process_hint(pid, advice->kind, advice->value, ms);

	if (result <= 0) {
		printf("hint: %d: %s: %s\n", pid, word, result ? status_text(result) : "ignored");
	}
	return result > 0;
}

int hint_run(int argc, char *argv[])
{
	struct advice advice[SHELL_WORDS_MAX];
	int pid, ms = HINT_MS_MAX, given = 0, failed = 0;

	if (!args_number(argv[1], 1, INT32_MAX, &pid)) {
		printf("hint: %s: not a process number\n", argv[1]);
		return 1;
	}
	for (int i = 2; i < argc; i++) {
		if (!word_is(argv[i], "ms", 1, HINT_MS_MAX, &ms) &&
		    !advice_parse(argv[i], &advice[i])) {
			printf("hint: %s: not weight=1..%d, cpu=N, next or ms=1..%d\n", argv[i],
			       HINT_WEIGHT_MAX, HINT_MS_MAX);
			return 1;
		}
	}
	for (int i = 2; i < argc; i++) {
		if (strncmp(argv[i], "ms=", 3) != 0) {
			given++;
			failed |= !advise(pid, &advice[i], (uint32_t)ms, argv[i]);
		}
	}
	if (!given) {
		printf("hint: no hint named: weight=1..%d, cpu=N or next\n", HINT_WEIGHT_MAX);
	}
	return failed || !given;
}

/* ---- ps -s ---- */

static const char *queue_state(envid_t env, const struct sched_info *info)
{
	const volatile struct env_info *record = &env_infos[ENV_SLOT(env)];

	return info->queued ? "ready" : record->status == ENV_RUNNING ? "run" : "wait";
}

static void print_env(int pid, envid_t env, const char *name)
{
	char prefers[8] = "-";
	struct sched_info info;

	if (env == 0 || sched_query(env, &info) < 0) {
		return; /* it has ended meanwhile */
	}
	if (info.cpu >= 0) {
		snprintf(prefers, sizeof(prefers), "%d", info.cpu);
	}
	printf("%5d %-6s %3u %4s %6u %4s %8u %8u.%u %7u %s\n", pid, queue_state(env, &info),
	       env_infos[ENV_SLOT(env)].cpu, prefers, info.weight, info.next ? "yes" : "-",
	       info.slices, info.longest_us / 1000, info.longest_us / 100 % 10, info.ignored, name);
}

/* An env by its id and, if it is a living process's, pid and name. */
static void print_culprit(envid_t env)
{
	struct pm_info info;
	int cursor = 0;

	printf(" (last by %08x", env);
	while ((cursor = process_next(cursor, &info)) > 0) {
		if (info.env == env) {
			printf(", %d %s", info.pid, info.name);
		}
	}
	putchar(')');
}

static void print_cpus(void)
{
	struct sched_cpu_info info;

	printf("%5s %6s %10s %8s %8s\n", "CPU", "QUEUED", "LONGEST ms", "BREACHES", "TICKS");
	for (uint32_t cpu = 0; cpu < NCPU_MAX && sched_query_cpu(cpu, &info) == OK; cpu++) {
		printf("%5u %6u %8u.%u %8u %8u", cpu, info.queued, info.longest_us / 1000,
		       info.longest_us / 100 % 10, info.breaches, info.ticks);
		if (info.culprit != 0) {
			print_culprit(info.culprit);
		}
		putchar('\n');
	}
}

void sched_print(void)
{
	struct pm_info info;
	int cursor = 0;

	print_cpus();
	printf("%5s %-6s %3s %4s %6s %4s %8s %10s %7s %s\n", "PID", "QUEUE", "CPU", "PREF",
	       "WEIGHT", "NEXT", "SLICES", "LONGEST ms", "IGNORED", "NAME");
	while ((cursor = process_next(cursor, &info)) > 0) {
		print_env(info.pid, info.env, info.name);
	}
}
