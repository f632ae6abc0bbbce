/* A chain of forks in which each link writes to its stack, forks, and ends. */
#pragma once

#include "kernel/abi/ipc.h"
#include "libsys/fault.h"
#include "libsys/process.h"
#include "protocols/procmgr.h"

/* Returns in the last link. In one piece, for each link ends between two instructions: ecx counts,
 * edx is procmgr, and a result below 0, of the call or of the fork (E_AGAIN), tries again. */
static __attribute__((noinline)) void fork_chain(uint32_t links)
{
	uint32_t manager = (uint32_t)process_manager;

	asm volatile(
		"push %%ebp\n"
		"1: mov %%edx, %%ebx\n"
		"mov %[fork], %%esi\n"
		"mov $fault_upcall, %%edi\n"
		"mov $fault_xupcall, %%ebp\n"
		"mov %[call], %%eax\n"
		"int $0x30\n"
		"test %%eax, %%eax\n"
		"jz 2f\n"
		"js 1b\n"
		"test %%esi, %%esi\n"
		"js 1b\n"
		"xor %%ebx, %%ebx\n"
		"xor %%esi, %%esi\n"
		"mov %[destroy], %%eax\n"
		"int $0x30\n"
		"2: push %%eax\n" /* its stack becomes its own */
		"pop %%eax\n"
		"dec %%ecx\n"
		"jnz 1b\n"
		"pop %%ebp\n"
		: "+c"(links), "+d"(manager)
		: [fork] "i"(PM_FORK), [call] "i"(SYS_IPC | IPC_SEND | IPC_RECV | IPC_WORDS(3)),
		  [destroy] "i"(SYS_ENV_DESTROY)
		: "eax", "ebx", "esi", "edi", "memory", "cc");
	fault_know_manager(process_manager);
}
