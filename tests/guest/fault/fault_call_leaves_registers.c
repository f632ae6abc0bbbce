/* A fault that the pager answers changes no register and no flag of the program, whatever the
 * answer carries; and no word of a message that it prepares. */
#include "tests/guest/clients.h"

enum { FAULTS = 8, PAGES = 4 };

static void use_all(uint32_t arg)
{
	for (uint32_t i = 0; i < FAULTS * PAGES; i++) {
		uint32_t va = arg + i * PGSIZE, flags, sum;

		env_page->msg[3] = env_page->msg[4] = env_page->msg[5] = 77;
		asm volatile("push %%ebp\n"
		             "mov $0x11111111, %%eax\nmov $0x22222222, %%ebx\n"
		             "mov $0x33333333, %%edx\n"
		             "mov $0x44444444, %%edi\nmov $0x55555555, %%ebp\n"
		             "stc\n"
		             "movb $1, (%%ecx)\n"
		             "pushf\n"
		             "add %%ebx, %%eax\nadd %%edx, %%eax\nadd %%edi, %%eax\n"
		             "add %%ebp, %%eax\nadd %%esi, %%eax\n"
		             "pop %%ebx\n"
		             "pop %%ebp\n"
		             : "=a"(sum), "=b"(flags)
		             : "c"(va), "S"(0x01010101)
		             : "edx", "edi", "memory", "cc");
		CHECK_EQ(sum, 0x01010100u); /* all six */
		CHECK_EQ(flags & 1, 1);
		CHECK_EQ(env_page->msg[3] + env_page->msg[4] + env_page->msg[5], 3 * 77);
	}
}

int main(void)
{
	envid_t id = client_start(use_all, AREA);

	CHECK_EQ(sys_page_alloc(0, OTHER | PTE_W, PAGES), PAGES);
	set_run(OTHER, PAGES, IPC_MODE_COPY | IPC_MODE_WRITABLE);
	for (uint32_t i = 0; i < FAULTS; i++) {
		CHECK_EQ(fault_take().from, id);
		CHECK_EQ(fault_answer(id, 0, 0, 99, IPC_PAGES), OK);
	}
	peer_join(id);
	id = client_start(use_all, AREA);
	for (uint32_t i = 0; i < FAULTS * PAGES; i++) {
		CHECK_EQ(fault_take().from, id);
		CHECK_EQ(fault_answer(id, FAULT_ALLOC | PTE_W, 0, 0, 0), OK);
	}
	peer_join(id);
	return 0;
}
