/* Where the time of page faults goes (optional): to the kernel, to the handler in the faulting
 * process, or to its pager, as sums in the public records (struct fault_counts).
 *
 * Known from the hook's events alone. A fault is open from its entry to the kernel up to the last
 * return to user mode with the exception stack in use; on paths without upcall up to the return
 * itself.
 *
 *     event                                           from here on
 *     page fault of E                                 kernel's, for E
 *     E resumed, on the exception stack               handler's, for E
 *     E resumed, not there                            nobody's: the fault is over
 *     E enters, off the exception stack               likewise, since its last return: that part
 *                                                     is not counted
 *     P resumed with a message of E, an open fault    pager's, for E
 *     P enters                                        kernel's, for E; after an IPC no longer
 *     an interrupt                                    nobody's
 *
 * What the looking itself takes is left out (account_continue). Entry and exit code outside the
 * kernel lock, some dozens of instructions per entry, counts for who runs in user mode. All guarded
 * by the kernel lock. */
#include "kernel/look/account.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/env.h"

/* By slot. */
static struct account {
	bool open;                /* a fault is being handled */
	bool receives;            /* it is in an IPC that receives */
	const struct env *client; /* the env whose fault it handles as a pager; NULL: none */
} accounts[NENV];

/* By CPU: for whom the time runs since the last event. */
static struct meter {
	const struct env *payer; /* NULL: nobody */
	enum fault_time what;
	uint64_t since;
} meters[NCPU_MAX];

static struct account *account_of(const struct env *env)
{
	return &accounts[ENV_SLOT(env->id)];
}

static bool on_exception_stack(const struct env *env)
{
	return env->tf.esp > USTACKTOP && env->tf.esp <= UXSTACKTOP;
}

void account_reset(void)
{
	fill_words(accounts, 0, sizeof(accounts) / 4);
	fill_words(meters, 0, sizeof(meters) / 4);
	for (uint32_t i = 0; i < NENV;
	     i++) { /* a pager that waits has entered before anybody looked */
		accounts[i].receives = envs[i].info->waits == WAITS_TO_RECEIVE;
	}
}

void account_continue(void)
{
	meters[this_cpu()->index].since = rdtsc();
}

/* From now on the time goes to this env's fault; NULL: to none. */
static void run_for(struct meter *meter, const struct env *payer, enum fault_time what)
{
	meter->payer = payer;
	meter->what = what;
}

/* Pays for the time up to now. */
static void charge_time(struct meter *meter, uint64_t now)
{
	if (meter->payer) {
		meter->payer->info->faults.spent[meter->what] += now - meter->since;
	}
	meter->since = now;
}

/* A system call of env; it may be part of handling a fault. */
static void enter_call(struct meter *meter, const struct env *env, struct account *account)
{
	bool ipc = (env->tf.eax & 0xFF) == SYS_IPC;

	run_for(meter, account->open ? env : account->client, FAULT_IN_KERNEL);
	account->receives = ipc && env->tf.eax & IPC_RECV;
	if (ipc) {
		account->client = NULL;
	}
}

static void note_entry(struct meter *meter, const struct env *env, uint64_t now)
{
	struct account *account = account_of(env);

	if (account->open && !on_exception_stack(env)) {
		account->open = false;
		meter->payer = NULL;
	}
	charge_time(meter, now);
	meter->payer = NULL;
	if (env->tf.vector == VEC_PAGE_FAULT) {
		account->open = true;
		env->info->faults.timed++;
		run_for(meter, env, FAULT_IN_KERNEL);
	} else if (env->tf.vector == SYSCALL_VECTOR || env->tf.vector == VEC_SYSENTER) {
		enter_call(meter, env, account);
	}
}

/* The env whose open fault the message is about that the env just received. */
static const struct env *client_of(const struct env *pager)
{
	struct env *from = (int32_t)pager->tf.eax >= 0 ? env_lookup(NULL, pager->tf.ebx) : NULL;

	return from && account_of(from)->open && from->info->pager == pager->id ? from : NULL;
}

static void note_resume(struct meter *meter, const struct env *env)
{
	struct account *account = account_of(env);

	if (account->receives) {
		account->receives = false;
		account->client = client_of(env);
	}
	account->open = account->open && on_exception_stack(env);
	if (account->open) {
		run_for(meter, env, FAULT_IN_HANDLER);
	} else {
		run_for(meter, account->client, FAULT_IN_PAGER);
	}
}

/* The env is new, or dies. */
static void forget_client(const struct env *env)
{
	*account_of(env) = (struct account){0};
	for (uint32_t i = 0; i < NENV; i++) {
		if (accounts[i].client == env) {
			accounts[i].client = NULL;
		}
	}
	for (uint32_t i = 0; i < cpu_count; i++) {
		if (meters[i].payer == env) {
			meters[i].payer = NULL;
		}
	}
}

void account_event(enum event event, const struct env *env, uint64_t now)
{
	struct meter *meter = &meters[this_cpu()->index];

	if (event == EVENT_ENTER && env) {
		note_entry(meter, env, now);
		return;
	}
	charge_time(meter, now);
	switch (event) {
	case EVENT_ENTER: /* without env: it was taken away meanwhile */
	case EVENT_IDLE: meter->payer = NULL; break;
	case EVENT_RESUME: note_resume(meter, env); break;
	case EVENT_NEW:
	case EVENT_FREE: forget_client(env); break;
	default: break;
	}
}
