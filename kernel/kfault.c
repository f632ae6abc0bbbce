/* Fault path `kernel` (optional: linked with KFAULT=1): copy on write, zero fill, stack growth in the kernel, as
 * in a monolithic system, so that it can be measured beside the other paths. The one file of the kernel that
 * knows what user level writes into page-table entries, and it decides by them as libsys/paging.c does:
 *
 *     entry                                   access   action
 *     absent, PTE_ZERO_FILL                   any      zero page
 *     absent, 0, in the stack's range         any      zero page
 *     present, read only, PTE_COW             write    copy, or keep if nobody else has it
 *     allows the access by now                         none: run again
 *     anything else                                    the pager is asked, as on path `ipc`
 *
 * What fails, for lack of memory or the limit, is left to the pager too, which says why the env must end. */
#include "kernel/cpu.h"
#include "kernel/debug.h"
#include "kernel/env.h"
#include "kernel/fault.h"
#include "kernel/lock.h"
#include "kernel/pagecall.h"

static bool alloc(struct env *env, uint32_t flags)
{
	return pagecall_fault_alloc(env, env, FAULT_ALLOC | PTE_W | flags, 0, env,
	                            env->fault_va & ~(PGSIZE - 1)) > 0;
}

bool kfault_page(struct env *env, vaddr_t va)
{
	const pte_t *slot = va < UTOP ? space_find(&env->space, va) : NULL;
	pte_t entry = slot ? *slot : 0;

	debug_assert(lock_held());
	env->fault_va = va;
	if (!(entry & PTE_P)) {
		bool grows = entry == 0 && va >= STACK_BOTTOM && va < USTACKTOP;

		return (entry == PTE_ZERO_FILL || grows) && alloc(env, 0);
	}
	if (entry & PTE_W || !(env->tf.err & FEC_WR)) {
		return true;
	}
	return entry & PTE_COW &&
	       alloc(env, PAGE_FILL | PAGE_UNSHARE | (entry & PTE_SOFT & ~PTE_COW));
}
