/* boot: killservers
 * A killed pager is replaced: another env is the pager from then on, in the kernel's records of
 * every process too, and copy-on-write, zero fill and stack growth go on, in the killer and in its
 * children. Nothing of it leaks. */
#include "tests/guest/memory.h"
#include "tests/guest/restart.h"

enum { PAGES = 16, KILLS = 20 };

static char heap[PAGES * PGSIZE]; /* zero fill: absent until touched */

static uint32_t grow_stack(uint32_t depth)
{
	volatile uint32_t frame[WORDS];

	frame[0] = depth;
	return depth == 0 ? 0 : grow_stack(depth - 1) + (frame[0] == depth);
}

static void use_memory(void)
{
	for (uint32_t i = 0; i < sizeof(heap); i += PGSIZE) {
		CHECK(heap[i] == 0 || heap[i] == 1);
		heap[i] = 2;
	}
	CHECK_EQ(grow_stack(PAGES), PAGES);
}

static void one_round(void)
{
	envid_t before = process_server(PM_SERVER_PAGER), after;
	pid_t early = start_child(use_memory); /* may meet the old pager, the new one, or both */

	kill_server(PM_SERVER_PAGER);
	after = process_server(PM_SERVER_PAGER);
	CHECK(after > 0 && after != before);
	CHECK_EQ(env_page->pager, after);
	CHECK_EQ(env_infos[ENV_SLOT(env_page->id)].pager, after);
	heap[0] = 1;
	check_child(use_memory);
	CHECK_EQ(heap[0], 1);
	CHECK_EQ(end_of(early).status, 0);
}

int main(void)
{
	uint32_t restarts = process_server_restarts(PM_SERVER_PAGER);
	struct sysinfo before, after;

	heap[0] = 1;
	one_round();
	before = settled_info();
	for (int i = 1; i < KILLS; i++) {
		one_round();
	}
	after = settled_info();
	CHECK_EQ(after.frames_free, before.frames_free);
	CHECK_EQ(after.envs, before.envs);
	CHECK_EQ(process_server_restarts(PM_SERVER_PAGER), restarts + KILLS);
	return 0;
}
