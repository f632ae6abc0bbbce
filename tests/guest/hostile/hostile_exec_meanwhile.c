/* Who asks for an exec and does not wait for it, but goes on, and gives pages to envs of its own
 * while the new image is made, gets no pages twice: the image has what is left then. */
/* smp: 2 4 */
#include "libsys/args.h"
#include "libsys/assert.h"
#include "libsys/time.h"
#include "tests/guest/memory.h"

enum { LIMIT = 8000, GENERATIONS = 24, STEP_US = 60, LIVE_US = 5000000, LEAST = 900 };

static uint32_t limit_of(envid_t env)
{
	CHECK_EQ(sys_page_unmap(env, AREA, 1), 1); /* the record is as of the last page call */
	return env_infos[ENV_SLOT(env)].limit;
}

static void live_on(void)
{
	ipc_sleep_us(LIVE_US);
	for (;;) {
		(void)sys_env_destroy(0, 0);
	}
}

static void ask_for_exec(int generations)
{
	char text[96];
	uint32_t bytes = (uint32_t)snprintf(text, sizeof(text), "%s%cexec%c%d", program_name, 0, 0,
	                                    generations) +
	                 1;
	struct ipc_msg msg = {.w = {PM_EXEC, 3, bytes}, .nwords = ipc_put_bytes(text, bytes)};

	CHECK(ipc_send(process_manager, &msg, 0) >= 0);
}

static uint32_t sum_of_family(void)
{
	uint32_t sum = 0, label = env_infos[ENV_SLOT(env_page->id)].label;

	for (uint32_t slot = 0; slot < NENV; slot++) {
		bool lives = env_infos[slot].status > ENV_DYING;

		sum += lives && env_infos[slot].label == label ? env_infos[slot].limit : 0;
	}
	return sum;
}

static void exec_with_envs(int generations)
{
	envid_t env;
	uint64_t start;

	CHECK(sum_of_family() <= LIMIT);
	if (generations == 0 || limit_of(env_page->id) < LEAST) {
		CHECK_EQ(kill(getpid()), OK);
	}
	env = bare_stopped(live_on);
	CHECK_EQ(sys_env_set(env, ENV_SLOTS, 0), OK);
	CHECK_EQ(sys_env_set(env, ENV_LIMIT, 60), OK);
	bare_run(env);
	start = clock_us();
	ask_for_exec(generations - 1);
	while (clock_us() - start < (uint32_t)(generations - 1) * STEP_US) {}
	(void)sys_env_set(env, ENV_LIMIT, 60 + limit_of(env_page->id) / 8);
	for (;;) {
		sleep_ms(1000);
	}
}

int main(int argc, char *argv[])
{
	char count[12];
	const char *const words[] = {argv[0], "exec", count};
	int generations;

	program_name = argv[0];
	if (argc == 3) {
		CHECK(args_number(argv[2], 0, GENERATIONS, &generations));
		exec_with_envs(generations);
	}
	CHECK_EQ(process_limit(getpid(), LIMIT, 0), OK);
	snprintf(count, sizeof(count), "%d", GENERATIONS);
	CHECK_EQ(end_of(spawn_on(FAULT_PATH_SELF, 3, words)).how, PM_END_KILLED);
	return 0;
}
