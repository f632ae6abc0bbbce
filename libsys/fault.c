/* Page faults and other exceptions of the own process: the part in C.
 *
 * Everything here but the setters runs on the exception stack, called by nasm/user/upcall.asm, and
 * only for what the pager did not settle; on path `self`, for every fault. On paths `ipc` and `kernel` the
 * upcall is set only while there is a handler: without one the kernel ends the env. The two handler
 * pointers lie in ordinary data: reading them may fault, which nests once and is settled by
 * the pager. After a fork the child has its parent's handlers. */
#include "libsys/fault.h"
#include "libsys/fpu.h"
#include "libsys/process.h"
#include "libsys/self.h"
#include "libsys/syscall.h"
#include "servers/pager/protocol.h"

enum { VECTOR_PAGE_FAULT = 14 };

static fault_handler_fn *page_fault_handler;
static fault_handler_fn *exception_handler;

/* For the stub, which shares no header with the servers, and beside it: it must not fault. */
const uint32_t fault_ops[3]
	__attribute__((section(".resident"))) = {PAGER_FAULT, PM_PAGER, PM_STATUS_FAULT};

/* Called by the stub; see there. */
void fault_unhandled(int status, struct utrapframe *utf);
void fault_exception(struct utrapframe *utf);

fault_handler_fn *fault_set_handler(fault_handler_fn *handler)
{
	fault_handler_fn *previous = page_fault_handler;
	page_fault_handler = handler;
	if (env_page->fault_path != FAULTS_UPCALL) { /* else it is always there */
		env_page->upcall = handler != NULL ? (vaddr_t)fault_refused : 0;
	}
	return previous;
}

fault_handler_fn *fault_set_exception_handler(fault_handler_fn *handler)
{
	fault_handler_fn *previous = exception_handler;
	exception_handler = handler;
	if (self_path()) { /* else it is always there */
		env_page->xupcall = handler != NULL ? (vaddr_t)fault_xupcall : 0;
	}
	return previous;
}

/* Ends the process for a page fault that nobody handled. On path `self` the instruction is run
 * again without an upcall: then the kernel ends the env, and its death says all there is to say,
 * but for a reason, which only procmgr takes. */
static void give_up(const struct utrapframe *utf, int reason)
{
	if (self_path() && (reason == E_FAULT || self_forked())) {
		env_page->upcall = 0;
		return;
	}
	process_fault_because(utf->fault_va, utf->err, utf->eip, VECTOR_PAGE_FAULT, reason);
}

static void run(fault_handler_fn *handler, struct utrapframe *utf, uint32_t vector)
{
	fpu_call((void (*)(void *))handler, utf, vector);
}

/* A page fault that is not the system's: status says what the pager, or self_fault, says. The program's handler sees
 * only E_FAULT, not the pages that are known but cannot be given: those end the process, in upcall.asm or here. */
void fault_unhandled(int status, struct utrapframe *utf)
{
	if (status == E_FAULT && page_fault_handler != NULL) {
		run(page_fault_handler, utf, VECTOR_PAGE_FAULT);
	} else {
		give_up(utf, status);
	}
}

void fault_exception(struct utrapframe *utf)
{
	if (exception_handler != NULL) {
		run(exception_handler, utf, utf->fault_va);
		return;
	}
	process_fault(0, utf->err, utf->eip, utf->fault_va);
}
