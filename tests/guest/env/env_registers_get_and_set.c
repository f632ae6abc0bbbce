/* Registers of a stopped env are read and written whole; segments, interrupt flag and privilege
 * level stay what they must be, whatever is asked. */
#include "tests/guest/peers.h"

void spin_forever(void);

static volatile uint32_t cs, ss, ds, es, flags;

static _Noreturn __attribute__((used)) void spin_entry(void)
{
	asm volatile(".globl spin_forever\nspin_forever: jmp spin_forever");
	for (;;) {}
}

static void shows(uint32_t arg)
{
	(void)arg;
	asm volatile("mov %%cs, %0" : "=r"(cs));
	asm volatile("mov %%ss, %0" : "=r"(ss));
	asm volatile("mov %%ds, %0" : "=r"(ds));
	asm volatile("mov %%es, %0" : "=r"(es));
}

static void check_same(const struct env_regs *got, const struct env_regs *wanted)
{
	CHECK_EQ(got->edi, wanted->edi);
	CHECK_EQ(got->esi, wanted->esi);
	CHECK_EQ(got->ebp, wanted->ebp);
	CHECK_EQ(got->ebx, wanted->ebx);
	CHECK_EQ(got->edx, wanted->edx);
	CHECK_EQ(got->ecx, wanted->ecx);
	CHECK_EQ(got->eax, wanted->eax);
	CHECK_EQ(got->eip, wanted->eip);
	CHECK_EQ(got->esp, wanted->esp);
}

int main(void)
{
	struct env_regs set = {1, 2, 3, 4, 5, 6, 7, (unsigned)spin_forever, 0xFFFFFFFF, 0x12345678},
			got;
	envid_t id = bare_env(), shown;

	set.eflags &= ~0x100u; /* not single step: it has no upcall */
	CHECK_EQ(sys_env_set_regs(id, &set), OK);
	CHECK_EQ(sys_env_get_regs(id, &got), OK);
	check_same(&got, &set);
	CHECK_EQ(got.eflags & 0x3200, 0x200); /* IF, and no IOPL */
	CHECK_EQ(got.eflags & 0x20000, 0);    /* not virtual 8086 */
	CHECK_EQ(got.eflags & 0x4000, 0);     /* not nested task */
	CHECK_EQ(got.eflags & 0xCD5, 0xCD5);  /* what is its own */
	for (uint32_t i = 0; i < 20; i++) {   /* it runs, and keeps them */
		env_run(id);
		sys_yield();
		CHECK_EQ(sys_env_get_regs(id, &got), OK); /* also while it runs */
		check_same(&got, &set);
		CHECK_EQ(got.eflags & 0x3ED5, 0xED5);
	}
	CHECK(env_lives(id));
	set.eflags = 0;
	CHECK_EQ(sys_env_set_regs(id, &set), OK);
	CHECK_EQ(sys_env_get_regs(id, &got), OK);
	CHECK_EQ(got.eflags & 0x3FD7, 0x202);
	CHECK_EQ(sys_env_destroy(id, 0), OK);
	shown = peer_start(shows, 0);
	peer_join(shown);
	CHECK_EQ(cs & 3, 3);
	CHECK_EQ(ss & 3, 3);
	CHECK_EQ(ds, ss);
	CHECK_EQ(es, ss);
	return 0;
}
