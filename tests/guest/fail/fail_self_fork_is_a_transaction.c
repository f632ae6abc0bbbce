/* failhook: 1
 * On fault path `self`, where a process forks by itself: whichever allocation of a fork fails,
 * alone or with all after it, the parent gets an error and goes on with its memory as it was, and
 * no page and no env of the child is left; when none fails any more, there is a whole child. */
#include "libsys/self.h"
#include "tests/guest/fail.h"

enum { DATA_PAGES = 8, MOST = 1000 };

static uint32_t data[DATA_PAGES * WORDS] = {1};

static void fill(void)
{
	for (uint32_t i = 0; i < DATA_PAGES * WORDS; i++) {
		data[i] = i * 3;
	}
}

static bool is_whole(void)
{
	for (uint32_t i = 0; i < DATA_PAGES * WORDS; i++) {
		if (data[i] != i * 3) {
			return false;
		}
	}
	return true;
}

static void spoil(uint32_t by)
{
	for (uint32_t i = 0; i < DATA_PAGES * WORDS; i += WORDS) {
		data[i] += by;
	}
}

static void run_child(void)
{
	bool whole = is_whole();

	spoil(7);
	exit(whole ? 0 : 1);
}

/* Whether there was no allocation k. */
static bool try_fork(uint32_t k, uint32_t mode, const struct sysinfo *before)
{
	fail_at(0, k, mode);
	pid_t pid = fork();
	if (pid == 0) {
		run_child();
	}
	bool unneeded = fail_at(0, 0, 0) != 0;
	if (pid < 0) {
		CHECK(pid == E_NO_MEM || pid == E_NO_ENV);
		CHECK(!unneeded);
	} else {
		CHECK_EQ(end_of(pid).status, 0);
	}
	CHECK(is_whole());
	spoil(5);
	spoil((uint32_t)-5);
	if (before != NULL) {
		struct sysinfo now = settled_info();

		CHECK_EQ(now.frames_free, before->frames_free);
		CHECK_EQ(now.envs, before->envs);
	}
	CHECK_EQ(wait(0, NULL, PM_WAIT_NOHANG), E_NO_CHILD);
	return unneeded;
}

static uint32_t count_points(uint32_t mode, const struct sysinfo *before)
{
	uint32_t k = 1;

	while (!try_fork(k, mode, before)) {
		CHECK(++k < MOST);
	}
	return k - 1;
}

static int run_on_self(void)
{
	struct sysinfo before;

	fill();
	(void)try_fork(MOST, FAIL_ONCE, NULL);
	before = settled_info();
	uint32_t once = count_points(FAIL_ONCE, &before), on = count_points(FAIL_ON, &before);
	printf("fork on path self: %u points of failure, %u for good\n", once, on);
	CHECK(once > 0 && on > 0);
	return 0;
}

int main(int argc, char *argv[])
{
	static const char *const again[] = {"fail_self_fork_is_a_transaction", "self"};

	(void)argv;
	if (argc > 1) {
		CHECK(self_path());
		return run_on_self();
	}
	CHECK_EQ(end_of(spawn_on(FAULT_PATH_SELF, 2, again)).status, 0);
	return 0;
}
