/* The machine of the race explorer: what the kernel's files that are not here would do, and the
 * processors. */
#include "tests/host/race.h"

#include "kernel/boot/boot.h"
#include "kernel/call/pagecall.h"
#include "kernel/entry/panic.h"
#include "kernel/entry/resume.h"
#include "kernel/entry/trap.h"
#include "kernel/ipc/ipc.h"
#include "kernel/life/life.h"
#include "kernel/machine/apic.h"
#include "kernel/machine/time.h"
#include "kernel/memory/kmap.h"
#include "kernel/memory/place.h"
#include "kernel/sched/clock.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/switch.h"

#include <stdarg.h>
#include <stdio.h>

enum { TSC_HZ = 1000000000, PIT_HZ = 1193182, TIMER_SHIFT = 4, ENTRY_COST = 1 << BEAT_SHIFT };

uint64_t race_tsc;
struct cpu *race_cpu, *race_owner;
uint32_t race_spaces[NENV];
static uint32_t fault_va;
static bool in_start;
static struct env_page pages[NENV];
static uint32_t teardowns[NENV]; /* steps that this space has had */

static struct race_side *side(void)
{
	return &race_sides[race_cpu->index];
}

/* ---- the processor ---- */

uint64_t rdtsc(void)
{
	return race_tsc += in_start ? 1000 : 0;
}

uint32_t rcr2(void)
{
	return fault_va;
}

uint32_t rcr3(void)
{
	return side()->cr3;
}

/* The space of slot n is the directory n + 1 pages on, the kernel's own 0. */
void lcr3(uint32_t value)
{
	race_point();
	side()->cr3 = value;
	side()->tlb = value ? race_spaces[value / PGSIZE - 1] : 0;
}

void pause(void)
{
	race_pause(race_owner != race_cpu);
}

static uint32_t timer_count(void)
{
	return race_tsc >> TIMER_SHIFT;
}

/* The 8254, for the calibration: low byte, then high byte of its count. */
uint8_t inb(uint16_t port)
{
	static bool high;
	static uint32_t count;

	(void)port;
	if (!high) {
		count = ~(uint32_t)(rdtsc() * PIT_HZ / TSC_HZ);
	}
	high = !high;
	return high ? count : count >> 8;
}

uint32_t inl(uint16_t port)
{
	(void)port;
	return 0;
}

/* ---- nasm/ ---- */

char trap_exceptions[1], trap_page_fault[1], trap_interrupts[1], sysenter_entry[1],
	sysenter_traced[1], cpu_boot_stack_top[16];

_Noreturn void trap_resume(struct trapframe *frame)
{
	struct env *env = (struct env *)frame;

	race_point();
	if (race_cpu->env != env || env->space.cpu != race_cpu || side()->cr3 != env->space.cr3) {
		race_fail("CPU %u resumes env %x, which it does not own", race_cpu->index, env->id);
	}
	if (race_owner == race_cpu) {
		race_fail("CPU %u leaves the kernel with the lock", race_cpu->index);
	}
	race_leave(RACE_USER_MODE);
}

static void check_halt(void)
{
	race_point();
	if (race_cpu->env || side()->cr3) {
		race_fail("CPU %u halts and holds an env or its space", race_cpu->index);
	}
	if (race_owner == race_cpu) {
		race_fail("CPU %u halts with the lock", race_cpu->index);
	}
}

_Noreturn void trap_halt(vaddr_t stack_top)
{
	(void)stack_top;
	check_halt();
	race_leave(RACE_HALTED);
}

_Noreturn void trap_give_way(vaddr_t stack_top)
{
	(void)stack_top;
	check_halt();
	if (side()->poked) {
		race_leave(RACE_HALTED); /* to where the poke comes in */
	}
	give_way_halt();
}

void wait_for_interrupt(void)
{
	struct trapframe frame = {.vector = VEC_POKE};

	race_wait();
	trap_kernel(&frame);
}

