/* Panic: stops all CPUs, says why and where, and ends the machine. The first CPU here talks. */
#include "kernel/entry/panic.h"

#include "kernel/base/debug.h"
#include "kernel/base/hook.h"
#include "kernel/base/x86.h"
#include "kernel/boot/boot.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/trapframe.h"
#include "kernel/env/env.h"
#include "kernel/machine/apic.h"

static struct cpu *panicking; /* atomic */

void panic_stop(const struct trapframe *tf)
{
	if (!__atomic_load_n(&panicking, __ATOMIC_SEQ_CST)) {
		panic_frame(tf, "non-maskable interrupt", NULL);
	}
	machine_halt();
}

/* Whether a word of a stack may be read: in the kernel's image or on a kernel stack. */
static bool is_readable(uint32_t address)
{
	vaddr_t offset = address & (KSTACK_STRIDE - 1);

	if (address % 4 || address < KSTACKBASE) {
		return false;
	}
	if (address >= KERNBASE) {
		return address >= KERNBASE + 0x100000 && address < (uint32_t)kernel_end;
	}
	return (KERNBASE - 1 - address) / KSTACK_STRIDE < cpu_count &&
	       offset >= KSTACK_STRIDE - KSTACK_SIZE && offset < KSTACK_STRIDE - 8;
}

void panic_backtrace(uint32_t eip, uint32_t ebp)
{
	enum { DEPTH = 24 };

	debug_printf("  #0 0x%08x\n", eip);
	for (uint32_t n = 1; n < DEPTH && is_readable(ebp); n++) {
		const uint32_t *frame = (const uint32_t *)ebp;

		if (frame[1] < KERNBASE) {
			break;
		}
		debug_printf("  #%u 0x%08x\n", n, frame[1]);
		ebp = frame[0];
	}
}

static void print_frame(const struct trapframe *tf)
{
	/* From kernel mode no esp is pushed, but pusha's own tells. */
	uint32_t pushed = offsetof(struct trapframe, esp) - offsetof(struct trapframe, vector);
	uint32_t esp = tf->cs & 3 ? tf->esp : tf->kesp + pushed;

	debug_printf("  eax %08x ebx %08x ecx %08x edx %08x\n", tf->eax, tf->ebx, tf->ecx, tf->edx);
	debug_printf("  esi %08x edi %08x ebp %08x esp %08x\n", tf->esi, tf->edi, tf->ebp, esp);
	debug_printf("  eip %08x eflags %08x cs %04x vector %u error %08x\n", tf->eip, tf->eflags,
	             tf->cs, tf->vector, tf->err);
}

/* Stops the others. The first CPU here returns; a panic within a panic ends the machine. */
static void stop_others(void)
{
	struct cpu *nobody = NULL, *cpu = this_cpu();

	if (!__atomic_compare_exchange_n(&panicking, &nobody, cpu, false, __ATOMIC_SEQ_CST,
	                                 __ATOMIC_SEQ_CST)) {
		if (nobody == cpu) {
			machine_exit(PANIC_STATUS);
		}
		machine_halt();
	}
	apic_stop_others();
	debug_show(true);
}

static _Noreturn void end_machine(const struct trapframe *tf)
{
	const struct env *env = this_cpu()->env;

	debug_printf("  cr2 %08x cr3 %08x env %08x\n", rcr2(), rcr3(), env ? env->id : 0);
	panic_backtrace(tf->eip, tf->ebp);
	if (looks.monitor && debug_monitor && debug_serial) {
		looks.monitor(tf);
	}
	machine_exit(PANIC_STATUS);
}

void panic_frame(const struct trapframe *tf, const char *format, va_list args)
{
	stop_others();
	debug_printf("\nkernel panic on CPU %u: ", this_cpu()->index);
	debug_vprintf(format, args);
	debug_printf("\n");
	print_frame(tf);
	end_machine(tf);
}
