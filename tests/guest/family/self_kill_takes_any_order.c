/* What it costs to kill a family depends on how many envs it has, not on the order of their slots
 * along a chain in which each controls the next. */
/* smp: 1 */
/* icount: 4 */
#include "tests/guest/self.h"

enum { ENVS = 600, MOST_TIMES = 2 };

/* Stopped envs, by rising slot. */
static void make_envs(envid_t envs[ENVS])
{
	for (int i = 0; i < ENVS; i++) {
		envid_t env = sys_env_fork(0, 0);
		int place = i;

		CHECK(env > 0);
		for (; place > 0 && ENV_SLOT(envs[place - 1]) > ENV_SLOT(env); place--) {
			envs[place] = envs[place - 1];
		}
		envs[place] = env;
	}
}

/* The chain hangs below us when its first link is the last that we control. */
static void make_chain(bool to_and_fro)
{
	static envid_t envs[ENVS], order[ENVS];

	make_envs(envs);
	for (int i = 0, low = 0, high = ENVS - 1; i < ENVS; i++) {
		order[i] = to_and_fro && i % 2 != 0 ? envs[high--] : envs[low++];
	}
	for (int i = ENVS - 1; i > 0; i--) {
		CHECK_EQ(sys_env_set(order[i], ENV_CONTROLLER, (uint32_t)order[i - 1]), OK);
	}
	sleep_ms(100000);
}

static void in_order(void)
{
	make_chain(false);
}

static void to_and_fro(void)
{
	make_chain(true);
}

static const struct role roles[] = {{"order", in_order}, {"zigzag", to_and_fro}};

static uint32_t controlled_by(envid_t env)
{
	uint32_t count = 0;

	for (uint32_t slot = 0; slot < NENV; slot++) {
		count += env_infos[slot].controller == env && env_infos[slot].status > ENV_DYING;
	}
	return count;
}

static uint32_t kill_us(const char *role)
{
	pid_t pid = start_on_self(role);

	while (info_of(pid).envs != ENVS + 1 || controlled_by(info_of(pid).env) != 1) {
		sleep_ms(1);
	}
	uint64_t start = clock_us();
	CHECK_EQ(kill(pid), OK);
	uint32_t us = (uint32_t)(clock_us() - start);
	CHECK_EQ(end_of(pid).how, PM_END_KILLED);
	return us;
}

int main(int argc, char *argv[])
{
	struct sysinfo before;

	play_role(argc, argv, roles, 2);
	before = settled_info();
	uint32_t order = kill_us("order");
	check_all_back(&before, "a chain in order");
	uint32_t zigzag = kill_us("zigzag");
	check_all_back(&before, "a zigzag");
	if (zigzag > MOST_TIMES * order) {
		printf("a zigzag takes %u us, a chain in order %u\n", zigzag, order);
		return 1;
	}
	return 0;
}
