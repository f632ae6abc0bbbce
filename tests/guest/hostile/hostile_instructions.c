/* What a program must not execute ends that program, with the reason, and
 * nothing else: privileged instructions, ports, breakpoints, interrupts that
 * are none of its business. */
#include "tests/guest/memory.h"

/* None of them is to return: what it clobbers is all the same. */
#define INSTRUCTION(name, text)                                                                    \
	static void do_##name(void)                                                                \
	{                                                                                          \
		asm volatile(text : : : "eax", "ecx", "edx", "memory");                            \
	}

INSTRUCTION(breakpoint, "int3")
INSTRUCTION(undefined, "ud2")
INSTRUCTION(divide, "xorl %%ecx, %%ecx; divl %%ecx")
INSTRUCTION(halt, "hlt")
INSTRUCTION(no_interrupts, "cli")
INSTRUCTION(in_keyboard, "inb $0x60, %%al")
INSTRUCTION(out_exit, "outb %%al, $0xf4")
INSTRUCTION(out_wide, "movw $0xffff, %%dx; outl %%eax, %%dx")
INSTRUCTION(read_cr0, "movl %%cr0, %%eax")
INSTRUCTION(write_cr3, "xorl %%eax, %%eax; movl %%eax, %%cr3")
INSTRUCTION(load_idt, "lidt (%%esp)")
INSTRUCTION(write_msr, "movl $0x1b, %%ecx; wrmsr")
INSTRUCTION(clear_ts, "clts")
INSTRUCTION(invalidate, "invlpg (%%esp)")
INSTRUCTION(int_timer, "int $0x20")
INSTRUCTION(int_high, "int $0xfe")
INSTRUCTION(int_page_fault, "int $14")
INSTRUCTION(int_nmi, "int $2")
INSTRUCTION(int_double_fault, "int $8")
INSTRUCTION(kernel_segment, "movl $0x10, %%eax; movl %%eax, %%ds")
INSTRUCTION(call_gate, "lcall $0x8, $0")
INSTRUCTION(tss_jump, "ljmp $0x28, $0")
INSTRUCTION(overflow, "movb $0x7f, %%al; addb $1, %%al; into")
INSTRUCTION(single_step, "pushfl; orl $0x100, (%%esp); popfl; nop; nop")
INSTRUCTION(return_up, "pushl $0x10; pushl $0; pushl $0x202; pushl $0x8; pushl $0; iret")

static const struct {
	body_fn *body;
	const char *why;
} cases[] = {
	{do_breakpoint, "breakpoint"},
	{do_undefined, "invalid opcode"},
	{do_divide, "divide error"},
	{do_halt, "general protection"},
	{do_no_interrupts, "general protection"},
	{do_in_keyboard, "general protection"},
	{do_out_exit, "general protection"},
	{do_out_wide, "general protection"},
	{do_read_cr0, "general protection"},
	{do_write_cr3, "general protection"},
	{do_load_idt, "general protection"},
	{do_write_msr, "general protection"},
	{do_clear_ts, "general protection"},
	{do_invalidate, "general protection"},
	{do_int_timer, "general protection"},
	{do_int_high, "general protection"},
	{do_int_page_fault, "general protection"},
	{do_int_nmi, "general protection"},
	{do_int_double_fault, "general protection"},
	{do_kernel_segment, "general protection"},
	{do_call_gate, "general protection"},
	{do_tss_jump, "general protection"},
	{do_overflow, "overflow"},
	{do_single_step, "debug exception"},
	{do_return_up, "general protection"},
};

int main(void)
{
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_child_faults(cases[i].body, cases[i].why);
	}
	return 0;
}
