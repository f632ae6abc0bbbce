/* E_FAULT from the pager enters the env's own upcall, once, with the usual frame; without one, or
 * with another status, the env ends, and its death says what the pager said. */
#include "tests/guest/clients.h"

static volatile uint32_t upcalls;

static void own_upcall(struct utrapframe *utf)
{
	upcalls++;
	CHECK_EQ(utf->fault_va, AREA + 8);
	CHECK_EQ(utf->err, FEC_U | FEC_WR);
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	asm volatile("mov %0, %%esp\n"
	             "add $8, %%esp\n"
	             "popal\n"
	             "add $4, %%esp\n"
	             "popfl\n"
	             "mov (%%esp), %%esp\n"
	             "jmp resume_here"
	             :
	             : "r"(utf)
	             : "memory");
}

static _Noreturn void upcall_entry(void)
{
	asm volatile("mov %esp, %eax\npush %eax\ncall *upcall_fn\n");
	__builtin_unreachable();
}

void (*upcall_fn)(struct utrapframe *utf) = own_upcall;

static void write_with_upcall(uint32_t va)
{
	asm volatile(".globl resume_here\nresume_here: movl $7, 8(%0)" : : "r"(va) : "memory");
	CHECK_EQ(words_at(va)[2], 7);
}

int main(void)
{
	static const int statuses[] = {E_FAULT, E_NO_MEM, E_LIMIT, E_TIMEOUT, E_DEAD, -1000};
	envid_t self = env_page->id, id;

	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	for (uint32_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		id = client_start(write_there, AREA);
		(void)fault_take_from(id, AREA);
		CHECK_EQ(fault_answer(id, (uint32_t)statuses[i], 0, 0, 0), OK);
		check_refused(id, AREA, statuses[i]);
	}
	id = client_make(write_with_upcall, AREA, self);
	give_xstack(id);
	CHECK_EQ(sys_env_set(id, ENV_UPCALL, (vaddr_t)upcall_entry), OK);
	env_run(id);
	(void)fault_take_from(id, AREA + 8);
	CHECK_EQ(fault_answer(id, (uint32_t)E_FAULT, 0, 0, 0), OK);
	peer_join(id);
	CHECK_EQ(upcalls, 1);

	id = client_make(write_there, AREA, self); /* only E_FAULT goes there */
	give_xstack(id);
	CHECK_EQ(sys_env_set(id, ENV_UPCALL, (vaddr_t)upcall_entry), OK);
	env_run(id);
	(void)fault_take_from(id, AREA);
	CHECK_EQ(fault_answer(id, (uint32_t)E_NO_MEM, 0, 0, 0), OK);
	check_refused(id, AREA, E_NO_MEM);
	CHECK_EQ(upcalls, 1);
	return 0;
}
