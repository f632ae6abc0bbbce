/* fork, wait, kill and getppid on path `self`: as on path `pager`. */
#include "tests/guest/self.h"

static struct process_end ended;

static pid_t child_exits(int status)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		exit(status);
	}
	return pid;
}

static void spin(void)
{
	for (;;) {}
}

static void fault(void)
{
	words_at(0xDEADB000)[0] = 1;
}

static void invalid(void)
{
	asm volatile("ud2");
}

static void check_wait(void)
{
	pid_t spinner, a, b;

	CHECK_EQ(wait(0, NULL, 0), E_NO_CHILD);
	CHECK_EQ(wait(getpid(), NULL, 0), E_NO_CHILD);
	CHECK_EQ(wait(-1, NULL, 0), E_NO_CHILD);
	CHECK_EQ(wait(0x7FFFFFFF, NULL, 0), E_NO_CHILD);
	spinner = start_child(spin);
	CHECK_EQ(wait(0, NULL, PM_WAIT_NOHANG), 0);
	CHECK_EQ(wait(spinner, NULL, PM_WAIT_NOHANG), 0);
	a = child_exits(5);
	b = child_exits(-1);
	CHECK_EQ(wait(b, &ended, 0), b);
	CHECK_EQ(ended.pid, b);
	CHECK_EQ(ended.status, 100);
	CHECK_EQ(wait(0, &ended, 0), a);
	CHECK_EQ(ended.status, 5);
	CHECK_EQ(ended.how, PM_END_EXIT);
	CHECK_TEXT(ended.why, "");
	CHECK_EQ(kill(spinner), OK);
	CHECK_EQ(kill(spinner), OK);
	CHECK_EQ(wait(0, &ended, 0), spinner);
	CHECK_EQ(ended.how, PM_END_KILLED);
	CHECK_EQ(ended.status, PM_STATUS_KILLED);
	CHECK_EQ(kill(spinner), E_BAD_ENV);
	CHECK_EQ(wait(0, NULL, 0), E_NO_CHILD);
}

/* The first that ended is the first that wait() finds. */
static void check_order(void)
{
	enum { CHILDREN = 20 };
	pid_t pids[CHILDREN];

	for (int i = 0; i < CHILDREN; i++) {
		pids[i] = child_exits(i);
		CHECK_EQ(pids[i] > PM_PID_MAX, true);
		while (env_infos[ENV_SLOT(pids[i])].status != ENV_DYING) {
			sys_yield();
		}
	}
	CHECK_EQ(wait(pids[7], &ended, 0), pids[7]);
	for (int i = 0; i < CHILDREN; i++) {
		if (i != 7) {
			CHECK_EQ(wait(0, &ended, 0), pids[i]);
			CHECK_EQ(ended.status, i);
		}
	}
}

static void check_ends(void)
{
	pid_t self = getpid(), child;
	char start[64];

	check_child_faults(fault, "fault at 0xdeadb000 (write, ip 0x");
	check_child_faults(invalid, "invalid opcode at ip 0x");
	child = start_child(fault);
	ended = end_of(child);
	snprintf(start, sizeof(start), "%s[%d]: fault at ", program_name, child);
	CHECK_EQ(strncmp(ended.why, start, strlen(start)), 0);

	child = fork();
	if (child == 0) {
		CHECK_EQ(getppid(), self);
		CHECK_EQ(getpid(), env_page->id);
		CHECK_EQ(kill(self), E_PERM);
		CHECK_EQ(kill(1), E_PERM);
		CHECK_EQ(kill(0), E_BAD_ENV);
		CHECK_EQ(kill(-5), E_BAD_ENV);
		(void)kill(getpid());
		exit(1);
	}
	ended = end_of(child);
	CHECK_EQ(ended.how, PM_END_KILLED);
	CHECK_EQ(ended.status, PM_STATUS_KILLED);
}

/* Orphans have no parent, and are nobody's to wait for. */
static void check_orphans(void)
{
	pid_t child = fork();

	CHECK(child >= 0);
	if (child == 0) {
		for (int i = 0; i < 10; i++) {
			if (fork() == 0) {
				sleep_ms(50);
				CHECK_EQ(getppid(), 0);
				exit(3);
			}
		}
		exit(0);
	}
	CHECK_EQ(end_of(child).status, 0);
	CHECK_EQ(wait(0, NULL, 0), E_NO_CHILD);
}

static void check_too_many(void)
{
	uint32_t count = 0;
	pid_t child;

	while ((child = fork()) > 0) {
		count++;
	}
	if (child == 0) {
		exit(0);
	}
	CHECK_EQ(child, E_LIMIT);
	CHECK(count > 100);
	for (; count > 0; count--) {
		CHECK(wait(0, NULL, 0) > 0);
	}
	check_child(check_wait);
}

static void check_all(void)
{
	check_wait();
	check_order();
	check_ends();
	check_orphans();
	check_too_many();
	check_child(check_wait);
	check_child(check_order);
}

static const struct role roles[] = {{"all", check_all}};

int main(int argc, char *argv[])
{
	struct sysinfo before;

	play_role(argc, argv, roles, 1);
	check_role("all", 0);
	before = settled_info();
	check_role("all", 0);
	check_all_back(&before, "all");
	return 0;
}
