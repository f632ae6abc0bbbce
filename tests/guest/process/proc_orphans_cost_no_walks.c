/* What it costs to end a process with many children is not more because some other process, of
 * many, has a pager of its own. */
/* smp: 1 */
/* icount: 4 */
#include "libsys/assert.h"
#include "libsys/pager.h"
#include "libsys/time.h"
#include "tests/guest/memory.h"

enum { KIDS = 240, OTHERS = 200, MOST_PERCENT = 130 };

static void idle(void)
{
	for (;;) {
		ipc_sleep_us(2000000000);
	}
}

static void await_the_parents_end(void)
{
	while (getppid() != 0) {
		sleep_ms(50);
	}
}

static void have_children(void)
{
	for (int i = 0; i < KIDS; i++) {
		(void)start_child(await_the_parents_end);
	}
	idle();
}

static uint32_t kill_us(void)
{
	pid_t pid = start_child(have_children);
	struct pm_info info = {0};

	while (process_next(pid - 1, &info) != pid || info.children != KIDS) {
		sleep_ms(1);
	}
	uint64_t start = clock_us();
	CHECK_EQ(kill(pid), OK);
	uint32_t us = (uint32_t)(clock_us() - start);
	CHECK_EQ(end_of(pid).how, PM_END_KILLED);
	sleep_ms(200);
	return us;
}

int main(int argc, char *argv[])
{
	const char *const pager[] = {"zeropager"}, *const client[] = {argv[0], "idle"};
	pid_t others[OTHERS], paging, paged;
	uint32_t without, with;

	program_name = argv[0];
	if (argc == 2) {
		idle();
	}
	for (int i = 0; i < OTHERS; i++) {
		others[i] = start_child(idle);
	}
	without = kill_us();
	paging = spawn_pager(0, FAULT_PATH_PAGER, 1, pager);
	CHECK(paging > 0);
	CHECK_EQ(pager_await(paging, 2000), OK);
	paged = spawn_paged(paging, FAULT_PATH_PAGER, 2, client);
	CHECK(paged > 0);
	with = kill_us();
	CHECK_EQ(kill(paged), OK);
	CHECK_EQ(end_of(paged).how, PM_END_KILLED);
	CHECK_EQ(end_of(paging).status, 0); /* its last client is gone */
	for (int i = 0; i < OTHERS; i++) {
		CHECK_EQ(kill(others[i]), OK);
		CHECK_EQ(end_of(others[i]).how, PM_END_KILLED);
	}
	if (with * 100 > without * MOST_PERCENT) {
		printf("the end takes %u us, and %u with a pager's client\n", without, with);
		return 1;
	}
	return 0;
}
