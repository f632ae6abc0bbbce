/* A process that gets another program begins with one env: those that the former program made have
 * ended when the new one runs, however they control each other, or they would hold pages and slots
 * beside its limits. An exec that fails ends none of them. */
#include "libsys/assert.h"
#include "tests/guest/memory.h"

enum { KIDS = 40, PAGES = 8 };

static uint32_t envs_of_ours(void)
{
	uint32_t label = env_infos[ENV_SLOT(env_page->id)].label, count = 0;

	for (uint32_t slot = 0; slot < NENV; slot++) {
		count += env_infos[slot].status > ENV_DYING && env_infos[slot].label == label;
	}
	return count;
}

/* A chain down the slots: a look at them that goes up finds one whose controller is dead. */
static void make_chain(void)
{
	envid_t kids[KIDS];

	for (int i = 0; i < KIDS; i++) {
		envid_t kid = sys_env_fork(0, PAGES);
		int place = i;

		CHECK(kid > 0);
		CHECK_EQ(sys_env_set(kid, ENV_SLOTS, 0), OK);
		for (; place > 0 && ENV_SLOT(kids[place - 1]) < ENV_SLOT(kid); place--) {
			kids[place] = kids[place - 1];
		}
		kids[place] = kid;
	}
	for (int i = KIDS - 1; i > 0; i--) {
		CHECK_EQ(sys_env_set(kids[i], ENV_CONTROLLER, (uint32_t)kids[i - 1]), OK);
	}
}

static void exec_with_envs(void)
{
	const char *const again[] = {program_name, "again"}, *const nothing[] = {"nothing"};

	make_chain();
	CHECK_EQ(envs_of_ours(), KIDS + 1);
	CHECK_EQ(exec(1, nothing), E_NOT_FOUND);
	CHECK_EQ(envs_of_ours(), KIDS + 1);
	(void)exec(2, again);
	exit(1);
}

int main(int argc, char *argv[])
{
	program_name = argv[0];
	if (argc == 2) {
		CHECK_EQ(envs_of_ours(), 1);
		return 0;
	}
	check_child(exec_with_envs);
	return 0;
}
