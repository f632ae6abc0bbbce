/* System calls: dispatch, and those calls that are not about pages, envs or IPC. Lock held
 * throughout. */
#include "kernel/call/syscall.h"

#include "kernel/base/debug.h"
#include "kernel/base/hook.h"
#include "kernel/call/envcall.h"
#include "kernel/call/hint.h"
#include "kernel/call/pagecall.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/state.h"
#include "kernel/ipc/ipc.h"
#include "kernel/life/life.h"
#include "kernel/machine/apic.h"
#include "kernel/machine/time.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/switch.h"

enum { DEBUG_WRITE_MAX = 1024, DEBUG_WRITE_PART = 128 };

enum { ISA_IRQS = 16 };

static envid_t irq_env[IRQ_STANDSTILL + 1]; /* who gets it; 0 or a stale id: nobody */

void syscall_irq(unsigned irq)
{
	struct env *env = env_lookup(NULL, irq_env[irq]);

	if (env) {
		ipc_notify(env, 1u << irq);
	}
}

static int call_notify(struct env *caller)
{
	struct env *env = env_lookup(caller, caller->tf.ebx);

	if (!env) {
		return E_BAD_ENV;
	}
	if (caller->tf.esi & ~(caller->root ? IPC_BITS_USER | IPC_BITS_ROOT : IPC_BITS_USER)) {
		return E_INVAL;
	}
	if (!env_may_act(caller, env) && (env->root || !env_may_act(env, caller)) &&
	    caller->tf.esi & ~env->page->notify) {
		return E_PERM;
	}
	ipc_notify(env, caller->tf.esi);
	return OK;
}

static int call_clock(struct env *caller)
{
	uint64_t us = time_us();

	caller->tf.ebx = us;
	caller->tf.esi = us >> 32;
	caller->tf.edi = us >> TICK_SHIFT;
	return OK;
}

static int call_sysinfo(struct env *caller)
{
	struct sysinfo *info = (struct sysinfo *)&caller->page->msg[3];
	uint32_t switches = life_past_runs;
	uint64_t lock_wait = 0;

	_Static_assert(sizeof(*info) == SYSINFO_WORDS * 4, "SYSINFO_WORDS");
	for (uint32_t i = 0; i < cpu_count; i++) {
		lock_wait += cpus[i].lock_wait;
	}
	for (uint32_t i = 0; i < NENV; i++) {
		switches += env_records[i].runs;
	}
	*info = (struct sysinfo){
		.frames_total = frame_counts.total,
		.frames_free = frame_count_free() + ENV_FIXED_PAGES * space_spares,
		.frames_shared = frame_counts.shared,
		.frames_unused = frame_counts.unused,
		.ncpu = cpu_count,
		.envs = env_used,
		.dying = life_dying,
		.tick_us = TICK_US,
		.switches = switches,
		.shootdowns = cpu_shootdowns,
		.lock_wait = lock_wait >> 10,
		.lock_takes = lock_next,
	};
	return OK;
}

static int call_irq_bind(struct env *caller)
{
	uint32_t irq = caller->tf.ebx;
	struct env *env = env_lookup(caller, caller->tf.esi);
	int error;

	if (!caller->root) {
		return E_PERM;
	}
	if (irq >= ISA_IRQS && irq != IRQ_STANDSTILL) {
		return E_INVAL;
	}
	if (!env) {
		return E_BAD_ENV;
	}
	error = irq < ISA_IRQS ? apic_enable_irq(irq) : OK;
	if (!error) {
		irq_env[irq] = env->id;
	}
	return error;
}

static int call_ports(struct env *caller)
{
	enum { RANGES = sizeof(caller->ports) / sizeof(caller->ports[0]) };
	uint32_t first = caller->tf.esi, count = caller->tf.edi;
	struct env *env = env_lookup(caller, caller->tf.ebx);

	if (!caller->root) {
		return E_PERM;
	}
	if (!env) {
		return E_BAD_ENV;
	}
	if (first >= IO_PORTS || count >= IO_PORTS || count > IO_PORTS - first) {
		return E_INVAL;
	}
	if (count && env->nports == RANGES) {
		return E_LIMIT;
	}
	env_evict(env);
	state_close_fast(env); /* a switch to it has more to do */
	if (count) {
		env->ports[env->nports].first = first;
		env->ports[env->nports++].count = count;
	} else {
		env->nports = 0;
	}
	switch_ports_changed(env);
	sched_wake(env);
	return OK;
}

