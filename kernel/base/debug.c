/* Debug output on the first serial line (16550, polled) and on the screen (screen.c), formatted printing, panic. No locks: lines
 * of several CPUs may mix. */
#include "kernel/base/debug.h"

#include "kernel/machine/apic.h"
#include "kernel/boot/boot.h"
#include "kernel/cpu/cpu.h"
#include "kernel/env/env.h"
#include "kernel/entry/trap.h"
#include "kernel/base/x86.h"

enum { SCRATCH = COM1 + 7 };

bool debug_quiet, debug_monitor, debug_serial;
static struct cpu *panicking; /* atomic: the first one talks */

INIT void debug_init(void)
{
	outb(SCRATCH, 0x5A);
	debug_serial = inb(SCRATCH) == 0x5A;
	if (screen_init) {
		screen_init();
	}
}

/* False if the line is stuck. */
static bool put(char c)
{
	uint32_t i = 0;

	if (screen_put) {
		screen_put(c);
	}
	if (!debug_serial) {
		return true;
	}
	while (i < SPIN_MAX && !(inb(LINE_STATUS) & CAN_SEND)) {
		pause();
		i++;
	}
	outb(COM1, c);
	return i < SPIN_MAX;
}

void debug_write(const char *bytes, uint32_t length)
{
	bool ok = true;

	for (uint32_t i = 0; i < length && ok; i++) {
		if (bytes[i] == '\n') {
			put('\r');
		}
		ok = put(bytes[i]);
	}
}

/* ---- formatted ---- */

static void put_number(uint32_t value, uint32_t base, int width, char pad)
{
	if (value >= base) {
		put_number(value / base, base, width - 1, pad);
	} else {
		for (; width > 1; width--) {
			put(pad);
		}
	}
	put("0123456789abcdef"[value % base]);
}

static const char *put_conversion(const char *f, va_list *args)
{
	char pad = *f == '0' ? '0' : ' ';
	int width = 0;
	const char *text;

	while (*f >= '0' && *f <= '9') {
		width = width * 10 + *f++ - '0';
	}
	switch (*f) {
	case 's':
		for (text = va_arg(*args, const char *); *text; text++) {
			put(*text);
		}
		break;
	case 'u': put_number(va_arg(*args, uint32_t), 10, width, pad); break;
	case 'x': put_number(va_arg(*args, uint32_t), 16, width, pad); break;
	default: put(*f);
	}
	return f + 1;
}

static void print(const char *f, va_list *args)
{
	while (*f) {
		if (*f == '%') {
			f = put_conversion(f + 1, args);
		} else {
			debug_write(f++, 1);
		}
	}
}

void debug_printf(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(format, &args);
	va_end(args);
}

/* ---- panic ---- */

static _Noreturn void halt_for_ever(void)
{
	for (;;) {
		asm volatile("cli; hlt");
	}
}

void machine_exit(uint8_t status)
{
	outb(DEBUG_EXIT, status);
	halt_for_ever();
}

void panic_stop(const struct trapframe *tf)
{
	if (!__atomic_load_n(&panicking, __ATOMIC_SEQ_CST)) {
		panic_frame(tf, "non-maskable interrupt", NULL);
	}
	halt_for_ever();
}

/* Whether a word of a stack may be read: in the kernel's image or on a kernel stack. */
static bool readable(uint32_t address)
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

void debug_backtrace(uint32_t eip, uint32_t ebp)
{
	enum { DEPTH = 24 };

	debug_printf("  #0 0x%08x\n", eip);
	for (uint32_t n = 1; n < DEPTH && readable(ebp); n++) {
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
static void begin(void)
{
	struct cpu *nobody = NULL, *cpu = this_cpu();

	if (!__atomic_compare_exchange_n(&panicking, &nobody, cpu, false, __ATOMIC_SEQ_CST,
	                                 __ATOMIC_SEQ_CST)) {
		if (nobody == cpu) {
			machine_exit(PANIC_STATUS);
		}
		halt_for_ever();
	}
	apic_stop_others();
	debug_show(true);
}

static _Noreturn void finish(const struct trapframe *tf)
{
	const struct env *env = this_cpu()->env;

	debug_printf("  cr2 %08x cr3 %08x env %08x\n", rcr2(), rcr3(), env ? env->id : 0);
	debug_backtrace(tf->eip, tf->ebp);
	if (monitor_run && debug_monitor && debug_serial) {
		monitor_run(tf);
	}
	machine_exit(PANIC_STATUS);
}

void panic_frame(const struct trapframe *tf, const char *format, va_list args)
{
	begin();
	debug_printf("\nkernel panic on CPU %u: ", this_cpu()->index);
	print(format, &args);
	debug_printf("\n");
	print_frame(tf);
	finish(tf);
}
