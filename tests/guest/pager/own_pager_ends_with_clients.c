/* A pager of one's own lives as long as it has clients: it hears when the last one is gone, and no
 * sooner. */
#include "tests/guest/pager/own_pagers.h"

static int play_client(envid_t parent)
{
	tell(parent, 1);
	hear(2);
	return 0;
}

int main(int argc, char *argv[])
{
	static const char program[] = "own_pager_ends_with_clients";

	if (argc > 2) {
		return play_client(env_of_argument(argv[2]));
	}

	uint32_t before = 0;

	for (int i = 0; i < 6; i++) {
		pid_t pager = start_quiet_pager();
		pid_t first = start_paged(pager, paged_paths[i % PAGED_PATHS], program, "client");
		envid_t first_env = hear(1);
		pid_t second = start_paged(pager, paged_paths[i % PAGED_PATHS], program, "client");
		envid_t second_env = hear(1);

		tell(first_env, 2);
		check_ended(first, 0);
		CHECK_EQ(wait(pager, NULL, PM_WAIT_NOHANG), 0);
		tell(second_env, 2);
		check_ended(second, 0);
		check_ended(pager, 0);
		if (i == 1) {
			before = free_frames();
		}
	}
	CHECK_EQ(free_frames(), before);
	return 0;
}
