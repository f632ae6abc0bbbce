/* A process that makes envs until there are no more gets an error; others are
 * served meanwhile, and when it ends, all its envs are gone: those that it
 * made, and those that they made. */
#include "tests/guest/memory.h"

enum { LIMIT = ENV_FIXED_PAGES + 1 };

/* Makes an env that may make none itself, so that all are ours to make. */
static int make_env(void)
{
	envid_t env = sys_env_fork(0, LIMIT);

	if (env > 0) {
		CHECK_EQ(sys_env_set(env, ENV_SLOTS, 0), OK);
	}
	return env;
}

static void make_envs(void)
{
	int result;
	uint32_t count = 0;

	while ((result = make_env()) > 0) {
		count++;
	}
	CHECK(result == E_NO_ENV || result == E_LIMIT || result == E_NO_MEM);
	CHECK(count > 10);
	CHECK(count_processes() >= 2);
}

static void make_some_and_fault(void)
{
	for (int i = 0; i < 10; i++) {
		CHECK(make_env() > 0);
	}
	words_at(0)[0] = 1;
}

static void make_some_and_wait(void)
{
	for (int i = 0; i < 10; i++) {
		CHECK(make_env() > 0);
	}
	for (;;) {
		ipc_sleep_us(1000000);
	}
}

/* An env of ours that makes one of its own. */
static volatile int second_made;

static void make_second(void)
{
	second_made = sys_env_fork(0, LIMIT);
	for (;;) {
		ipc_sleep_us(1000000);
	}
}

static void make_a_chain(void)
{
	bare_run(bare_stopped(make_second));
	while (second_made == 0) {
		sys_yield();
	}
	CHECK(second_made > 0);
}

static void check_all_gone(const struct sysinfo *before, const char *what)
{
	struct sysinfo after = settled_info();

	if (after.envs != before->envs || after.frames_free != before->frames_free) {
		printf("%s: %u envs and %u free frames, %u and %u before\n", what, after.envs,
		       after.frames_free, before->envs, before->frames_free);
		exit(1);
	}
}

static void nothing(void)
{
}

int main(void)
{
	struct sysinfo before;
	pid_t waiting;

	check_child(nothing);
	before = settled_info();
	check_child_faults(make_some_and_fault, "fault at 0x00000000");
	check_all_gone(&before, "fault");
	waiting = start_child(make_some_and_wait);
	while (settled_info().envs < before.envs + 11) {
		sys_yield();
	}
	CHECK_EQ(kill(waiting), OK);
	(void)end_of(waiting);
	check_all_gone(&before, "kill");
	check_child(make_a_chain);
	check_all_gone(&before, "chain");
	check_child(make_envs);
	check_all_gone(&before, "exit");
	return 0;
}
