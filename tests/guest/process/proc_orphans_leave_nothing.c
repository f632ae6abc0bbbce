/* Children whose parent has ended go on, and are gone from the list once they
 * end, as are the dead that a parent never waited for. */
#include "libsys/time.h"
#include "tests/guest/memory.h"

enum { CHILDREN = 10, WAIT_MS = 50000 };

#define GATE (words_at(AREA)[0]) /* shared */
#define ORPHANS (words_at(AREA)[1])

static void wait_for_gate(void)
{
	struct ipc_msg nothing;

	while (!GATE) {
		env_page->recv_us = 1000;
		(void)ipc_recv(sys_self(), &nothing, IPC_RECV_TIMEOUT);
	}
	CHECK_EQ(getppid(), 0);
	__atomic_fetch_add(&ORPHANS, 1, __ATOMIC_RELAXED);
}

static void end_at_once(void)
{
}

static void leave_children(void)
{
	for (int i = 0; i < CHILDREN; i++) {
		(void)start_child(wait_for_gate);
		(void)start_child(end_at_once);
	}
}

int main(void)
{
	uint32_t processes;
	struct sysinfo before, after;

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	check_child(end_at_once);
	processes = count_processes();
	before = settled_info();
	check_child(leave_children);
	CHECK(count_processes() >= processes + CHILDREN);
	GATE = 1;
	for (int ms = 0; count_processes() != processes; ms++) {
		CHECK(ms < WAIT_MS);
		sleep_ms(1);
	}
	CHECK_EQ(ORPHANS, CHILDREN);
	after = settled_info();
	CHECK_EQ(after.envs, before.envs);
	CHECK_EQ(after.frames_free, before.frames_free);
	CHECK_EQ(wait(0, NULL, 0), E_NO_CHILD);
	return 0;
}
