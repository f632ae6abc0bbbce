/* Families that change hands fast and at the same time, on all CPUs, while processes come and go:
 * each ends when its own last env has ended, with its own status, and a kill ends nobody else's. */
#include "tests/guest/self.h"

enum { FAMILIES = 4, GENERATIONS = 150, ROUNDS = 3 };

/* Each env makes the next, and another that ends at once, so that slots change hands; the first
 * one's status counts. */
static void generations(int status)
{
	for (int i = 0; i < GENERATIONS; i++) {
		if (fork() == 0) {
			(void)sys_env_destroy(0, 1);
		}
		if (fork() > 0) {
			for (;;) {
				(void)sys_env_destroy(0, i == 0 ? status : 99);
			}
		}
		if (env_infos[ENV_SLOT(env_page->id)].label == 0) {
			(void)sys_debug_write("no label\n", 9);
		}
	}
}

static void ends_with_5(void)
{
	generations(5);
}

static void ends_with_6(void)
{
	generations(6);
}

static void for_ever(void)
{
	for (;;) {
		generations(7);
	}
}

static const struct role roles[] = {{"5", ends_with_5}, {"6", ends_with_6}, {"ever", for_ever}};

int main(int argc, char *argv[])
{
	struct sysinfo before;

	play_role(argc, argv, roles, 3);
	check_role("5", 5);
	before = settled_info();
	for (int round = 0; round < ROUNDS; round++) {
		pid_t pids[FAMILIES], victim = start_on_self("ever");

		for (int i = 0; i < FAMILIES; i++) {
			pids[i] = start_on_self(i % 2 ? "6" : "5");
		}
		CHECK_EQ(kill(victim), OK);
		CHECK_EQ(end_of(victim).how, PM_END_KILLED);
		for (int i = 0; i < FAMILIES; i++) {
			struct process_end end = end_of(pids[i]);

			CHECK_EQ(end.how, PM_END_EXIT);
			CHECK_EQ(end.status, i % 2 ? 6 : 5);
		}
		check_all_back(&before, "round");
	}
	return 0;
}
