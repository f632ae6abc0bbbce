/* Page faults and other exceptions of the own process: the part in C.
 *
 * Everything here but the setters runs on the exception stack, called by nasm/user/upcall.asm, and
 * only for what the pager did not settle; on path `self`, for every fault. The two handler
 * pointers lie in ordinary data: reading them may fault, which nests once and is settled by
 * the pager. After a fork the child has its parent's handlers. */
#include "libsys/fault.h"
#include "libsys/fpu.h"
#include "libsys/process.h"
#include "libsys/self.h"
#include "libsys/stdio.h"
#include "libsys/syscall.h"
#include "protocols/pager.h"

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
	return previous;
}

fault_handler_fn *fault_set_exception_handler(fault_handler_fn *handler)
{
	fault_handler_fn *previous = exception_handler;

	exception_handler = handler;
	return previous;
}

/* Sends what printf has collected, before the process ends. Once: where that faults itself, the
 * process ends without. */
static void send_output(void)
{
	static bool tried;

	if (!tried) {
		tried = true;
		(void)stdout_flush();
	}
}

/* Ends the process for a page fault that nobody handled. On path `self` the instruction is run
 * again without an upcall: then the kernel ends the env, and its death says all there is to say,
 * but for a reason, which only procmgr takes. */
static void give_up(const struct utrapframe *utf, int reason)
{
	send_output();
	if (self_path() && (reason == E_FAULT || self_forked())) {
		env_page->upcall = 0;
		return;
	}
	process_fault_because(utf->fault_va, utf->err, utf->eip, VECTOR_PAGE_FAULT, reason);
}

/* Likewise for another exception. To run the instruction again is to raise it again, if eip is put
 * back to it where it was a trap; only not when single steps do it. */
static void give_up_exception(struct utrapframe *utf)
{
	enum { DEBUG = 1, BREAKPOINT = 3, OVERFLOW = 4, INT3 = 0xCC, INTO = 0xCE };
	uint32_t vector = utf->fault_va;

	send_output();
	if (!self_path() || (vector == DEBUG && !self_forked())) {
		process_fault(0, utf->err, utf->eip, vector);
	}
	if (vector == BREAKPOINT || vector == OVERFLOW) {
		uint8_t last = ((const uint8_t *)utf->eip)[-1];

		utf->eip -= last == INT3 || last == INTO ? 1 : 2; /* else int N */
	}
	env_page->xupcall = 0;
}

static void run(fault_handler_fn *handler, struct utrapframe *utf, uint32_t vector)
{
	fpu_call((void (*)(void *))handler, utf, vector);
}

/* A page fault that is not the system's: status says what the pager, or self_fault, says. The
 * program's handler sees only E_FAULT, not the pages that are known but cannot be given: those end
 * the process. */
void fault_unhandled(int status, struct utrapframe *utf)
{
	if (status == E_FAULT && page_fault_handler) {
		run(page_fault_handler, utf, VECTOR_PAGE_FAULT);
	} else {
		give_up(utf, status);
	}
}

void fault_exception(struct utrapframe *utf)
{
	if (exception_handler) {
		run(exception_handler, utf, utf->fault_va);
		return;
	}
	give_up_exception(utf);
}