static _Noreturn void enter_env(struct env *env, enum race_event event)
{
	uint32_t vector = event == RACE_POKE ? VEC_POKE : VEC_TIMER;

	if (event == RACE_TIMER) {
		world_tick(env);
	}
	if (event == RACE_USER) {
		vector = world_act(env);
		if (!vector) {
			race_leave(RACE_USER_MODE);
		}
	}
	env->tf.vector = vector;
	if (vector == VEC_PAGE_FAULT) {
		fault_va = UTEXT;
	}
	if (vector == VEC_SYSENTER) {
		trap_syscall(env);
	}
	trap_user(env);
}

_Noreturn void race_enter(enum race_event event)
{
	struct trapframe frame = {.vector = event == RACE_POKE ? VEC_POKE : VEC_TIMER};

	race_tsc += ENTRY_COST;
	if (event == RACE_POKE) {
		side()->poked = false;
	}
	if (event == RACE_TIMER) {
		side()->timed = false;
	}
	if (race_cpu->env) {
		enter_env(race_cpu->env, event);
	}
	trap_kernel(&frame);
	race_fail("an interrupt of a CPU that halts came back");
}

void race_describe(enum race_event event)
{
	envid_t id = race_cpu->env ? race_cpu->env->id : 0;

	switch (event) {
	case RACE_POKE: race_say("poke, env %x runs", id); break;
	case RACE_TIMER: race_say("timer, env %x runs", id); break;
	case RACE_GO_ON: race_say("goes on in the kernel"); break;
	default: break;
	}
}

/* ---- the local APIC ---- */

void apic_end_of_interrupt(void)
{
}

void apic_only_pokes(bool on)
{
	(void)on;
}

void apic_poke(uint32_t apic_id)
{
	race_point();
	race_sides[apic_id].poked = true;
}

void apic_timer_set(uint32_t count)
{
	side()->timed = count > 0;
	side()->due = race_tsc + ((uint64_t)count << TIMER_SHIFT);
}

uint32_t apic_timer_left(void)
{
	return ~0u - timer_count();
}

int apic_enable_irq(uint32_t irq)
{
	(void)irq;
	return E_INVAL;
}

/* ---- memory ---- */

pte_t kmap_pgdir[1024];
uint32_t space_spares, frame_limbo, frame_table_size;
struct frame *frame_table;
struct frame_counts frame_counts;

void *frame_low(paddr_t frame)
{
	return &pages[frame / PGSIZE];
}

paddr_t frame_low_addr(const void *object)
{
	(void)object; /* kmap_pgdir */
	return 0;
}

static uint32_t slot_of(const struct space *space)
{
	return space->env - envs;
}

int space_init(struct space *space, const void *records, uint32_t record_pages, paddr_t *env_page)
{
	uint32_t slot = slot_of(space);

	(void)records;
	(void)record_pages;
	pages[slot] = (struct env_page){0};
	space->pgdir = kmap_pgdir;
	space->cr3 = (slot + 1) * PGSIZE;
	teardowns[slot] = 0;
	*env_page = slot * PGSIZE;
	return OK;
}

bool space_teardown(struct space *space)
{
	for (uint32_t i = 0; i < cpu_count; i++) {
		if (race_sides[i].cr3 == space->cr3) {
			race_fail("CPU %u has a space loaded that is torn down", i);
		}
	}
	return ++teardowns[slot_of(space)] == 2;
}

bool space_release_spare(void)
{
	return false;
}

pte_t space_entry(const struct space *space, vaddr_t va)
{
	(void)space;
	(void)va;
	return 0;
}

pte_t *space_find(const struct space *space, vaddr_t va)
{
	(void)space;
	(void)va;
	return NULL;
}

bool space_may_access(const struct space *space, vaddr_t va, uint32_t length, pte_t rights)
{
	(void)space;
	(void)va;
	(void)length;
	(void)rights;
	return false;
}

bool (*space_reclaimer)(void);

void frame_free_limbo(void)
{
}

uint32_t frame_refs(paddr_t frame)
{
	(void)frame;
	return 1;
}

uint32_t frame_count_free(void)
{
	return 0;
}

void *frame_enter(paddr_t frame, enum frame_slot slot)
{
	(void)slot;
	return frame_low(frame);
}

