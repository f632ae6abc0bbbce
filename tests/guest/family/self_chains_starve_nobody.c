/* timeout: 90
 * Families that change hands without end, each env making the next one and ending: procmgr has an
 * heir to adopt and a death to hear of at any moment, and yet serves others, and can end them. */
#include "tests/guest/self.h"

enum { CHAINS = 3, FORKS = 60 };

static void chain(void)
{
	for (;;) {
		if (fork() > 0) {
			for (;;) {
				(void)sys_env_destroy(0, 0);
			}
		}
	}
}

/* Makes as many as there may be, each of which does the same, and ends. Where there are no slots
 * all may end. */
static void broad_chain(void)
{
	for (;;) {
		for (int i = 0; i < 6; i++) {
			(void)fork();
		}
		(void)sys_env_destroy(0, 0);
	}
}

static const struct role roles[] = {{"chain", chain}, {"broad", broad_chain}};

static void end_at_once(void)
{
}

static void check_forks(const char *role, int count)
{
	pid_t pids[CHAINS];
	struct sysinfo before = settled_info();

	for (int i = 0; i < count; i++) {
		pids[i] = start_on_self(role);
	}
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			end_at_once();
			exit(0);
		}
		CHECK(pid > 0 || pid == E_NO_ENV);
		if (pid > 0) {
			CHECK_EQ(end_of(pid).status, 0);
		}
	}
	for (int i = 0; i < count; i++) {
		CHECK_EQ(kill(pids[i]), OK);
		CHECK(end_of(pids[i]).how == PM_END_KILLED || role == roles[1].name);
	}
	check_all_back(&before, role);
}

int main(int argc, char *argv[])
{
	play_role(argc, argv, roles, 2);
	check_forks(roles[0].name, CHAINS);
	check_forks(roles[0].name, 1);
	check_forks(roles[1].name, 1);
	return 0;
}
