/* What an env gave to those below it, before its limits were lifted, does not come to it when they
 * end after its limits are set again; nor to who inherits them. */
#include "tests/guest/self.h"

enum { LIMIT = 500, SLOTS = 9, GIVEN = 100 };

static volatile uint32_t *notes(void)
{
	return words_at(BARE_STACK);
}

static void be_below(void)
{
	notes()[1] = (uint32_t)sys_env_fork(0, GIVEN);
	notes()[0] = 1;
	while (notes()[0] == 1) {
		sys_yield();
	}
	notes()[2] = (uint32_t)sys_env_destroy((envid_t)notes()[1], 0);
	notes()[3] = (uint32_t)sys_env_fork(0, 10);
	notes()[0] = 3;
	for (;;) {
		ipc_sleep_us(1000000);
	}
}

static uint32_t limit_of(envid_t env)
{
	CHECK_EQ(sys_page_unmap(env, AREA, 1), 1); /* the record is as of the last page call */
	return env_infos[ENV_SLOT(env)].limit;
}

static envid_t start_below(void)
{
	envid_t below = bare_stopped(be_below);

	CHECK_EQ(sys_page_alloc(0, BARE_STACK | PTE_W, 1), 1);
	CHECK_EQ(sys_page_map(0, BARE_STACK, below, BARE_STACK | PTE_W, 1), 1);
	CHECK_EQ(sys_env_set(below, ENV_LIMIT, LIMIT), OK);
	CHECK_EQ(sys_env_set(below, ENV_SLOTS, SLOTS), OK);
	bare_run(below);
	while (notes()[0] == 0) {
		sys_yield();
	}
	CHECK((int)notes()[1] > 0);
	CHECK_EQ(sys_env_set(below, ENV_LIMIT, 0), OK);
	CHECK_EQ(sys_env_set(below, ENV_SLOTS, ENV_SLOTS_ANY), OK);
	return below;
}

static void end_its_own(void)
{
	envid_t below = start_below();

	CHECK_EQ(sys_env_set(below, ENV_LIMIT, LIMIT), OK);
	CHECK_EQ(sys_env_set(below, ENV_SLOTS, 0), OK);
	notes()[0] = 2;
	while (notes()[0] == 2) {
		sys_yield();
	}
	CHECK_EQ((int)notes()[2], OK);
	CHECK_EQ((int)notes()[3], E_LIMIT); /* no slot came back */
	CHECK_EQ(limit_of(below), LIMIT);
	bare_destroy(below);
}

/* Who is limited while it controls `below`, pays a little for it, and inherits the lowest, gets
 * nothing of what that one was given. */
static void inherit(void)
{
	envid_t below = start_below();
	struct ipc_msg msg = {.nwords = 0};
	struct pm_info parent;

	CHECK_EQ(process_next(getppid() - 1, &parent), getppid());
	CHECK_EQ(ipc_call(parent.env, &msg, 0), OK);
	CHECK_EQ(limit_of(env_page->id), LIMIT);
	CHECK_EQ(sys_env_set(below, ENV_LIMIT, LIMIT / 2), OK);
	CHECK_EQ(limit_of(env_page->id), LIMIT - LIMIT / 2);
	bare_destroy(below);
	CHECK_EQ(sys_env_destroy((envid_t)notes()[1], 0), OK);
	CHECK_EQ(limit_of(env_page->id), LIMIT);
}

static const struct role roles[] = {{"own", end_its_own}, {"inherit", inherit}};

int main(int argc, char *argv[])
{
	program_name = argv[0];
	play_role(argc, argv, roles, sizeof(roles) / sizeof(roles[0]));
	check_role("own", 0);
	pid_t pid = start_on_self("inherit");
	struct ipc_msg msg;
	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	CHECK_EQ(process_limit(pid, LIMIT, 0), OK);
	msg.nwords = 0;
	CHECK_EQ(ipc_reply(msg.from, &msg), OK);
	CHECK_EQ(end_of(pid).status, 0);
	return 0;
}
