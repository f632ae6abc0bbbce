/* Scheduler hints, one system call each. */
#include "libsys/sched.h"

#include "libsys/syscall.h"

static int hint(enum hint kind, envid_t env, uint32_t value, uint32_t ms)
{
	struct syscall_regs regs = {.ebx = (uint32_t)env, .esi = value, .edi = ms};

	return syscall_raw(SYS_HINT | (uint32_t)kind << 8, &regs);
}

int sched_weight(envid_t env, uint32_t weight, uint32_t ms)
{
	return hint(HINT_WEIGHT, env, weight, ms);
}

int sched_cpu(envid_t env, uint32_t cpu, uint32_t ms)
{
	return hint(HINT_CPU, env, cpu, ms);
}

int sched_next(envid_t env, uint32_t ms)
{
	return hint(HINT_NEXT, env, 1, ms);
}

int sched_yield_to(envid_t env)
{
	return hint(HINT_YIELD_TO, env, 0, 0);
}

void sched_hold(void)
{
	env_page->preempt = HINT_NOT_NOW;
}

void sched_release(void)
{
	uint32_t was = 0;

	/* One instruction: an extension cannot slip in between the look and the change. */
	asm volatile("xchg %0, %1" : "+r"(was), "+m"(env_page->preempt));
	if (was & HINT_EXTENDED) {
		sys_yield();
	}
}

int sched_query(envid_t env, struct sched_info *info)
{
	struct syscall_regs regs = {.ebx = (uint32_t)env};
	int result = syscall_raw(SYS_HINT | HINT_QUERY << 8, &regs);

	if (result < 0) {
		return result;
	}
	*info = (struct sched_info){
		.weight = regs.ebx & 0xFF ? regs.ebx & 0xFF : 1,
		.cpu = (int)(regs.ebx >> 8 & 0xFF) - 1,
		.next = regs.ebx >> 16 & 0xFF,
		.queued = regs.ebx >> 24,
		.longest_us = regs.esi,
		.slices = regs.edi,
		.ignored = regs.ebp,
	};
	return OK;
}

int sched_query_cpu(uint32_t cpu, struct sched_cpu_info *info)
{
	struct syscall_regs regs = {.esi = cpu};
	int result = syscall_raw(SYS_HINT | HINT_QUERY_CPU << 8, &regs);

	if (result < 0) {
		return result;
	}
	*info = (struct sched_cpu_info){regs.ebx, regs.esi, regs.edi, regs.ebp, result};
	return OK;
}
