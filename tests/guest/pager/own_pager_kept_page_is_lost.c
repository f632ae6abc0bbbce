/* A page that only a pager of one's own could bring back ends who touches it when that pager is
 * gone, with a line that says so; who does not touch it goes on. */
#include "tests/guest/pager/own_pagers.h"

static int play_client(const char *role, envid_t parent)
{
	CHECK_EQ(sys_page_mark(0, AREA, (7u << PGSHIFT) | PTE_KEPT, 1), 1);
	tell(parent, 1);
	hear(2);
	return strcmp(role, "toucher") == 0 ? (int)words_at(AREA)[0] : 5;
}

static void lose_pager(enum fault_path path)
{
	pid_t pager = start_quiet_pager();
	pid_t toucher = start_paged(pager, path, "own_pager_kept_page_is_lost", "toucher");
	envid_t toucher_env = hear(1);
	pid_t other = start_paged(pager, path, "own_pager_kept_page_is_lost", "other");
	envid_t other_env = hear(1);

	CHECK_EQ(kill(pager), OK);
	CHECK_EQ(wait(pager, NULL, 0), pager);
	tell(toucher_env, 2);
	tell(other_env, 2);

	struct process_end end = end_of(toucher);

	CHECK_EQ(end.how, PM_END_FAULT);
	CHECK(strstr(end.why, "fault at 0xa0000000 (read") != NULL);
	CHECK(strstr(end.why, status_text(E_LOST)) != NULL);
	check_ended(other, 5);
}

int main(int argc, char *argv[])
{
	if (argc > 2) {
		return play_client(argv[1], env_of_argument(argv[2]));
	}
	for (int i = 0; i < PAGED_PATHS; i++) {
		lose_pager(paged_paths[i]);
	}
	return 0;
}
