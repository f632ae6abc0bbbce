/* The fork of a wide space takes many parts, between which procmgr serves others. Whatever they do
 * to the parent or the copy meanwhile, and whatever the parent does itself: the fork succeeds, or
 * nothing of it is left. */
/* icount: 1 */
/* smp: 1 */
#include "libsys/time.h"
#include "tests/guest/marks.h"

enum { PERIOD_US = 200, PARTS_US = 2000 };

static int fork_with_time_out(uint32_t us)
{
	struct ipc_msg msg = {.w = {PM_FORK, env_page->upcall, env_page->xupcall}, .nwords = 3};

	env_page->recv_us = us;
	int status = ipc_call(process_manager, &msg, us != 0 ? IPC_RECV_TIMEOUT : 0);
	return status != OK ? status : (int)msg.w[0];
}

static void fork_as_usual(void)
{
	mark_all_tables();
	pid_t pid = fork();

	if (pid == 0) {
		CHECK_EQ(entry_of(MARKS + (MARKED_TABLES - 1) * PTSIZE), PTE_ZERO_FILL);
		exit(7);
	}
	CHECK(pid > 0);
	CHECK_EQ(end_of(pid).status, 7);
}

/* The next request gives the fork up. */
static void give_up_and_ask(void)
{
	mark_all_tables();
	int status = fork_with_time_out(PARTS_US);

	CHECK_EQ(status, E_TIMEOUT);
	CHECK_EQ(wait(0, NULL, PM_WAIT_NOHANG), E_NO_CHILD);
	status = fork_with_time_out(PARTS_US);
	CHECK_EQ(status, E_TIMEOUT);
	pid_t pid = fork();
	if (pid == 0) {
		exit(8);
	}
	CHECK(pid > 0);
	CHECK_EQ(end_of(pid).status, 8);
	CHECK_EQ(wait(0, NULL, PM_WAIT_NOHANG), E_NO_CHILD);
}

static void give_up_and_exit(void)
{
	mark_all_tables();
	CHECK_EQ(fork_with_time_out(PARTS_US), E_TIMEOUT);
	sys_env_destroy(0, 0);
}

static void fork_what_is_killed(void)
{
	struct process_end end;

	mark_all_tables();
	pid_t pid = fork();

	CHECK(pid > 0);
	CHECK_EQ(wait(pid, &end, 0), pid);
	CHECK_EQ(end.how, PM_END_KILLED);
	CHECK_EQ(wait(0, NULL, PM_WAIT_NOHANG), E_NO_CHILD);
}

static void fork_beyond_the_limit(void)
{
	mark_all_tables();
	CHECK_EQ(fork(), E_LIMIT);
	CHECK_EQ(wait(0, NULL, PM_WAIT_NOHANG), E_NO_CHILD);
	CHECK_EQ(entry_of(MARKS), PTE_ZERO_FILL);
}

static void fork_and_be_killed(void)
{
	mark_all_tables();
	(void)fork();
	CHECK(false);
}

/* The copy that is being made of that process. */
static pid_t await_copy_of(pid_t parent)
{
	struct pm_info info;

	for (;;) {
		for (int cursor = 0; (cursor = process_next(cursor, &info)) > 0;) {
			if (info.parent == parent) {
				CHECK_EQ(env_infos[ENV_SLOT(info.env)].status, ENV_NOT_RUNNABLE);
				return info.pid;
			}
		}
		ipc_sleep_us(PERIOD_US);
	}
}

static void kill_the_copy(pid_t parent)
{
	CHECK_EQ(kill(await_copy_of(parent)), OK);
}

static void limit_the_copy(pid_t parent)
{
	pid_t copy = await_copy_of(parent);

	CHECK_EQ(process_limit(copy, MARKED_TABLES, 0), OK); /* its tables, and nothing else */
}

static void kill_the_parent(pid_t parent)
{
	(void)await_copy_of(parent);
	CHECK_EQ(kill(parent), OK);
}

/* Of one CPU it is only the idle time in which wide spaces are torn down. */
static struct sysinfo info_when_idle(void)
{
	struct sysinfo info;

	CHECK_EQ(sys_sysinfo(&info), OK);
	while (info.dying != 0) {
		ipc_sleep_us(PERIOD_US);
		CHECK_EQ(sys_sysinfo(&info), OK);
	}
	return settled_info();
}

static void check_way(const char *name, void (*forks)(void), void (*meddles)(pid_t), int status)
{
	struct sysinfo before = info_when_idle(), after;
	uint32_t processes = count_processes();
	pid_t pid = start_child(forks);

	if (meddles) {
		meddles(pid);
	}
	CHECK_EQ(end_of(pid).status, status);
	after = info_when_idle();
	printf("%s: %u envs, %u free frames, %u processes\n", name, after.envs, after.frames_free,
	       count_processes());
	CHECK_EQ(count_processes(), processes);
	CHECK_EQ(after.envs, before.envs);
	CHECK_EQ(after.frames_free, before.frames_free);
}

static void nothing(void)
{
}

int main(void)
{
	check_child(nothing); /* what is copied or filled once */
	check_way("as usual", fork_as_usual, NULL, 0);
	check_way("asks for something else", give_up_and_ask, NULL, 0);
	check_way("exits", give_up_and_exit, NULL, 0);
	check_way("copy killed", fork_what_is_killed, kill_the_copy, 0);
	check_way("copy limited", fork_beyond_the_limit, limit_the_copy, 0);
	check_way("parent killed", fork_and_be_killed, kill_the_parent, PM_STATUS_KILLED);
	return 0;
}
