/* Nobody gets pages or envs that he has not paid for: not from an env that was made before its
 * controller had a limit, not from what such a one made, nor by an exec, which leaves to the new
 * image what the old one had left. */
#include "libsys/args.h"
#include "libsys/assert.h"
#include "libsys/time.h"
#include "tests/guest/memory.h"

enum { LIMIT = 4000, GENERATIONS = 4, UNPAID = 500 };

static uint32_t limit_of(envid_t env)
{
	CHECK_EQ(sys_page_unmap(env, AREA, 1), 1); /* the record is as of the last page call */
	return env_infos[ENV_SLOT(env)].limit;
}

static void make_one_below(void)
{
	words_at(BARE_STACK)[0] = (uint32_t)sys_env_fork(0, UNPAID / 2);
	for (;;) {
		ipc_sleep_us(1000000);
	}
}

/* Made without a limit; then we get one. */
static void be_limited(void)
{
	envid_t other = sys_env_fork(0, UNPAID), upper = bare_stopped(make_one_below), lower;

	CHECK(other > 0);
	CHECK_EQ(limit_of(env_page->id), 0);
	CHECK_EQ(sys_env_set(upper, ENV_LIMIT, UNPAID), OK);
	CHECK_EQ(sys_page_alloc(0, BARE_STACK | PTE_W, 1), 1);
	CHECK_EQ(sys_page_map(0, BARE_STACK, upper, BARE_STACK | PTE_W, 1), 1);
	bare_run(upper);
	while ((lower = (envid_t)words_at(BARE_STACK)[0]) == 0) {
		sys_yield();
	}
	CHECK_EQ(limit_of(upper), UNPAID - UNPAID / 2);
	CHECK_EQ(process_limit(getpid(), LIMIT, 0), OK);
	CHECK_EQ(sys_env_set(other, ENV_LIMIT, UNPAID + 1), E_PERM);
	CHECK_EQ(sys_env_set(other, ENV_LIMIT, UNPAID - 1), OK);
	CHECK_EQ(limit_of(env_page->id), LIMIT);
	bare_destroy(other);
	bare_destroy(upper);
	CHECK_EQ(env_infos[ENV_SLOT(lower)].controller, env_page->id);
	bare_destroy(lower);
	CHECK_EQ(limit_of(env_page->id), LIMIT);

	other = sys_env_fork(0, UNPAID);
	CHECK_EQ(limit_of(env_page->id), LIMIT - UNPAID);
	CHECK_EQ(sys_env_set(other, ENV_LIMIT, UNPAID + 1), OK);
	bare_destroy(other);
	CHECK_EQ(limit_of(env_page->id), LIMIT);
}

/* Each image makes an env that lives on, with half of what is left, and becomes the next one. */
static void exec_with_envs(int generations)
{
	char left[12];
	const char *const words[] = {program_name, "exec", left};
	uint32_t sum = 0, label = env_infos[ENV_SLOT(env_page->id)].label;

	snprintf(left, sizeof(left), "%d", generations - 1);
	if (generations > 0) {
		envid_t env = bare_stopped(make_one_below);

		CHECK_EQ(sys_env_set(env, ENV_LIMIT, limit_of(env_page->id) / 3), OK);
		CHECK_EQ(sys_env_set(env, ENV_SLOTS, 0), OK);
		bare_run(env);
		CHECK_EQ(exec(3, words), OK);
	}
	for (uint32_t slot = 0; slot < NENV; slot++) {
		bool lives = env_infos[slot].status > ENV_DYING;

		sum += lives && env_infos[slot].label == label ? env_infos[slot].limit : 0;
	}
	printf("%u pages\n", sum);
	CHECK(sum <= LIMIT);
	CHECK_EQ(kill(getpid()), OK);
}

int main(int argc, char *argv[])
{
	const char *const limited[] = {argv[0], "limited"};
	const char *const exec_words[] = {argv[0], "exec", "4"};
	int generations;

	program_name = argv[0];
	if (argc == 2) {
		be_limited();
		return 0;
	}
	if (argc == 3) {
		CHECK(args_number(argv[2], 0, GENERATIONS, &generations));
		exec_with_envs(generations);
	}
	CHECK_EQ(end_of(spawn_on(FAULT_PATH_SELF, 2, limited)).status, 0);
	CHECK_EQ(process_limit(getpid(), LIMIT, 0), OK);
	CHECK_EQ(end_of(spawn_on(FAULT_PATH_SELF, 3, exec_words)).how, PM_END_KILLED);
	return 0;
}