/* A mapping of ebx goes away. */
int pagecall_unmap(struct env *env)
{
	struct env *of = env_lookup(env, env->tf.ebx);

	if (!of) {
		return E_BAD_ENV;
	}
	if (!env_may_page(env, of)) {
		return E_PERM;
	}
	race_spaces[slot_of(&of->space)]++;
	of->space.stale = true;
	space_settle(&of->space);
	for (uint32_t i = 0; i < cpu_count; i++) {
		if (race_sides[i].cr3 == of->space.cr3 &&
		    race_sides[i].tlb != race_spaces[slot_of(&of->space)]) {
			race_fail("CPU %u may use a mapping of env %x that is gone", i, of->id);
		}
	}
	return 1;
}

#define NO_CALL(name)                                                                              \
	int name(struct env *env)                                                                  \
	{                                                                                          \
		(void)env;                                                                         \
		return E_NO_CALL;                                                                  \
	}
NO_CALL(pagecall_alloc)
NO_CALL(pagecall_map)
NO_CALL(pagecall_query)
NO_CALL(pagecall_mark)
NO_CALL(pagecall_share)
NO_CALL(pagecall_phys)

int place_send(struct space *from, vaddr_t src, struct space *to, vaddr_t dst_rights, uint32_t n,
               enum ipc_send_mode mode)
{
	(void)from;
	(void)src;
	(void)to;
	(void)dst_rights;
	(void)n;
	(void)mode;
	return E_FAULT;
}

int place_alloc(struct space *space, vaddr_t va_flags, pte_t expect, const struct space *from,
                vaddr_t from_va)
{
	(void)space;
	(void)va_flags;
	(void)expect;
	(void)from;
	(void)from_va;
	return OK;
}

bool place_pass(struct space *from, vaddr_t src, uint32_t mode, struct space *to,
                vaddr_t dst_rights)
{
	(void)from;
	(void)src;
	(void)mode;
	(void)to;
	(void)dst_rights;
	return false;
}

/* ---- words ---- */

bool debug_quiet = true, debug_monitor;
struct cpu *cpu_boot_stack_cpu;

void debug_printf(const char *format, ...)
{
	(void)format;
}

void debug_write(const char *bytes, uint32_t length)
{
	(void)bytes;
	(void)length;
}

void panic_here(const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	race_fail("panic: %s", text);
}

_Noreturn void panic_frame(const struct trapframe *frame, const char *format, va_list args)
{
	(void)args;
	race_fail("panic: %s (vector %u)", format, frame->vector);
}

_Noreturn void panic_stop(const struct trapframe *frame)
{
	race_fail("NMI (vector %u)", frame->vector);
}

_Noreturn void machine_exit(uint8_t status)
{
	race_fail("the machine ends with %u", status);
}

void cpu_load_gdt(const struct descriptor_ptr *gdt)
{
	(void)gdt;
}

/* ---- the lock ---- */

void __real_lock_acquire(struct cpu *cpu);
void __wrap_lock_acquire(struct cpu *cpu);

void __wrap_lock_acquire(struct cpu *cpu)
{
	race_point();
	__real_lock_acquire(cpu);
	if (race_owner) {
		race_fail("CPU %u and CPU %u have the lock", race_owner->index, cpu->index);
	}
	race_owner = cpu;
}

void race_release(void)
{
	if (race_owner != race_cpu) {
		race_fail("CPU %u gives the lock back, and has it not", race_cpu->index);
	}
	world_check();
	race_owner = NULL;
}

/* ---- start ---- */

void race_machine_start(uint32_t n)
{
	env_init();
	life_init();
	cpu_evict = switch_evict;
	cpu_count = n;
	cpu_sysenter = true;
	for (uint32_t i = 0; i < n; i++) {
		cpus[i].index = cpus[i].apic_id = i;
		cpus[i].queue = &runqueues[i];
		runqueue_init(cpus[i].queue);
		runqueue_idle |= cpus[i].queue->bit;
		cpus[i].in_halt = true;
		race_sides[i].mode = RACE_HALTED;
	}
	race_cpu = &cpus[0];
	in_start = true;
	time_init(0);
	runqueue_quantum = time_mul_div(TICK_US, time_tsc_per_ms, 1000 << BEAT_SHIFT);
	in_start = false;
}
