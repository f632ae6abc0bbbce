/* A fault that the pager handles leaves no trace: every register, every flag and the stack pointer
 * are the same after the instruction as before it, even when there is no usable stack. */
#include "tests/guest/upcalls.h"

enum { PAGE = 0x10000000, TRIES = 8 };

INSTRUCTION(load_and_spin, "incb 0x10000123\n\tjmp .")

static const uint32_t flags[] = {0x202, 0xED7 & ~0x100, 0x602, 0x243, 0xA02, 0x296, 0x202, 0x286};
static const uint32_t stacks[TRIES] = {0x88888888, 0,          0xFFFFFFFF, UXSTACKTOP + 16,
                                       1,          0xF0000000, PAGE,       PAGE + PGSIZE};

static void check(uint32_t try)
{
	struct env_regs set = {0x11111111, 0x22222222, 0x33333333, 0x44444444,
	                       0x55555555, 0x66666666, 0x77777777, (uint32_t)load_and_spin,
	                       flags[try], stacks[try]};
	struct env_regs got;
	envid_t id = bare_env();

	give_xstack(id);
	CHECK_EQ(sys_env_set(id, ENV_UPCALL, (uint32_t)fault_upcall), OK);
	CHECK_EQ(sys_page_mark(id, PAGE, PTE_ZERO_FILL, 1), 1);
	CHECK_EQ(sys_env_set_regs(id, &set), OK);
	env_run(id);
	do {
		relax();
		CHECK(env_lives(id));
		CHECK_EQ(sys_env_get_regs(id, &got), OK);
	} while (got.eip == (uint32_t)load_and_spin || got.eip - (uint32_t)load_and_spin > 32);
	CHECK_EQ(got.edi, set.edi);
	CHECK_EQ(got.esi, set.esi);
	CHECK_EQ(got.ebp, set.ebp);
	CHECK_EQ(got.ebx, set.ebx);
	CHECK_EQ(got.edx, set.edx);
	CHECK_EQ(got.ecx, set.ecx);
	CHECK_EQ(got.eax, set.eax);
	CHECK_EQ(got.esp, set.esp);
	CHECK_EQ(got.eflags & 0x401, set.eflags & 0x401); /* DF, CF: not inc's */
	CHECK_EQ(got.eflags & 0x8D4, 0);                  /* inc 0 -> 1 clears these */
	CHECK_EQ(sys_env_destroy(id, 0), OK);
}

int main(void)
{
	for (uint32_t try = 0; try < TRIES; try++) {
		check(try);
	}
	return 0;
}
