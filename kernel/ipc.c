/* Synchronous IPC: rendezvous of one sender and one receiver, no buffering, no allocation.
 *
 * A waiting env is in exactly one of these states:
 *
 *     state      partner   in the sender queue of   left by
 *     SENDING    who       the partner              partner receives; time-out; partner dies
 *     RECEIVING  who, 0    nobody                   partner sends; time-out; partner dies
 *     RECEIVING  itself    nobody                   time-out (sleep)
 *
 * What a send from S to R does:
 *
 *     R is                            action
 *     RECEIVING from S or anyone      deliver, R goes on (a call: at once, on this CPU)
 *     anything else, no wait          S gets E_NOT_WAITING
 *     anything else                   S queues at R: SENDING
 *
 * What a receive by R does:
 *
 *     from anyone, bits pending       R gets the bits
 *     a fitting sender is queued      deliver; S of a send goes on, S of a call: RECEIVING from R
 *     none, no wait                   R gets E_NOT_WAITING
 *     none                            R: RECEIVING
 *
 * "Stopped" is no IPC state: a stopped env takes part in all of this, and merely is not run.
 * The message of a waiting sender stays in its saved registers and its env page, which only it
 * could write and it does not run. Guarded by the kernel lock. */
#include "kernel/ipc.h"

#include "kernel/clock.h"
#include "kernel/cpu.h"
#include "kernel/debug.h"
#include "kernel/env.h"
#include "kernel/lock.h"
#include "kernel/pagecall.h"
#include "kernel/sched.h"

enum {
	BOTH_PHASES = IPC_SEND | IPC_RECV,
	KNOWN_FLAGS = IPC_SEND | IPC_RECV | IPC_REPLY | IPC_PAGES | IPC_WINDOW | IPC_SEND_NOWAIT |
	              IPC_SEND_TIMEOUT | IPC_RECV_NOWAIT | IPC_RECV_TIMEOUT | IPC_PUBLISH |
	              IPC_WORDS(IPC_WORDS_MASK),
};

static uint32_t words_of(uint32_t flags)
{
	return flags >> IPC_WORDS_SHIFT & IPC_WORDS_MASK;
}

/* ---- checks ---- */

static int check_pages(const struct env *env)
{
	const volatile struct env_page *page = env->page;
	uint32_t va = page->send_va, n = page->send_npages, mode = page->send_mode;
	pte_t rights = PTE_P | (mode & IPC_MODE_WRITABLE ? PTE_W : 0);

	if ((mode & ~IPC_MODE_WRITABLE) > IPC_MODE_COPY || va % PGSIZE || n == 0 ||
	    n > IPC_PAGES_MAX || !space_range_ok(va, n)) {
		return E_INVAL;
	}
	if ((mode & ~IPC_MODE_WRITABLE) == IPC_MODE_COPY) {
		rights = PTE_P;
	}
	for (uint32_t i = 0; i < n; i++) {
		const pte_t *slot = space_find(&env->space, va + i * PGSIZE);

		if (!slot || (*slot & rights) != rights) {
			return E_PERM;
		}
	}
	return OK;
}

static int check_window(const struct env *env)
{
	const volatile struct env_page *page = env->page;
	uint32_t va = page->recv_va, n = page->recv_npages;

	if (va & (PGSIZE - 1) & ~(PTE_W | PTE_SOFT) || n > IPC_PAGES_MAX ||
	    !space_range_ok(va & ~(PGSIZE - 1), n)) {
		return E_INVAL;
	}
	return OK;
}

static int check_call(const struct env *env, uint32_t flags)
{
	int error = OK;

	if (flags & ~KNOWN_FLAGS || words_of(flags) > IPC_WORDS_MAX || !(flags & BOTH_PHASES) ||
	    (flags & IPC_REPLY && !(flags & IPC_SEND))) {
		return E_INVAL;
	}
	if ((flags & (BOTH_PHASES | IPC_REPLY | IPC_RECV_NOWAIT)) ==
	    (BOTH_PHASES | IPC_RECV_NOWAIT)) {
		return E_INVAL; /* nobody can answer at once */
	}
	if (flags & IPC_SEND && flags & IPC_PAGES) {
		error = check_pages(env);
	}
	if (!error && flags & IPC_RECV && flags & IPC_WINDOW) {
		error = check_window(env);
	}
	return error;
}

/* ---- waiting and going on ---- */

