/* Each exception that a program can raise, and each privileged thing that it tries, enters its
 * exception upcall with vector, code and the right instruction; without one it ends that env with
 * the vector. An emulator may take an instruction that changes nothing there for none (QEMU 10:
 * wbinvd); then the one behind it must fault. */
#include "tests/guest/upcalls.h"

INSTRUCTION(do_divide, "divl %ecx")
INSTRUCTION(do_step, "nop")
INSTRUCTION(do_break, "int3")
INSTRUCTION(do_into, "into")
INSTRUCTION(do_bound, "bound %eax, (%ebx)")
INSTRUCTION(do_undefined, "ud2")
INSTRUCTION(do_cli, "cli")
INSTRUCTION(do_sti, "sti")
INSTRUCTION(do_hlt, "hlt")
INSTRUCTION(do_in, "inb $0x60, %al")
INSTRUCTION(do_out, "outb %al, $0x64")
INSTRUCTION(do_out_high, "outl %eax, %dx")
INSTRUCTION(do_int_fault, "int $14")
INSTRUCTION(do_int_double, "int $8")
INSTRUCTION(do_int_timer, "int $0x50")
INSTRUCTION(do_int_irq, "int $0x44")
INSTRUCTION(do_int_80, "int $0x80")
INSTRUCTION(do_int_ff, "int $0xff")
INSTRUCTION(do_load_ds, "movw %si, %ds")
INSTRUCTION(do_load_ss, "movw %si, %ss")
INSTRUCTION(do_load_gs, "movw %si, %gs")
INSTRUCTION(do_far_jump, "ljmp $0x8, $0x100000")
INSTRUCTION(do_rdmsr, "rdmsr")
INSTRUCTION(do_wrmsr, "wrmsr")
INSTRUCTION(do_read_cr0, "movl %cr0, %eax")
INSTRUCTION(do_write_cr3, "movl %eax, %cr3")
INSTRUCTION(do_write_dr7, "movl %eax, %dr7")
INSTRUCTION(do_lgdt, "lgdt (%ebx)")
INSTRUCTION(do_lidt, "lidt (%ebx)")
INSTRUCTION(do_ltr, "ltr %si")
INSTRUCTION(do_invlpg, "invlpg (%ebx)")
INSTRUCTION(do_clts, "clts")
INSTRUCTION(do_wbinvd, "wbinvd")
INSTRUCTION(do_sysexit, "sysexit")

enum { INVALID_OPCODE = 6, WBINVD_BYTES = 2 };
enum { ANY = 1, AFTER = 2, NOTHING = 4, TF = 0x100, OF = 0x800, GP = 13 };

static const struct {
	const char *name;
	void (*at)(void);
	uint32_t vector;
	uint32_t code;
	uint32_t how;   /* ANY: code not looked at; AFTER: eip is behind the instruction;
	                 * NOTHING: may do nothing instead */
	uint32_t flags; /* to start with */
} cases[] = {
	{"divide", do_divide, 0, 0, 0, 0},
	{"single step", do_step, 1, 0, AFTER, TF},
	{"breakpoint", do_break, 3, 0, AFTER, 0},
	{"into", do_into, 4, 0, AFTER, OF},
	{"bound", do_bound, 5, 0, 0, 0},
	{"ud2", do_undefined, 6, 0, 0, 0},
	{"cli", do_cli, GP, 0, 0, 0},
	{"sti", do_sti, GP, 0, 0, 0},
	{"hlt", do_hlt, GP, 0, 0, 0},
	{"in", do_in, GP, 0, 0, 0},
	{"out", do_out, GP, 0, 0, 0},
	{"out high", do_out_high, GP, 0, 0, 0},
	{"int 14", do_int_fault, GP, 14 * 8 + 2, 0, 0},
	{"int 8", do_int_double, GP, 8 * 8 + 2, 0, 0},
	{"int 0x50", do_int_timer, GP, 0x50 * 8 + 2, 0, 0},
	{"int 0x44", do_int_irq, GP, 0x44 * 8 + 2, 0, 0},
	{"int 0x80", do_int_80, GP, 0x80 * 8 + 2, 0, 0},
	{"int 0xff", do_int_ff, GP, 0xFF * 8 + 2, 0, 0},
	{"ds", do_load_ds, GP, 8, 0, 0},
	{"ss", do_load_ss, GP, 8, 0, 0},
	{"gs", do_load_gs, GP, 8, 0, 0},
	{"far jump", do_far_jump, GP, 8, 0, 0},
	{"rdmsr", do_rdmsr, GP, 0, 0, 0},
	{"wrmsr", do_wrmsr, GP, 0, 0, 0},
	{"read cr0", do_read_cr0, GP, 0, 0, 0},
	{"write cr3", do_write_cr3, GP, 0, 0, 0},
	{"write dr7", do_write_dr7, GP, 0, 0, 0},
	{"lgdt", do_lgdt, GP, 0, 0, 0},
	{"lidt", do_lidt, GP, 0, 0, 0},
	{"ltr", do_ltr, GP, 0, 0, 0},
	{"invlpg", do_invlpg, GP, 0, 0, 0},
	{"clts", do_clts, GP, 0, 0, 0},
	{"wbinvd", do_wbinvd, GP, 0, NOTHING, 0},
	{"sysexit", do_sysexit, GP, 0, ANY, 0},
};

static uint32_t bounds[2] = {1000, 2000};

static envid_t make(uint32_t i)
{
	struct env_regs regs = {.ebx = (uint32_t)bounds,
	                        .esi = 8, /* the kernel's code segment */
	                        .edx = 0xFFFF,
	                        .eip = (uint32_t)cases[i].at,
	                        .esp = 0x1000,
	                        .eflags = PEER_FLAGS | cases[i].flags};
	envid_t id = bare_env();

	CHECK_EQ(sys_env_set_regs(id, &regs), OK);
	return id;
}

static void check(uint32_t i)
{
	struct env_death death;
	envid_t id = make(i);

	give_xstack(id);
	CHECK_EQ(sys_env_set(id, ENV_XUPCALL, (uint32_t)show_upcall), OK);
	shown_at = 0;
	death = run_to_death(id);
	CHECK_EQ(death.cause, DEATH_EXIT);
	CHECK_EQ(shown_at, UXSTACKTOP - sizeof(struct utrapframe));
	if ((cases[i].how & NOTHING) && shown.fault_va == INVALID_OPCODE) {
		CHECK_EQ(shown.eip, (uint32_t)cases[i].at + WBINVD_BYTES);
		return;
	}
	CHECK_EQ(shown.fault_va, cases[i].vector);
	if (!(cases[i].how & ANY)) {
		CHECK_EQ(shown.err, cases[i].code);
	}
	CHECK_EQ(shown.eip, (uint32_t)cases[i].at + (cases[i].how & AFTER ? 1 : 0));
	CHECK_EQ(shown.esp, 0x1000);
	CHECK_EQ(shown.ebx, (uint32_t)bounds);

	id = make(i);
	death = run_to_death(id);
	CHECK_EQ(death.cause, DEATH_EXCEPTION);
	CHECK_EQ(death.code, cases[i].vector);
	CHECK_EQ(death.ip, shown.eip);
}

int main(int argc, char **argv)
{
	(void)argv;
	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (argc > 1) {
			printf("%s\n", cases[i].name);
		}
		check(i);
	}
	return 0;
}
