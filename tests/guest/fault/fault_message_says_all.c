/* The message that the kernel sends in the name of an env that faults: page, address, entry, error
 * code, ip and mappings, as they are when the pager receives it. */
#include "tests/guest/clients.h"

void touch_here(void);

static _Noreturn void entry_point(void)
{
	asm volatile(".globl touch_here\ntouch_here: movl %%eax, %c0"
	             :
	             : "i"(AREA + 36)
	             : "memory");
	for (;;) {}
}

int main(void)
{
	envid_t self = env_page->id, id = client_make(NULL, 0, self);
	struct fault fault;

	CHECK_EQ(start_at(id, (vaddr_t)entry_point, 0), OK);
	env_run(id);
	fault = fault_take_from(id, AREA + 36);
	CHECK_EQ(fault.page, AREA);
	CHECK_EQ(fault.entry, 0);
	CHECK_EQ(fault.err, FEC_U | FEC_WR);
	CHECK_EQ(fault.ip, (vaddr_t)touch_here);
	CHECK_EQ(fault.mappings, 0);

	/* Again, with a page there that may only be read, and is mapped twice; set while the fault
	 * is queued. */
	CHECK_EQ(fault_answer(id, 0, 0, 0, 0), OK);
	await_ipc(id, self);
	CHECK_EQ(sys_page_alloc(0, OTHER | PTE_W, 1), 1);
	CHECK_EQ(sys_page_map(0, OTHER, id, AREA | 0x400, 1), 1);
	fault = fault_take_from(id, AREA + 36);
	CHECK_EQ(fault.entry & 0xFFF & ~(PTE_A | PTE_D), PTE_P | PTE_U | 0x400);
	CHECK_EQ(PTE_ADDR(fault.entry), PTE_ADDR(uvpt[OTHER >> PGSHIFT]));
	CHECK_EQ(fault.err, FEC_U | FEC_WR); /* of the access, which was before */
	CHECK_EQ(fault.mappings, 2);
	CHECK_EQ(fault_answer(id, 0, 0, 0, 0), OK);
	fault = fault_take_from(id, AREA + 36);
	CHECK_EQ(fault.err, FEC_U | FEC_WR | FEC_PR);
	CHECK_EQ(sys_page_mark(id, AREA, PTE_ZERO_FILL, 1), 1);
	peer_kill(id);

	id = client_start(read_there, 0xDEADBEEC);
	fault = fault_take_from(id, 0xDEADBEEC);
	CHECK_EQ(fault.page, 0xDEADB000);
	CHECK_EQ(fault.err, FEC_U);
	peer_kill(id);
	id = client_make(read_there, AREA, self);
	CHECK_EQ(sys_page_mark(id, AREA, PTE_ZERO_FILL, 1), 1);
	env_run(id);
	fault = fault_take_from(id, AREA);
	CHECK_EQ(fault.entry, PTE_ZERO_FILL);
	CHECK_EQ(fault.mappings, 0);
	peer_kill(id);
	id = client_start(read_there, 0xF0100000); /* the kernel's */
	fault = fault_take_from(id, 0xF0100000);
	CHECK_EQ(fault.entry, 0);
	CHECK_EQ(fault.err, FEC_U | FEC_PR);
	peer_kill(id);
	return 0;
}