static void wait_in(struct env *env, enum ipc_state state, envid_t partner)
{
	uint32_t bounded = state == IPC_SENDING ? IPC_SEND_TIMEOUT : IPC_RECV_TIMEOUT;

	env->ipc = state;
	env->partner = partner;
	env->info->waits = 1;
	env->info->partner = partner;
	env->info->status = ENV_NOT_RUNNABLE;
	if (state == IPC_RECEIVING && env->ipc_flags & IPC_PUBLISH) {
		env->info->ipc_receiving = 1;
		env->info->ipc_window = env->ipc_flags & IPC_WINDOW ? env->page->recv_va : 0;
	}
	if (env->ipc_flags & bounded) {
		clock_wake_after(env,
		                 state == IPC_SENDING ? env->page->send_us : env->page->recv_us);
	}
}

/* The wait is over; the env has its result but is not queued yet. */
static void stop_waiting(struct env *env, int result)
{
	env->ipc = IPC_IDLE;
	env->info->waits = 0;
	env->tf.eax = result;
	if (env->deadline) {
		clock_cancel(env);
	}
}

static void go_on(struct env *env, int result)
{
	stop_waiting(env, result);
	env_wake(env);
}

static void queue_sender(struct env *env, struct env *partner)
{
	env->sender_next = NULL;
	env->sender_prev = partner->senders_tail;
	*(partner->senders_tail ? &partner->senders_tail->sender_next : &partner->senders_head) =
		env;
	partner->senders_tail = env;
}

static void unqueue_sender(struct env *env, struct env *partner)
{
	*(env->sender_prev ? &env->sender_prev->sender_next : &partner->senders_head) =
		env->sender_next;
	*(env->sender_next ? &env->sender_next->sender_prev : &partner->senders_tail) =
		env->sender_prev;
}

/* ---- delivery ---- */

/* Moves the sender's page run into the receiver's window as far as it goes; pages moved. */
static uint32_t deliver_pages(struct env *from, struct env *to)
{
	const volatile struct env_page *out = from->page, *in = to->page;
	uint32_t mode = out->send_mode & ~IPC_MODE_WRITABLE, i;
	uint32_t n = out->send_npages < in->recv_npages ? out->send_npages : in->recv_npages;
	vaddr_t src = out->send_va, dst = in->recv_va & ~(PGSIZE - 1);
	pte_t rights = in->recv_va & (PTE_W | PTE_SOFT);

	if (mode != IPC_MODE_COPY && !(out->send_mode & IPC_MODE_WRITABLE)) {
		rights &= ~PTE_W;
	}
	for (i = 0; i < n; i++, src += PGSIZE, dst += PGSIZE) {
		if (pagecall_send_page(from, src, to, dst, rights, mode == IPC_MODE_COPY)) {
			break;
		}
		if (mode == IPC_MODE_GRANT) {
			space_set(&from->space, src, space_find(&from->space, src), 0);
		}
	}
	space_settle(&from->space);
	space_settle(&to->space);
	return i;
}

/* What JOS's receiver leaves in its public record. */
static void publish(const struct env *from, const struct env *to, uint32_t npages)
{
	to->info->ipc_receiving = 0;
	to->info->ipc_value = from->tf.esi;
	to->info->ipc_from = from->id;
	to->info->ipc_perm = npages ? from->tf.edi : 0;
}

/* Hands the message over. `to` waits, or is the running receiver; `from` likewise. The
 * receiver's wait is over, the sender's is not. Pages moved. */
static uint32_t deliver(struct env *from, struct env *to)
{
	uint32_t nwords = words_of(from->ipc_flags), npages = 0;

	for (uint32_t i = 3; i < nwords; i++) {
		to->page->msg[i] = from->page->msg[i];
	}
	if (from->ipc_flags & IPC_PAGES && to->ipc_flags & IPC_WINDOW) {
		npages = deliver_pages(from, to);
	}
	if (to->ipc_flags & IPC_PUBLISH) {
		publish(from, to, npages);
	}
	stop_waiting(to, nwords | npages << 8);
	to->tf.ebx = from->id;
	to->tf.esi = from->tf.esi;
	to->tf.edi = from->tf.edi;
	to->tf.ebp = from->tf.ebp;
	return npages;
}

static void deliver_pending(struct env *env)
{
	stop_waiting(env, 1);
	env->tf.ebx = 0;
	env->tf.esi = env->pending;
	env->pending = 0;
}

static bool waits_for(const struct env *to, const struct env *from)
{
	return to->ipc == IPC_RECEIVING && (to->partner == 0 || to->partner == from->id);
}

