/* The lock of all: a ticket lock, first come, first served, whose waiters halt after a while.
 *
 * Virtual CPUs may be more than the host has. A waiter that spins then takes the very time that the
 * next in turn needs; so after some looks it leaves its name in `halted`, halts, and is poked by
 * the release that makes it next (or by a request). Order on both sides, each sequentially
 * consistent:
 *
 *     waiter   write halted[ticket], read serving, halt if it is not our turn
 *     release  write serving, read next and (if they differ) halted[serving], poke
 *
 * so one of the two sees the other. A poke that comes between the look and the halt is held back,
 * for interrupts are off until the halt, and ends it at once.
 *
 * The locks of CPUs: a CPU says that it is inside, then looks whether the lock of all is taken; who
 * takes that has its ticket, then looks who is inside. Likewise one sees the other, and never both
 * go on. Inside is a few hundred instructions at most, so it is waited for without sleep. */
#include "kernel/cpu/lock.h"

#include "kernel/base/x86.h"
#include "kernel/cpu/cpu.h"
#include "kernel/machine/apic.h"

enum { QUICK_LOOKS = LOCK_QUICK_LOOKS / 8 }; /* each takes longer here, and one may be in turn */

uint32_t lock_next;                  /* atomic: the ticket that the next one takes */
uint32_t lock_serving;               /* atomic: the ticket of who holds it, or lock_next */
static struct cpu *halted[NCPU_MAX]; /* atomic; by ticket modulo NCPU_MAX: a CPU waits once */
struct cpu *lock_holder;

static bool our_turn(uint32_t ticket)
{
	return __atomic_load_n(&lock_serving, __ATOMIC_SEQ_CST) == ticket;
}

static void wait_halted(struct cpu *cpu, uint32_t ticket)
{
	struct cpu **name = &halted[ticket % NCPU_MAX];

	apic_only_pokes(true);
	__atomic_store_n(name, cpu, __ATOMIC_SEQ_CST);
	while (!our_turn(ticket)) {
		cpu_answer(cpu);
		if (!our_turn(ticket)) {
			wait_for_interrupt();
		}
	}
	__atomic_store_n(name, NULL, __ATOMIC_RELAXED);
	apic_only_pokes(false);
}

static __attribute__((noinline)) void wait_turn(struct cpu *cpu, uint32_t ticket)
{
	uint64_t since = rdtsc();

	for (uint32_t i = 0; i < QUICK_LOOKS + LOCK_LOOKS && !our_turn(ticket); i++) {
		cpu_answer(cpu);
		if (i >= QUICK_LOOKS) {
			pause();
		}
	}
	if (!our_turn(ticket)) {
		wait_halted(cpu, ticket);
	}
	cpu->lock_wait += rdtsc() - since;
}

/* Until no CPU is inside. */
static void await_outside(void)
{
	for (uint32_t i = 0; i < cpu_count; i++) {
		uint32_t looks = 0;

		while (__atomic_load_n(&cpus[i].inside, __ATOMIC_SEQ_CST)) {
			if (++looks % LOCK_LOOKS == 0) {
				pause();
			}
		}
	}
}

void lock_acquire(struct cpu *cpu)
{
	uint32_t ticket;

	if (ONE_CPU) {
		return;
	}
	ticket = __atomic_fetch_add(&lock_next, 1, __ATOMIC_RELAXED);
	if (!our_turn(ticket)) {
		wait_turn(cpu, ticket);
	}
	if (cpu_count > 1) {
		await_outside();
	}
	lock_taken(cpu);
}

void lock_wake_next(void)
{
	uint32_t next = __atomic_load_n(&lock_serving, __ATOMIC_SEQ_CST);
	struct cpu *waiter = __atomic_load_n(&halted[next % NCPU_MAX], __ATOMIC_SEQ_CST);

	if (waiter) {
		apic_poke(waiter->apic_id);
	}
}
