/* Whom procmgr gives another pager when one of one's own dies is read from public records, which
 * the kernel may write at that moment: it is never procmgr itself that gets one. So a family makes
 * and ends envs whose pager is dead, while pagers with a client die. By chance: what it looks for
 * is there within a second or two on several CPUs. */
/* smp: 2 4 */
#include "libsys/pager.h"
#include "tests/guest/self.h"

enum { RUN_MS = 1800, LIKES = 3, HOLES = 24, PLACES = 500 };

static void idle(void)
{
	ipc_sleep_us(2000000000);
}

/* What is made after this is in lower slots than `like`. */
static void make_likes(envid_t like[LIKES])
{
	envid_t holes[HOLES];

	for (int i = 0; i < PLACES; i++) {
		CHECK(sys_env_fork(0, 0) > 0);
	}
	for (int i = 0; i < HOLES; i++) {
		holes[i] = sys_env_fork(0, 0);
		CHECK(holes[i] > 0);
		CHECK_EQ(sys_env_set(holes[i], ENV_SLOTS, 0), OK);
	}
	for (int i = 0; i < LIKES; i++) {
		like[i] = sys_env_fork(0, 0);
		CHECK(like[i] > 0);
		CHECK_EQ(sys_env_set(like[i], ENV_SLOTS, 0), OK);
	}
	for (int i = 0; i < HOLES; i++) {
		CHECK_EQ(sys_env_destroy(holes[i], 0), OK);
	}
}

static void make_clients(void)
{
	envid_t like[LIKES], server = process_server(PM_SERVER_PAGER);

	make_likes(like);
	for (;;) {
		envid_t pager = sys_env_fork(0, 0);

		for (int i = 0; i < LIKES; i++) {
			envid_t now = env_infos[ENV_SLOT(like[i])].pager;

			if (now == server || now == 0) {
				(void)sys_env_set(like[i], ENV_PAGER, (uint32_t)pager);
			}
		}
		(void)sys_env_destroy(pager, 0);
		for (int i = 0; i < LIKES; i++) {
			envid_t env = sys_env_fork(like[i], 0);

			if (env > 0) {
				(void)sys_env_destroy(env, 0);
			}
		}
	}
}

/* So procmgr moves the clients of dead pagers. */
static void end_a_pager(void)
{
	const char *const pager[] = {"zeropager"}, *const client[] = {program_name, "idle"};
	pid_t paging = spawn_pager(0, FAULT_PATH_PAGER, 1, pager), paged;

	CHECK(paging > 0);
	(void)pager_await(paging, 2000);
	paged = spawn_paged(paging, FAULT_PATH_PAGER, 2, client);
	CHECK_EQ(kill(paging), OK);
	(void)wait(paging, NULL, 0);
	sys_yield();
	CHECK_EQ(kill(paged), OK);
	(void)wait(paged, NULL, 0);
}

static const struct role roles[] = {{"clients", make_clients}};

int main(int argc, char *argv[])
{
	const volatile struct env_info *manager = &env_infos[ENV_SLOT(process_manager)];

	program_name = argv[0];
	if (argc == 2 && strcmp(argv[1], "idle") == 0) {
		idle();
	}
	play_role(argc, argv, roles, 1);
	pid_t family = start_on_self("clients");
	while (info_of(family).envs < PLACES + LIKES) {
		sleep_ms(10);
	}
	sleep_ms(100);
	for (uint64_t start = clock_us(); clock_us() - start < RUN_MS * 1000;) {
		end_a_pager();
		CHECK_EQ(manager->pager, 0);
	}
	CHECK_EQ(kill(family), OK);
	(void)wait(family, NULL, 0);
	return 0;
}
