/* A fork costs page tables and a few pages, whatever the size of the parent; each page written
 * costs one more, once; text is never copied. */
#include "tests/guest/memory.h"

enum { PAGES = 1000, WRITTEN = 50, OVERHEAD = 40, FEW = 8 };

static envid_t parent;

/* Waits until the parent has counted frames. */
static void meet_parent(void)
{
	struct ipc_msg msg = {.nwords = 0};

	CHECK_EQ(ipc_call(parent, &msg, 0), OK);
}

static void write_some(void)
{
	uint32_t before;

	meet_parent();
	before = free_frames();
	for (int again = 0; again < 3; again++) {
		for (uint32_t i = 0; i < WRITTEN; i++) {
			words_at(AREA + i * PGSIZE)[again] = again;
		}
	}
	CHECK(before - free_frames() >= WRITTEN);
	CHECK(before - free_frames() <= WRITTEN + FEW); /* and some stack and data */
	CHECK_EQ(rights_of(entry_of(UTEXT)), PTE_P);
}

int main(void)
{
	uint32_t before;
	struct ipc_msg msg;
	pid_t child;

	parent = sys_self();
	CHECK_EQ(page_alloc_all(0, AREA | PTE_W, PAGES), OK);
	before = free_frames();
	child = start_child(write_some);
	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	CHECK(before - free_frames() < OVERHEAD);
	CHECK_EQ(ipc_reply(msg.from, &msg), OK);
	CHECK_EQ(end_of(child).status, 0);
	CHECK(before - free_frames() < FEW);
	CHECK_EQ(mappings_of(AREA), 1);
	return 0;
}
