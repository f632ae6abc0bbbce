/* Failing allocations, for tests: what happens when memory or slots end at exactly this point?
 *
 * Linked only into build/fail/kernel.elf, where the linker's --wrap puts the functions here around
 * frame_alloc, life_create, syscall_dispatch and kfault_page (this kernel has fault path `kernel`);
 * the shipped kernel has no trace of them. Only allocations in system calls and page faults of one
 * env count, so that others do not disturb the count: k = 1, 2, 3 ... meets each allocation of a
 * transaction in turn. Guarded by the kernel lock. */
#include "kernel/abi/failhook.h"

#include "kernel/call/syscall.h"
#include "kernel/cpu/cpu.h"
#include "kernel/env/env.h"
#include "kernel/fault/fault.h"
#include "kernel/life/life.h"
#include "kernel/memory/frame.h"

paddr_t __real_frame_alloc(enum frame_use use);
paddr_t __wrap_frame_alloc(enum frame_use use);
int __real_life_create(struct env *like, struct env *controller, bool server, struct env **result);
int __wrap_life_create(struct env *like, struct env *controller, bool server, struct env **result);
struct env *__real_syscall_dispatch(struct env *env);
struct env *__wrap_syscall_dispatch(struct env *env);
bool __real_kfault_page(struct env *env, vaddr_t va);
bool __wrap_kfault_page(struct env *env, vaddr_t va);

static const struct env *caller; /* whose system call or page fault this is, NULL: none */
static envid_t victim;
static uint32_t left; /* allocations until one fails; 0: none will, unless `failing` */
static bool stays, failing;

/* Counts an allocation; whether it fails. */
static bool allocation_fails(void)
{
	if (!caller || caller->id != victim) {
		return false;
	}
	if (left > 0 && --left == 0) {
		failing = stays;
		return true;
	}
	return failing;
}

paddr_t __wrap_frame_alloc(enum frame_use use)
{
	return allocation_fails() ? FRAME_NONE : __real_frame_alloc(use);
}

int __wrap_life_create(struct env *like, struct env *controller, bool server, struct env **result)
{
	return allocation_fails() ? E_NO_ENV : __real_life_create(like, controller, server, result);
}

static int age_slot(struct env *env, uint32_t generation)
{
	if (env->life != LIFE_FREE) {
		return E_BUSY;
	}
	env->id = (env->id & ((1 << ENV_GENSHIFT) - 1)) | (generation & ~FAIL_AGE_LONG)
	                                                          << ENV_GENSHIFT;
	env->since -= generation & FAIL_AGE_LONG ? INT32_MAX : 0;
	return OK;
}

static int call_fail(struct env *env)
{
	int before = (int)left;

	if (env_operand(env) == FAIL_AGE) {
		return age_slot(&envs[ENV_SLOT(env->tf.ebx)], env->tf.esi);
	}
	victim = env->tf.ebx ? (envid_t)env->tf.ebx : env->id;
	left = env->tf.esi;
	stays = env_operand(env) & FAIL_ON;
	failing = false;
	for (uint32_t i = 0; i < cpu_count; i++) {
		cpus[i].switch_work |=
			SWITCH_HOOK; /* no call in nasm/entry/sysenter.asm: all come here */
	}
	return before;
}

struct env *__wrap_syscall_dispatch(struct env *env)
{
	struct env *next;

	if ((env->tf.eax & 0xFF) == SYS_FAIL) {
		env->tf.eax = call_fail(env);
		return env;
	}
	caller = env;
	next = __real_syscall_dispatch(env);
	caller = NULL;
	return next;
}

bool __wrap_kfault_page(struct env *env, vaddr_t va)
{
	bool handled;

	caller = env;
	handled = __real_kfault_page(env, va);
	caller = NULL;
	return handled;
}
