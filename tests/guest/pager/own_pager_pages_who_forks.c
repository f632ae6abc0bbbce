/* A program whose pages `zippager` packs forks and waits, again and again, as a shell does, and
 * comes to its end, however few pages it may have: one that is copied in its own place counts
 * once. */
/* smp: 1 2 */
#include "tests/guest/pager/own_pagers.h"

enum { FORKS = 60 };

static void fork_again_and_again(void)
{
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		CHECK(pid >= 0);
		if (pid == 0) {
			_Exit(0);
		}
		CHECK_EQ(wait(pid, NULL, 0), pid);
	}
}

static void check_pages(const char *most, enum fault_path path, const char *program)
{
	const char *const words[] = {"zippager", most};
	pid_t pager = spawn_pager(0, FAULT_PATH_INHERIT, 2, words);

	CHECK(pager > 0);
	CHECK_EQ(pager_await(pager, 5000), OK);
	check_ended(start_paged(pager, path, program, "family"), 0);
	CHECK_EQ(wait(pager, NULL, 0), pager);
}

int main(int argc, char *argv[])
{
	if (argc == 3) {
		fork_again_and_again();
		return 0;
	}
	for (int i = 0; i < PAGED_PATHS; i++) {
		check_pages("8", paged_paths[i], argv[0]);
		check_pages("32", paged_paths[i], argv[0]);
	}
	return 0;
}
