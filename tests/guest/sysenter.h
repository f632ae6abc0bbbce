/* System calls by the instruction of one's choice, with all that libsys hides. */
#pragma once

#include "kernel/abi/syscall.h"
#include "libsys/syscall.h"

enum { FL_TF = 0x100, FL_DF = 0x400, FL_NT = 0x4000, FL_AC = 0x40000, FL_ID = 0x200000 };

/* What a call takes and gives. `flags` of eflags are set right before it; what is set right behind
 * it comes back. */
struct entry {
	uint32_t eax, ebx, esi, edi, ebp, flags;
};

/* The call itself, between the labels `name` and `name`_done. All registers are the call's, so the
 * entry's address waits on the stack, below the flags that are the compiler's. */
#define ENTER(name, instruction)                                                                   \
	asm(".text\n" #name ": pushl %ebp; pushl %edi; pushl %esi; pushl %ebx; pushfl\n"           \
	    "movl 24(%esp), %ecx; pushl %ecx; pushl 20(%ecx)\n"                                    \
	    "movl (%ecx), %eax; movl 4(%ecx), %ebx; movl 8(%ecx), %esi\n"                          \
	    "movl 12(%ecx), %edi; movl 16(%ecx), %ebp\n"                                           \
	    "movl %esp, %ecx; addl $4, %ecx; movl $" #name "_done, %edx; popfl\n" #name            \
	    "_call: " instruction "\n" #name "_done: nop; pushfl; pushl $0x202; popfl\n"           \
	    "movl 4(%esp), %ecx; movl %eax, (%ecx); movl %ebx, 4(%ecx); movl %esi, 8(%ecx)\n"      \
	    "movl %edi, 12(%ecx); movl %ebp, 16(%ecx); popl 20(%ecx); popl %ecx\n"                 \
	    "popfl; popl %ebx; popl %esi; popl %edi; popl %ebp; ret\n");                           \
	void name(struct entry *entry);                                                            \
	extern char name##_call[], name##_done[]

typedef void entry_fn(struct entry *);

/* Two ways into the kernel and the better one that this CPU has: `sysenter`, or `int` where it has
 * nothing else. */
#define ENTER_BOTH_WAYS                                                                            \
	ENTER(by_sysenter, "sysenter; int $0x30");                                                 \
	ENTER(by_int, "int $0x30");                                                                \
	static inline void by_best(struct entry *entry)                                            \
	{                                                                                          \
		(env_page->sysenter ? by_sysenter : by_int)(entry);                                \
	}
