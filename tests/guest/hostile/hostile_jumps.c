/* A jump to an address where there is no code of the program's ends it, with
 * the address. Null is not mapped. */
#include "tests/guest/memory.h"

static vaddr_t target;

static void jump(void)
{
	((body_fn *)target)();
}

static void read(void)
{
	(void)*(volatile char *)target;
}

static void write(void)
{
	*(volatile char *)target = 1;
}

static void check_place(vaddr_t va)
{
	char wanted[40];

	target = va;
	snprintf(wanted, sizeof(wanted), "fault at 0x%08x (read", va);
	check_child_faults(jump, wanted);
	check_child_faults(read, wanted);
	snprintf(wanted, sizeof(wanted), "fault at 0x%08x (write", va);
	check_child_faults(write, wanted);
}

int main(void)
{
	static const vaddr_t places[] = {0,          1,          PGSIZE - 1, UTEMP,
	                                 0x00200000, UTEXT - 16, OTHER,      0xDEADBEEF,
	                                 USTACKTOP,  0x7FFFFFFF, 0xEEBFE000, 0x100000};

	for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		check_place(places[i]);
	}
	target = UTEXT; /* there, but read only */
	check_child_faults(write, "fault at 0x00800000 (write");
	return 0;
}
