/* A stopped env is no heir: procmgr ends it when it comes. But who runs below it belongs to the
 * process, which lasts until that one has ended, too; also where its slot is lower, so that a look
 * at all of them has passed it when it comes. */
#include "tests/guest/self.h"

enum { NAP_MS = 300, TRIES = 6 };

static char name[64];
static volatile bool runs; /* bare envs have this memory, too */

static void run_below(void)
{
	runs = true;
	sleep_ms(NAP_MS);
	(void)sys_env_destroy(0, 0);
}

/* The same, with a process that only this env may wait for. */
static void start_process_and_run_below(void)
{
	const char *const leaf[] = {name, "leaf"};

	CHECK(spawn(2, leaf) > 0);
	run_below();
}

static void be_leaf(void)
{
	sleep_ms(2 * NAP_MS);
}

/* Ends, above a stopped env, above one that runs, in a lower slot. */
static void leave_above(void (*body)(void))
{
	envid_t below = bare_stopped(body), above = 0;

	for (int i = 0; i < TRIES && ENV_SLOT(above) <= ENV_SLOT(below); i++) {
		above = sys_env_fork(0, 0);
		CHECK(above > 0);
	}
	CHECK(ENV_SLOT(above) > ENV_SLOT(below));
	bare_run(below);
	while (!runs) {
		sys_yield();
	}
	CHECK_EQ(sys_env_set(below, ENV_CONTROLLER, (uint32_t)above), OK);
	exit(3);
}

static void leave_one(void)
{
	leave_above(run_below);
}

static void leave_one_with_process(void)
{
	leave_above(start_process_and_run_below);
}

static const struct role roles[] = {
	{"process", leave_one_with_process}, {"one", leave_one}, {"leaf", be_leaf}};

int main(int argc, char *argv[])
{
	struct sysinfo before;

	program_name = argv[0];
	strlcpy(name, argv[0], sizeof(name));
	play_role(argc, argv, roles, 3);
	before = settled_info();
	for (int i = 0; i < 2; i++) {
		uint32_t start = (uint32_t)clock_us();

		check_role(roles[i].name, 3);
		CHECK((uint32_t)clock_us() - start >= NAP_MS * 1000);
	}
	check_all_back(&before, "stopped heirs");
	return 0;
}