/* ---- receive ---- */

/* Takes the message of queued sender `from`. */
static void take(struct env *env, struct env *from)
{
	uint32_t npages;

	unqueue_sender(from, env);
	npages = deliver(from, env);
	if (from->ipc_flags & IPC_RECV) {
		stop_waiting(from, 0);
		wait_in(from, IPC_RECEIVING, env->id);
		env->awaited = true;
	} else {
		go_on(from, npages << 8);
	}
}

/* The receive phase of the running env. True: it has its message or an error; false: it waits. */
static bool receive(struct env *env, envid_t partner)
{
	struct env *from = env->senders_head;

	if (partner && partner != env->id) {
		from = env_lookup(NULL, partner);
		if (!from) {
			env->tf.eax = E_BAD_ENV;
			return true;
		}
		from->awaited = true;
		from = from->ipc == IPC_SENDING && from->partner == env->id ? from : NULL;
	} else if (partner) {
		from = NULL;
	} else if (env->pending) {
		deliver_pending(env);
		return true;
	}
	if (from) {
		take(env, from);
		return true;
	}
	if (env->ipc_flags & IPC_RECV_NOWAIT) {
		env->tf.eax = E_NOT_WAITING;
		return true;
	}
	wait_in(env, IPC_RECEIVING, partner);
	return false;
}

/* ---- the call ---- */

/* Who runs after a delivery to `to` when the caller waits: `to`, right here on what is left of the slice. */
static struct env *switch_to(struct env *to)
{
	return to->stopped ? NULL : to;
}

static struct env *send(struct env *env, struct env *to)
{
	uint32_t npages;

	if (!waits_for(to, env)) {
		if (env->ipc_flags & IPC_SEND_NOWAIT) {
			env->tf.eax = E_NOT_WAITING;
			return env;
		}
		queue_sender(env, to);
		wait_in(env, IPC_SENDING, to->id);
		return NULL;
	}
	npages = deliver(env, to);
	if (env->ipc_flags & IPC_RECV) {
		to->awaited = true;
		wait_in(env, IPC_RECEIVING, to->id);
		return switch_to(to);
	}
	env->tf.eax = npages << 8;
	env_wake(to);
	return env;
}

static struct env *reply(struct env *env, struct env *to)
{
	bool replied = to && to != env && to->ipc == IPC_RECEIVING && to->partner == env->id;
	uint32_t npages = replied ? deliver(env, to) : 0;

	if (!(env->ipc_flags & IPC_RECV)) {
		env->tf.eax = replied ? (int)(npages << 8) : E_NOT_WAITING;
	} else if (!receive(env, 0)) {
		return replied ? switch_to(to) : NULL;
	}
	if (replied) {
		env_wake(to);
	}
	return env;
}

struct env *ipc_call(struct env *env)
{
	uint32_t flags = env->tf.eax & ~0xFFu;
	envid_t partner = env->tf.ebx;
	struct env *to = env_lookup(NULL, partner);
	int error = check_call(env, flags);

	debug_assert(lock_held() && env->ipc == IPC_IDLE);
	env->ipc_flags = flags;
	if (!error && flags & IPC_SEND && !(flags & IPC_REPLY)) {
		error = !to ? E_BAD_ENV : to == env ? E_INVAL : OK;
	}
	if (error) {
		env->tf.eax = error;
		return env;
	}
	if (flags & IPC_REPLY) {
		return reply(env, to);
	}
	if (flags & IPC_SEND) {
		return send(env, to);
	}
	return receive(env, partner) ? env : NULL;
}

/* ---- events ---- */

void ipc_notify(struct env *env, uint32_t bits)
{
	env->pending |= bits;
	if (env->pending && env->ipc == IPC_RECEIVING && env->partner == 0) {
		deliver_pending(env);
		env_wake(env);
	}
}

void ipc_timed_out(struct env *env)
{
	if (env->ipc == IPC_SENDING) {
		unqueue_sender(env, env_lookup(NULL, env->partner));
	}
	go_on(env, E_TIMEOUT);
}

void ipc_env_died(struct env *env)
{
	if (env->ipc == IPC_SENDING) {
		unqueue_sender(env, env_lookup(NULL, env->partner));
	}
	env->ipc = IPC_IDLE;
	while (env->senders_head) {
		struct env *sender = env->senders_head;

		unqueue_sender(sender, env);
		go_on(sender, E_DEAD);
	}
	if (env->awaited) {
		env_each_awaiting(env, go_on);
	}
}
