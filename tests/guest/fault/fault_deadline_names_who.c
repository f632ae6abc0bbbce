/* A fault that its pager does not answer in time ends that process with a line that says who,
 * where, whom it waited for and how long; its parent can set how long. Forked children have the
 * same deadline. */
#include "libsys/assert.h"
#include "libsys/time.h"
#include "tests/guest/memory.h"

enum { DEADLINE_MS = 400 };

static envid_t silent;

static void touch(void)
{
	CHECK_EQ(sys_env_set(0, ENV_PAGER, (uint32_t)silent), OK);
	words_at(AREA)[0] = 1;
}

static void fork_and_touch(void)
{
	struct process_end end = end_of(start_child(touch));

	CHECK(strstr(end.why, "in 400 ms") != NULL);
}

int main(void)
{
	struct process_end end;
	char line[128];
	uint64_t start;
	pid_t pid;

	silent = env_page->id;
	env_page->serve = 1;
	CHECK_EQ(process_deadline(0, DEADLINE_MS), 5000);
	CHECK_EQ(process_deadline(getpid(), DEADLINE_MS), DEADLINE_MS);
	start = clock_us();
	end = end_of(start_child(touch));
	CHECK(clock_us() - start >= DEADLINE_MS * 1000);
	CHECK_EQ(end.how, PM_END_FAULT);
	snprintf(line, sizeof(line), "%s[%d]: fault at 0x", program_name, end.pid);
	CHECK(strncmp(end.why, line, strlen(line)) == 0);
	CHECK(strstr(end.why, "(write, ip 0x") != NULL && strstr(end.why, " touch+0x"));
	snprintf(line, sizeof(line), "): no answer from %s[%d] in 400 ms", program_name, getpid());
	CHECK(strlen(end.why) > strlen(line));
	CHECK_TEXT(end.why + strlen(end.why) - strlen(line), line);
	check_child(fork_and_touch);

	CHECK_EQ(process_deadline(getpid(), 0), DEADLINE_MS); /* while it waits */
	pid = start_child(touch);
	sleep_ms(DEADLINE_MS);
	CHECK_EQ(wait(pid, &end, PM_WAIT_NOHANG), 0);
	CHECK_EQ(process_deadline(pid, 10), 0);
	CHECK(strstr(end_of(pid).why, "in 10 ms") != NULL);

	CHECK_EQ(process_deadline(1, 10), E_PERM);
	CHECK_EQ(process_deadline(4095, 10), E_BAD_ENV);
	CHECK_EQ(process_deadline(getpid(), PM_DEADLINE_MS_MAX + 1), E_INVAL);
	return 0;
}
