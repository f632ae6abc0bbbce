/* Page faults that come to procmgr: because nobody handled them, or because the pager is gone.
 *
 * The upcall stub of a process asks here when its call on the pager fails, and runs the faulting
 * instruction again when a pager stands: what is delivered to the new pager is the fault, not a
 * message to the old one. Deaths are heard of before requests (server.c), so a server that died
 * was started again before the question comes, and the answer need never wait. */
#include "servers/procmgr/paging/fault.h"
#include "kernel/abi/env.h"
#include "libsys/record.h"
#include "libsys/string.h"
#include "libsys/syscall.h"
#include "servers/procmgr/layout.h"
#include "servers/procmgr/process/report.h"
#include "servers/procmgr/server/server.h"

enum { EXCEPTION_STACK = UXSTACKTOP - PGSIZE };

/* The frame that the kernel pushed at `at` on the env's exception stack. Only that env's word says
 * where it is and what is in it. */
static bool read_frame(envid_t env, vaddr_t at, struct utrapframe *frame)
{
	if (at < EXCEPTION_STACK || at > UXSTACKTOP - sizeof(*frame) ||
	    sys_page_map(env, EXCEPTION_STACK, 0, SCRATCH, 1) < 0) {
		return false;
	}
	memcpy(frame, (const char *)SCRATCH + (at - EXCEPTION_STACK), sizeof(*frame));
	(void)sys_page_unmap(0, SCRATCH, 1);
	return true;
}

int fault_find_pager(envid_t env)
{
	envid_t pager = env_infos[ENV_SLOT(env)].pager;

	if (pager == 0 || !record_env_lives(pager)) {
		pager = server_env(PM_SERVER_PAGER);
	}
	if (pager < 0) {
		return pager;
	}
	/* Also when it is the same: the env may have overwritten what its env page says. */
	(void)sys_env_set(env, ENV_PAGER, (uint32_t)pager);
	return OK;
}

struct ending fault_ending_unhandled(envid_t env, vaddr_t frame_va, int reason)
{
	struct utrapframe frame = {.fault_va = 0};

	(void)read_frame(env, frame_va, &frame);
	return (struct ending){
		.how = PM_END_FAULT,
		.status = PM_STATUS_FAULT,
		.reason = reason,
		.vector = VECTOR_PAGE_FAULT,
		.va = frame.fault_va,
		.err = frame.err,
		.ip = frame.eip,
	};
}
