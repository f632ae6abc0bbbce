/* Fork and exit cost what is mapped: a page that was unmapped costs nothing more, an exit after a
 * call no look at 1,024 slots, and pages that are shared or reserved already no more than those
 * that become so. */
/* icount: 1 */
/* smp: 1 */
#include "libsys/ipc.h"
#include "libsys/process.h"
#include "libsys/stdlib.h"
#include "tests/guest/memory.h"

enum { PAGES = 1024 };

static uint64_t tsc(void)
{
	uint64_t value;

	asm volatile("rdtsc" : "=A"(value) : : "memory");
	return value;
}

/* Of fork, exit and wait; the child answers a call first, or not. */
static uint32_t cost_of_child(bool is_called)
{
	envid_t self = env_page->id;
	struct ipc_msg msg = {.nwords = 1};
	struct process_end end;
	uint64_t start = tsc();
	pid_t pid = fork();

	if (pid == 0) {
		(void)ipc_send(self, &msg, 0);
		if (is_called) {
			(void)ipc_recv(0, &msg, 0);
			(void)ipc_reply(msg.from, &msg);
		}
		exit(0);
	}
	CHECK(pid > 0);
	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	if (is_called) {
		CHECK_EQ(ipc_call(msg.from, &msg, 0), OK);
	}
	CHECK_EQ(wait(pid, &end, 0), pid);
	return (uint32_t)(tsc() - start);
}

/* After one that pays for what was before. */
static uint32_t cost(void)
{
	(void)cost_of_child(false);
	return cost_of_child(false);
}

static void touch(char *memory)
{
	for (uint32_t i = 0; i < PAGES; i++) {
		memory[i * PGSIZE] = 1;
	}
}

int main(void)
{
	uint32_t plain = cost(), called, dirty, shared, reserved;
	char *memory;

	(void)cost_of_child(true);
	called = cost_of_child(true);
	printf("plain %u, called %u\n", plain, called);
	CHECK(called < plain + 2000);

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	plain = cost();
	CHECK_EQ(sys_page_alloc(0, (AREA + PTSIZE - PGSIZE) | PTE_W, 1), 1);
	CHECK_EQ(sys_page_unmap(0, AREA + PTSIZE - PGSIZE, 1), 1);
	printf("one page %u, another unmapped %u\n", plain, cost());
	CHECK(cost() < plain + 200);

	memory = sbrk(PAGES * PGSIZE);
	reserved = cost() - plain;
	touch(memory);
	(void)cost_of_child(false);
	touch(memory);
	dirty = cost_of_child(false) - plain;
	shared = cost_of_child(false) - plain;
	printf("1,024 pages: dirty %u, shared %u, reserved %u\n", dirty, shared, reserved);
	CHECK(shared < dirty * 5 / 4);
	CHECK(reserved < dirty * 5 / 4);
	return 0;
}
