/* A process on path `self` asks procmgr for something without waiting for the answer, and ends
 * itself at once: procmgr meets its death while it serves the request, and hears of it once more
 * afterwards. It counts once. */
#include "tests/guest/self.h"

enum { ROUNDS = 8 };

static _Noreturn void die(void)
{
	for (;;) {
		(void)sys_env_destroy(0, 3);
	}
}

static void ask(uint32_t op, uint32_t w1, uint32_t w2)
{
	static const char text[] = "self_death_counts_once\0ends";
	uint32_t nwords = ipc_put_bytes(text, sizeof(text));
	struct ipc_msg msg = {.w = {op, w1, w2}, .nwords = nwords};

	if (op == PM_EXEC || op == PM_SPAWN) {
		msg.w[2] = sizeof(text);
	}
	(void)ipc_send(process_manager, &msg, 0);
	die();
}

static void exec_and_die(void)
{
	ask(PM_EXEC, 2, 0);
}

static void spawn_and_die(void)
{
	ask(PM_SPAWN, 2 | FAULT_PATH_SELF << PM_PATH_SHIFT, 0);
}

static void exit_and_die(void)
{
	ask(PM_EXIT, 3, 0);
}

static void fault_and_die(void)
{
	ask(PM_FAULT, 0, 0);
}

static void kill_and_die(void)
{
	ask(PM_KILL, (uint32_t)getpid(), 3);
}

static void lose_pager_and_die(void)
{
	ask(PM_PAGER, 0, (uint32_t)E_NO_MEM);
}

/* A whole family asks and dies. */
static void family_dies(void)
{
	for (int i = 0; i < 6; i++) {
		if (fork() == 0) {
			spawn_and_die();
		}
	}
	exec_and_die();
}

static void end_at_once(void);

static const struct role roles[] = {
	{"ends", end_at_once},         {"exec", exec_and_die},   {"spawn", spawn_and_die},
	{"exit", exit_and_die},        {"fault", fault_and_die}, {"kill", kill_and_die},
	{"pager", lose_pager_and_die}, {"family", family_dies},
};
enum { NROLES = sizeof(roles) / sizeof(roles[0]) };

static void end_at_once(void)
{
}

int main(int argc, char *argv[])
{
	struct sysinfo before = {0};

	play_role(argc, argv, roles, NROLES);
	uint32_t envs = settled_info().envs;
	for (int i = 0; i < ROUNDS; i++) {
		for (int k = 0; k < NROLES; k++) {
			CHECK(end_of(start_on_self(roles[k].name)).how != PM_END_FAULT ||
			      roles[k].body == fault_and_die ||
			      roles[k].body == lose_pager_and_die);
		}
		if (i == 0) { /* who is to be adopted and killed has gone */
			while ((before = settled_info()).envs > envs) {
				sleep_ms(1);
			}
		}
	}
	check_all_back(&before, "all roles");
	CHECK_EQ(count_processes(), 2);
	return 0;
}