/* Ends the caller, who asked for that, because of the first byte that it may not read. */
static int die_of(struct env *caller, vaddr_t va, uint32_t length)
{
	const uint32_t death[4] = {DEATH_BAD_POINTER, va, caller->tf.eip, 0};

	while (length > 1 && space_may_access(&caller->space, va, 1, 0)) {
		va = (va & ~(PGSIZE - 1)) + PGSIZE;
	}
	hook_event(EVENT_BAD_POINTER, caller, va);
	life_destroy(caller, death, false);
	return OK;
}

static int call_debug_write(struct env *caller)
{
	uint32_t va = caller->tf.ebx, length = caller->tf.esi, done;
	uint32_t screen = env_operand(caller) & (DEBUG_WRITE_SCREEN_ON | DEBUG_WRITE_SCREEN_OFF);

	if (screen && caller->root) {
		debug_show(screen == DEBUG_WRITE_SCREEN_ON);
	}
	if (length > DEBUG_WRITE_MAX) {
		return E_INVAL;
	}
	if (!space_may_access(&caller->space, va, length, 0)) {
		return env_operand(caller) & DEBUG_WRITE_OR_DIE ? die_of(caller, va, length)
		                                                : E_FAULT;
	}
	for (done = 0;
	     done < length &&
	     done < DEBUG_WRITE_PART;) { /* the line is slow, and others wait for the lock */
		if (((const char *)va)[done++] == '\n') {
			break;
		}
	}
	debug_write((const char *)va, done);
	return done;
}

static int call_self(struct env *caller)
{
	return caller->id;
}

typedef int call_fn(struct env *caller);

/* X(NAME, function): the calls after which the caller goes on, if it still can;
 * nasm/entry/sysenter.asm makes them, too. Others have the last numbers, but for SYS_IPC. */
#define CALLS(X)                                                                                   \
	X(SELF, call_self)                                                                         \
	X(YIELD, sched_yield)                                                                      \
	X(NOTIFY, call_notify)                                                                     \
	X(PAGE_ALLOC, pagecall_alloc)                                                              \
	X(PAGE_MAP, pagecall_map)                                                                  \
	X(PAGE_UNMAP, pagecall_unmap)                                                              \
	X(PAGE_QUERY, pagecall_query)                                                              \
	X(PAGE_MARK, pagecall_mark)                                                                \
	X(PAGE_SHARE, pagecall_share)                                                              \
	X(PAGE_PHYS, pagecall_phys)                                                                \
	X(ENV_FORK, envcall_fork)                                                                  \
	X(ENV_DESTROY, envcall_destroy)                                                            \
	X(ENV_SET, envcall_set)                                                                    \
	X(ENV_REGS, envcall_regs)                                                                  \
	X(ENV_REAP, envcall_reap)                                                                  \
	X(CLOCK, call_clock)                                                                       \
	X(SYSINFO, call_sysinfo)                                                                   \
	X(IRQ_BIND, call_irq_bind)                                                                 \
	X(PORTS, call_ports)                                                                       \
	X(DEBUG_WRITE, call_debug_write)

#define CALL_BIT(name, function) | 1u << SYS_##name
_Static_assert(SYS_HINT == SYS_TRACE + 1 && SYS_COUNT == SYS_HINT + 1, "not in the table");
_Static_assert((1u << SYS_IPC CALLS(CALL_BIT)) == (1u << SYS_TRACE) - 1,
               "each other system call has its function");

#define CALL_ENTRY(name, function) [SYS_##name] = function,
call_fn *const syscall_calls[SYS_TRACE] = {CALLS(CALL_ENTRY)};

struct env *syscall_dispatch(struct env *env)
{
	uint32_t number = env->tf.eax & 0xFF;
	struct cpu *cpu = env->space.cpu;
	int result;

	debug_assert(lock_held());
	if (number == SYS_IPC) {
		return ipc_call(env);
	}
	if (number == SYS_TRACE) { /* what turns the trace on is in it as a whole or not at all */
		result = looks.trace_call ? looks.trace_call(env) : E_NO_CALL;
	} else if (number == SYS_HINT) { /* not in the table: hint_is_done comes first */
		result = hint_call(env);
	} else {
		result = number < SYS_TRACE ? syscall_calls[number](env) : E_NO_CALL;
	}
	env->tf.eax = result; /* even if it has died: nobody has its place yet */
	return cpu->env;
}
