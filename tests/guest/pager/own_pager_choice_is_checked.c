/* Only oneself and descendants can be named as pagers, while they live; and only for processes that
 * have one. What is refused starts nothing. */
#include "tests/guest/pager/own_pagers.h"

static int try_pager(pid_t pager, enum fault_path path, const char *program)
{
	const char *const words[] = {program};

	return spawn_paged(pager, path, 1, words);
}

static void try_the_parent(void)
{
	CHECK_EQ(try_pager(getppid(), FAULT_PATH_PAGER, "hello"), E_PERM);
	CHECK_EQ(try_pager(1, FAULT_PATH_PAGER, "hello"), E_PERM);
}

int main(void)
{
	const char *const self_words[] = {"spin"};
	uint32_t processes = count_processes();
	pid_t ended = start_child(try_the_parent);
	pid_t on_self = spawn_on(FAULT_PATH_SELF, 1, self_words);

	check_ended(ended, 0);
	CHECK_EQ(try_pager(ended, FAULT_PATH_PAGER, "hello"), E_BAD_ENV);
	CHECK_EQ(try_pager(-1, FAULT_PATH_PAGER, "hello"), E_BAD_ENV);
	CHECK_EQ(try_pager(PM_PID_MAX, FAULT_PATH_PAGER, "hello"), E_BAD_ENV);
	CHECK_EQ(try_pager(PM_PID_MAX + 1, FAULT_PATH_PAGER, "hello"), E_BAD_ENV);
	CHECK_EQ(try_pager(on_self, FAULT_PATH_PAGER, "hello"), E_INVAL);
	CHECK_EQ(try_pager(getpid(), FAULT_PATH_SELF, "hello"), E_INVAL);
	CHECK_EQ(try_pager(getpid(), FAULT_PATH_PAGER, "jos/hello"), E_INVAL);
	CHECK_EQ(try_pager(getpid(), FAULT_PATH_PAGER, "nosuch"), E_NOT_FOUND);
	CHECK_EQ(kill(on_self), OK);
	CHECK_EQ(wait(on_self, NULL, 0), on_self);
	CHECK_EQ(count_processes(), processes);
	return 0;
}
