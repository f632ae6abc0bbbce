/* What an env sets while its own limits are lifted is paid by nobody, and pays nobody when they are
 * set again: neither pages nor envs come out of it. */
#include "tests/guest/self.h"

enum { LIMIT = 500, SLOTS = 5 };
enum { TURN, CHILD, LIMIT_SET, SLOTS_SET, SLOTS_BACK, FORKED, NOTES };

/* One page of both; each waits for its turn. */
static volatile uint32_t *notes(void)
{
	return words_at(BARE_STACK);
}

static void await_turn(uint32_t turn)
{
	while (notes()[TURN] != turn) {
		sys_yield();
	}
}

static void be_below(void)
{
	envid_t child = sys_env_fork(0, 100);

	notes()[CHILD] = (uint32_t)child;
	notes()[TURN] = 1;
	await_turn(2);
	notes()[LIMIT_SET] = (uint32_t)sys_env_set(child, ENV_LIMIT, 0xFFFFFFFF);
	notes()[SLOTS_SET] = (uint32_t)sys_env_set(child, ENV_SLOTS, ENV_SLOTS_ANY);
	notes()[TURN] = 3;
	await_turn(4);
	notes()[SLOTS_BACK] = (uint32_t)sys_env_set(child, ENV_SLOTS, 0);
	(void)sys_env_destroy(child, 0);
	notes()[FORKED] = (uint32_t)sys_env_fork(0, 10);
	notes()[TURN] = 5;
	ipc_sleep_us(2000000);
	for (;;) {
		(void)sys_env_destroy(0, 0);
	}
}

static void set_limits(envid_t env, uint32_t pages, uint32_t envs)
{
	CHECK_EQ(sys_env_set(env, ENV_LIMIT, pages), OK);
	CHECK_EQ(sys_env_set(env, ENV_SLOTS, envs), OK);
}

static void be_above(void)
{
	envid_t below = bare_stopped(be_below);

	CHECK_EQ(sys_page_alloc(0, BARE_STACK | PTE_W, 1), 1);
	CHECK_EQ(sys_page_map(0, BARE_STACK, below, BARE_STACK | PTE_W, 1), 1);
	set_limits(below, LIMIT, SLOTS);
	bare_run(below);
	await_turn(1);
	CHECK((int)notes()[CHILD] > 0);
	set_limits(below, 0, ENV_SLOTS_ANY);
	notes()[TURN] = 2;
	await_turn(3);
	CHECK_EQ((int)notes()[LIMIT_SET], OK);
	CHECK_EQ((int)notes()[SLOTS_SET], OK);
	set_limits(below, LIMIT, 0);
	notes()[TURN] = 4;
	await_turn(5);
	CHECK_EQ((int)notes()[FORKED], E_LIMIT);
	CHECK_EQ(sys_page_unmap(below, AREA, 1), 1); /* the record is as of the last page call */
	CHECK_EQ(env_infos[ENV_SLOT(below)].limit, LIMIT);
	bare_destroy(below);
}

static const struct role roles[] = {{"above", be_above}};

int main(int argc, char *argv[])
{
	program_name = argv[0];
	play_role(argc, argv, roles, 1);
	check_role("above", 0);
	return 0;
}
