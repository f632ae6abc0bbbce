/* The kernel lock, a ticket lock: first come, first served. */
#include "kernel/lock.h"

#include "kernel/cpu.h"

static uint32_t next_ticket; /* atomic: each waiter takes one */
static uint32_t serving;     /* atomic: release here, acquire in lock_acquire */
static struct cpu *holder;   /* written by the holder only */

void lock_acquire(struct cpu *cpu)
{
	uint32_t ticket = __atomic_fetch_add(&next_ticket, 1, __ATOMIC_RELAXED);

	while (__atomic_load_n(&serving, __ATOMIC_ACQUIRE) != ticket) {
		cpu_answer(cpu);
		pause();
	}
	holder = cpu;
}

void lock_release(struct cpu *cpu)
{
	(void)cpu;
	holder = NULL;
	__atomic_store_n(&serving, serving + 1, __ATOMIC_RELEASE);
}

bool lock_held(void)
{
	return holder == this_cpu();
}
