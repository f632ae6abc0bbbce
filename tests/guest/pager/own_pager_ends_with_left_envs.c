/* A pager ends when its last client has, also if that leaves an env of its own, which has the same
 * pager. */
/* smp: 1 2 4 */
#include "tests/guest/pager/own_pagers.h"

enum { ROUNDS = 8 };

static void check_pager_ends(enum fault_path path, const char *program)
{
	pid_t pager = start_quiet_pager();

	CHECK_EQ(pager_await(pager, 5000), OK);
	check_ended(start_paged(pager, path, program, "client"), 0);
	CHECK_EQ(wait(pager, NULL, 0), pager);
}

int main(int argc, char *argv[])
{
	if (argc == 3) {
		CHECK(sys_env_fork(0, 20) > 0);
		return 0;
	}
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < PAGED_PATHS; i++) {
			check_pager_ends(paged_paths[i], argv[0]);
		}
	}
	return 0;
}
