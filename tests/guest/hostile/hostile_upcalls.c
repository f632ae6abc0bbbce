/* Upcall addresses, exception stacks and stack pointers that are nonsense end
 * the process that has them, and nobody else. */
#include "tests/guest/memory.h"

#define XSTACK (UXSTACKTOP - PGSIZE)

static vaddr_t address;

static void fault(void)
{
	words_at(0)[0] = 1;
}

static void bad_upcall(void)
{
	env_page->upcall = address;
	fault();
}

static void bad_xupcall(void)
{
	env_page->xupcall = address;
	asm volatile("int3");
}

static void no_xstack(void)
{
	CHECK_EQ(sys_page_unmap(0, XSTACK, 1), 1);
	fault();
}

static void read_only_xstack(void)
{
	CHECK_EQ(sys_page_mark(0, XSTACK, 0, 1), 1);
	fault();
}

static void bad_stack_pointer(void)
{
	asm volatile("movl %0, %%esp; pushl $1; call *%%eax" ::"r"(address), "a"(fault));
}

static void upcall_on_itself(void)
{
	env_page->upcall = XSTACK; /* zeros: they write to where eax points */
	env_page->xupcall = XSTACK;
	asm volatile("xorl %%eax, %%eax; movl %%eax, (%%eax)" ::: "eax");
}

static void check_ends(body_fn *body)
{
	struct process_end end = end_of(start_child(body));

	if (end.how != PM_END_FAULT) {
		printf("address 0x%08x: how %d, status %d, \"%s\"\n", address, end.how, end.status,
		       end.why);
		exit(1);
	}
}

int main(void)
{
	static const vaddr_t addresses[] = {
		0,         4,          PGSIZE,        OTHER,      XSTACK, XSTACK + 2048,
		USTACKTOP, 0xDEADBEEF, KERNBASE,      0xF0100000, UVPT,   UENVS,
		ULIM,      0xFFFFFFFF, KSTACKBASE - 4};

	for (uint32_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		address = addresses[i];
		check_ends(bad_upcall);
		check_ends(bad_xupcall);
		check_ends(bad_stack_pointer);
	}
	check_child_faults(no_xstack, "fault at 0x00000000 (write");
	check_child_faults(read_only_xstack, "fault at 0x00000000 (write");
	check_ends(upcall_on_itself);
	return 0;
}
