/* Page faults and other exceptions of the own process.
 *
 * Path `pager`: the kernel enters fault_upcall (nasm/user/upcall.asm) on the exception stack; asks
 * the pager by IPC; if the page is not the pager's, the program's own handler is called, else
 * procmgr ends the process with a line that says why. If the pager does not answer in time, procmgr
 * is asked to end the process without another access to memory that could be absent.
 *
 * Path `self`: the same upcall, and what the pager would do happens in the process (self.h).
 *
 * Paths `ipc` and `kernel`: the upcall fault_refused; the kernel asks the pager, or sees to the
 * fault itself, and enters the upcall for what is not theirs: the program's handler, or its end. */
#pragma once

#include "kernel/abi/env.h"

/* Called for a fault that is neither copy on write nor zero fill nor the stack's growth. Returning
 * re-executes the instruction with the registers in *utf, which the handler may change. Runs on the
 * exception stack, a page, aligned as C wants it. FPU and SSE registers are the handler's to use:
 * what the interrupted code had there comes back, but after the FPU's own exceptions (vectors 16
 * and 19), which their handler settles there. */
typedef void fault_handler_fn(struct utrapframe *utf);

/* NULL: none (the process ends). Returns the previous handler. */
fault_handler_fn *fault_set_handler(fault_handler_fn *handler);

/* Likewise for other exceptions; utf->fault_va holds the vector. */
fault_handler_fn *fault_set_exception_handler(fault_handler_fn *handler);

/* The upcalls themselves, assembly; the start code stores them in the env page. */
void fault_upcall(void);
void fault_refused(void);
void fault_xupcall(void);

/* In a process that is a copy: whom the upcalls ask, where process_manager could be absent. */
void fault_know_manager(envid_t manager);
