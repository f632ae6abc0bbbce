/* A program can neither read, write nor run anything of the kernel's. */
#include "tests/guest/memory.h"

static vaddr_t target;

static void read_target(void)
{
	(void)*words_at(target);
}

static void write_target(void)
{
	*words_at(target) = 0;
}

static void jump_to_target(void)
{
	((body_fn *)target)();
}

static const vaddr_t places[] = {ULIM,       MMIOBASE + PGSIZE, KSTACKBASE, KERNBASE - 4, KERNBASE,
                                 0xF0100000, 0xF0100000 + 500,  0xF7FFFFFC, 0xFFFFFFF0,   UPAGES};

int main(void)
{
	for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char wanted[40];

		target = places[i];
		snprintf(wanted, sizeof(wanted), "fault at 0x%08x (read", target);
		check_child_faults(read_target, wanted);
		check_child_faults(jump_to_target, wanted);
		snprintf(wanted, sizeof(wanted), "fault at 0x%08x (write", target);
		check_child_faults(write_target, wanted);
	}
	return 0;
}
