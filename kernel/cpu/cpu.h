/* Per-CPU state, and requests between CPUs. */
#pragma once

#include "kernel/abi/memlayout.h"
#include "kernel/abi/types.h"
#include "kernel/base/list.h"
#include "kernel/base/x86.h"

struct env;
struct runqueue;

/* A kernel for one CPU, to see what the others cost: built with NCPU=1. */
#ifndef ONE_CPU
#define ONE_CPU 0
#endif

enum {
	CPUS_MAX = ONE_CPU ? 1 : NCPU_MAX,
	IO_PORTS = 0x10000, /* all can be given away: ACPI's are above 0x1000 on some machines */
	IO_NONE = 0xFFFF,   /* TSS bitmap offset beyond the limit: no port allowed */
};

enum {
	KSTACK_SIZE = 2 * PGSIZE,
	KSTACK_STRIDE =
		16 * 1024, /* stack top is aligned to it; what is below the stack is the guard */
	CACHE_LINE = 64,
};

enum cpu_request {
	CPU_FLUSH = 1, /* reload CR3 */
	CPU_EVICT = 2, /* stop running cpu->env, be on the kernel's directory */
};

/* What the env that runs leaves for a switch to see to. */
enum switch_work {
	SWITCH_FPU = 1,   /* its FPU state is in the registers */
	SWITCH_PORTS = 2, /* its ports are open */
	SWITCH_HOOK = 4,  /* somebody looks: on every CPU while the trace is on */
};

enum cpu_start { CPU_SILENT, CPU_HERE, CPU_ADMITTED };

struct cpu {
	/* Constant after this CPU started. */
	vaddr_t kstack; /* initial stack pointer for each entry */
	uint32_t index;
	uint32_t apic_id;
	struct runqueue *queue;

	/* Where sysenter points esp: room for the frame of a debug trap or NMI that comes before
	 * the first instruction, and the address of tf.esp of the env that runs. Changes with
	 * env. */
	uint32_t entry_room[16];
	uint32_t *entry;

	/* Written by this CPU, lock held (or while it answers a request of the holder). */
	/* The env whose registers entry will save, in its space; NULL: idle, on kmap_pgdir. */
	struct env *env;
	struct env *fpu;      /* whose state the FPU registers hold; NULL: TS is set */
	uint32_t switch_work; /* enum switch_work */
	envid_t io_env;       /* whose ports the bitmap holds */
	bool in_halt;         /* in trap_halt: an interrupt is no surprise */
	bool ticking;         /* the timer will interrupt */
	bool late;            /* waits are over that have not ended */

	/* Set by the lock's holder, cleared by this CPU. */
	uint32_t requests; /* enum cpu_request bits; atomic, partner: cpu_answer */
	uint32_t start;    /* atomic; enum cpu_start, handshake with the boot CPU */

	/* Guarded by the kernel lock. */
	uint32_t ticks;
	envid_t culprit;           /* of the last wait beyond the bound; 0: none known */
	uint64_t lock_wait;        /* TSC counts that it waited for the kernel lock */
	struct list undated_calls; /* see deadline.c */

	struct descriptor gdt[GDT_ENTRIES] __attribute__((aligned(8)));
	struct tss tss;
	uint8_t iomap[IO_PORTS / 8 + 1]; /* one byte of ones ends it, SDM vol. 1, 19.5.2 */
	struct tss df_tss __attribute__((aligned(8)));

	/* Atomic: it holds its own lock (lock.h). On a cache line that nothing else is on, for
	 * who takes the lock of all reads it of each CPU. */
	uint32_t inside __attribute__((aligned(CACHE_LINE)));
};

extern struct cpu cpus[CPUS_MAX]; /* cpus[0 .. cpu_count) are running */
extern uint32_t cpu_count;
extern bool cpu_sysenter;       /* sysenter enters the kernel */
extern uint32_t cpu_shootdowns; /* requests sent, for SYSINFO */

/* The CPU that executes this: its pointer is the word at the top of each kernel stack. */
static inline struct cpu *this_cpu(void)
{
	uint32_t esp;

	if (ONE_CPU) {
		return &cpus[0];
	}
	asm("mov %%esp, %0" : "=r"(esp)); /* the same all through an entry: may be kept */
	return *(struct cpu **)((esp | (KSTACK_STRIDE - 1)) - 3);
}

/* ---- nasm/cpu/cpu.asm ---- */

/* Loads the GDT and all segment registers. */
void cpu_load_gdt(const struct descriptor_ptr *gdt);
extern char cpu_boot_stack_top
	[]; /* of the boot CPU until it has its own; after boot: for double faults */
extern struct cpu *cpu_boot_stack_cpu; /* what this_cpu() reads on that stack */

/* ---- start-up only ---- */

/* Fills GDT, TSS and identity of cpus[index], whose stack ends at stack_top, on the kernel's
 * directory. double_fault: the function of that task. */
struct cpu *cpu_prepare(uint32_t index, uint32_t apic_id, vaddr_t stack_top,
                        void (*double_fault)(void));
/* Loads GDT, TSS, FPU and control registers on the CPU that calls. sysenter: where that enters the
 * kernel. */
void cpu_load(struct cpu *cpu, const char *sysenter);

/* ---- requests ---- */

/* Asks another CPU and waits for its answer. Lock held. */
void cpu_ask(struct cpu *cpu, enum cpu_request what);
/* Does what was asked of this CPU; from the wait loop of the lock. */
void cpu_answer(struct cpu *cpu);
/* The TLB of this CPU, or of another, forgets the space that is loaded there, before return. Lock
 * held. */
void cpu_flush(struct cpu *cpu);
/* Takes the env that runs off this CPU, for CPU_EVICT. Set at start-up: this layer knows no
 * envs. */
extern void (*cpu_evict)(struct cpu *cpu);

/* The CPU whose descriptor table is loaded here, whatever the stack is. */
struct cpu *cpu_by_gdt(void);
