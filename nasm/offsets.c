/* Constants that assembly needs, from the C headers: compiled to assembly, never linked; the
 * mk/kernel.mk turns the "->NAME value" lines into build/constants.inc. Nearly all are found by
 * themselves: it defines ALL_OTHERS with what mk/nasm_names.py prints. Here stands what is called
 * otherwise in assembly, or begins like a member of a struct. */
#include "kernel/base/debug.h"
#include "kernel/base/x86.h"
#include "kernel/boot/smp.h"
#include "kernel/cpu/cpu.h"
#include "kernel/entry/trap.h"
#include "kernel/env/env.h"

#define CONSTANT(name, value) asm volatile("\n->" #name " %c0" : : "i"((unsigned long long)(value)))
#define OFFSET(name, type, member) CONSTANT(name, offsetof(struct type, member))
#define SAME(name) asm volatile("\n->" #name " %c0" : : "i"((unsigned long long)(name)))

void constants(void)
{
	_Static_assert(offsetof(struct env, tf) == 0, "trap entry takes the frame for the env");
	OFFSET(ENV_CPU, env, space.cpu);
	OFFSET(ENV_CR3, env, space.cr3);
	OFFSET(ENV_SENDERS, env, senders.first);
	OFFSET(CPU_ESP0, cpu, tss.esp0);
	OFFSET(UTF_VA, utrapframe, fault_va);
	CONSTANT(MINUS_E_FAULT, -E_FAULT);
	SAME(ENV_NOT_RUNNABLE);
	SAME(ENV_RUNNING);
	ALL_OTHERS
}
