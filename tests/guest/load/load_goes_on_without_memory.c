/* When no frame is left, what a program only reads still comes, because it needs none; a write to
 * data that it has not touched ends it with the reason, and nobody else. */
/* mem: 16 */
#include "libsys/stdlib.h"
#include "tests/guest/loading.h"

/* All the frames that there are, or that the limit lets us have. */
static void take_all(void)
{
	vaddr_t va = AREA;

	for (uint32_t npages = 64; npages > 0;) {
		int got = sys_page_alloc(0, va | PTE_W, npages);

		if (got < 0) {
			npages /= 2;
		} else {
			va += (uint32_t)got * PGSIZE;
		}
	}
}

static void report_to_parent(void)
{
	struct ipc_msg msg = {.nwords = 0};

	CHECK(ipc_send(env_infos[ENV_SLOT(env_page->id)].parent, &msg, 0) >= 0);
}

static void hold_all(void)
{
	struct ipc_msg msg;

	take_all();
	report_to_parent();
	(void)ipc_recv(env_page->id, &msg, 0); /* until it is killed */
}

static void live_without_memory(void)
{
	take_all();
	check_constants();
	check_data();
	report_to_parent();
	data[3][3] = 1;
}

int main(void)
{
	enum { HOLDERS = 2 }; /* each may have half of the memory */
	uint32_t before = free_frames();
	pid_t holders[HOLDERS];
	struct ipc_msg msg;

	for (int i = 0; i < HOLDERS; i++) {
		holders[i] = start_child(hold_all);
		CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	}
	kill(holders[HOLDERS - 1]);
	CHECK_EQ(wait(holders[HOLDERS - 1], NULL, 0), holders[HOLDERS - 1]);

	pid_t reader = start_child(live_without_memory);

	CHECK_EQ(ipc_recv(0, &msg, 0), OK); /* what it read was right */

	struct process_end end = end_of(reader);

	CHECK_EQ(end.how, PM_END_FAULT);
	CHECK(strstr(end.why, "out of memory") != NULL);
	CHECK_EQ(kill(holders[0]), OK);
	CHECK_EQ(wait(holders[0], NULL, 0), holders[0]);
	CHECK_EQ(free_frames(), before);
	check_child(check_data);
	return 0;
}
