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
 *     from anyone, bits at turn       R gets the bits
 *     a fitting sender is queued      deliver; S of a send goes on, S of a call: RECEIVING from R
 *     none, no wait                   R gets E_NOT_WAITING
 *     none                            R: RECEIVING
 *
 * A page fault on path `ipc` is a call, too, that the kernel makes for the env (faultcall.c).
 *
 * After a plain send to a receive that publishes (JOS's) both are ready, and S runs here, R behind
 * it: no other CPU is woken for R, for that one might be faster.
 *
 * "Stopped" is no IPC state: a stopped env takes part in all of this, and merely is not run.
 * The message of a waiting sender stays in its saved registers and its env page, which only it
 * could write and it does not run. Guarded by the kernel lock. */
#include "kernel/ipc/ipc.h"

#include "kernel/base/debug.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/state.h"
#include "kernel/ipc/deadline.h"
#include "kernel/ipc/faultcall.h"
#include "kernel/memory/place.h"
#include "kernel/sched/clock.h"
#include "kernel/sched/sched.h"

enum {
	BOTH_PHASES = IPC_SEND | IPC_RECV,
	KNOWN_FLAGS = IPC_SEND | IPC_RECV | IPC_REPLY | IPC_PAGES | IPC_WINDOW | IPC_SEND_NOWAIT |
	              IPC_SEND_TIMEOUT | IPC_RECV_NOWAIT | IPC_RECV_TIMEOUT | IPC_PUBLISH |
	              IPC_FAULT_CALL | IPC_WORDS(IPC_WORDS_MASK),
	FAULT_BARS = IPC_REPLY | IPC_SEND_TIMEOUT | IPC_RECV_TIMEOUT, /* not with IPC_FAULT_CALL */
};

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
		if ((space_entry(&env->space, va + i * PGSIZE) & rights) != rights) {
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
	    !space_range_ok(va, n)) {
		return E_INVAL;
	}
	return OK;
}

static int check_call(const struct env *env, uint32_t flags)
{
	int error = OK;

	if (flags & ~KNOWN_FLAGS || ipc_words(flags) > IPC_WORDS_MAX || !(flags & BOTH_PHASES) ||
	    (flags & IPC_REPLY && !(flags & IPC_SEND))) {
		return E_INVAL;
	}
	if ((flags & (BOTH_PHASES | IPC_REPLY | IPC_RECV_NOWAIT)) ==
	    (BOTH_PHASES | IPC_RECV_NOWAIT)) {
		return E_INVAL; /* nobody can answer at once */
	}
	if (flags & IPC_FAULT_CALL && (flags & (BOTH_PHASES | FAULT_BARS)) != BOTH_PHASES) {
		return E_INVAL;
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

/* Who may end its wait to receive from `partner` on the fast path. A time-out that starts later
 * closes that (clock_wake_after). */
static envid_t fast_partner(const struct env *env, envid_t partner)
{
	return env->tf.vector == VEC_SYSENTER && !(ipc_flags(env) & IPC_PUBLISH) && !env->stopped &&
	                       !env->nports && !env->deadline
	               ? partner
	               : FAST_NOBODY;
}

static void wait_for_partner(struct env *env, enum env_waits waits, envid_t partner)
{
	uint32_t bounded = waits == WAITS_TO_SEND ? IPC_SEND_TIMEOUT : IPC_RECV_TIMEOUT;

	state_wait(env, waits, partner,
	           waits == WAITS_TO_RECEIVE ? fast_partner(env, partner) : FAST_NOBODY);
	if (waits == WAITS_TO_RECEIVE && ipc_flags(env) & IPC_PUBLISH) {
		env->info->ipc_receiving = 1;
		env->info->ipc_window = ipc_flags(env) & IPC_WINDOW ? env->page->recv_va : 0;
	}
	if (ipc_flags(env) & bounded) {
		clock_wake_after(env,
		                 waits == WAITS_TO_SEND ? env->page->send_us : env->page->recv_us);
	}
	deadline_begin(env);
}

void ipc_end_wait(struct env *env, int result)
{
	state_end_wait(env);
	if (env->in_fault_call) {
		state_end_fault_call(env, result);
	} else {
		env->tf.eax = result;
	}
	if (env->deadline) {
		clock_cancel(env);
	}
}

static void end_wait_and_wake(struct env *env, int result)
{
	ipc_end_wait(env, result);
	sched_wake(env);
}

static struct env *first_sender(const struct env *env)
{
	return list_owner(env->senders.first, struct env, sender_node);
}

static void unqueue_sender(struct env *env, struct env *partner)
{
	if (partner->bits_after == &env->sender_node) {
		partner->bits_after = env->sender_node.prev;
	}
	list_remove(&partner->senders, &env->sender_node);
}

/* ---- delivery ---- */

/* Where a receiver takes pages: address | PTE_W, PTE_SOFT bits. */
struct window {
	vaddr_t va_rights;
	uint32_t npages;
};

/* An env in a fault call takes them from the page on that it touched, with the bits that the answer
 * says. */
static inline __attribute__((always_inline)) struct window window_of(const struct env *from,
                                                                     const struct env *to)
{
	const volatile struct env_page *page = to->page;
	vaddr_t va = to->fault_va & ~(PGSIZE - 1);

	if (to->in_fault_call) {
		return (struct window){va | PTE_W | (from->tf.edi & PTE_SOFT),
		                       va < UTOP ? (UTOP - va) >> PGSHIFT : 0};
	}
	return (struct window){page->recv_va, ipc_flags(to) & IPC_WINDOW ? page->recv_npages : 0};
}

int ipc_move_pages(struct env *from, struct env *to)
{
	const volatile struct env_page *out = from->page;
	struct window in = window_of(from, to);
	uint32_t mode = out->send_mode & ~IPC_MODE_WRITABLE;
	uint32_t n = out->send_npages < in.npages ? out->send_npages : in.npages;
	vaddr_t dst = in.va_rights;

	if (mode != IPC_MODE_COPY && !(out->send_mode & IPC_MODE_WRITABLE)) {
		dst &= ~PTE_W;
	}
	return place_send(&from->space, out->send_va, &to->space, dst, n, mode);
}

/* What JOS's receiver leaves in its public record. */
static void publish_message(const struct env *to, uint32_t npages)
{
	to->info->ipc_receiving = 0;
	to->info->ipc_value = to->tf.esi;
	to->info->ipc_from = to->tf.ebx;
	to->info->ipc_perm = npages ? to->tf.edi : 0;
}

/* Hands the message over. `to` waits, or is the running receiver; `from` likewise. The
 * receiver's wait is over, the sender's is not. Pages moved. */
static uint32_t deliver_message(struct env *from, struct env *to)
{
	uint32_t nwords = ipc_words(ipc_flags(from));
	int npages = 0;

	if (to->in_fault_call) {
		return faultcall_take_answer(from, to);
	}
	to->tf.ebx = from->id;
	if (from->in_fault_call) {
		faultcall_write_message(from, to);
	} else {
		for (uint32_t i = 3; i < nwords; i++) {
			to->page->msg[i] = from->page->msg[i];
		}
		to->tf.esi = from->tf.esi;
		to->tf.edi = from->tf.edi;
		to->tf.ebp = from->tf.ebp;
	}
	if (ipc_flags(from) & IPC_PAGES) {
		npages = ipc_move_pages(from, to);
		npages = npages < 0 ? 0 : npages;
	}
	if (ipc_flags(to) & IPC_PUBLISH) {
		publish_message(to, npages);
	}
	ipc_end_wait(to, nwords | npages << 8);
	return npages;
}

static void deliver_pending(struct env *env)
{
	ipc_end_wait(env, 1);
	env->tf.ebx = 0;
	env->tf.esi = env->pending;
	env->pending = 0;
	env->bits_after = NULL;
}

static bool waits_for(const struct env *to, const struct env *from)
{
	return to->info->waits == WAITS_TO_RECEIVE &&
	       (to->info->partner == 0 || to->info->partner == from->id);
}

/* ---- receive ---- */

/* Takes the message of queued sender `from`. Who goes on here. */
static struct env *take_queued_message(struct env *env, struct env *from)
{
	bool sender_first = ipc_flags(env) & IPC_PUBLISH && !from->stopped;
	uint32_t npages;

	unqueue_sender(from, env);
	npages = deliver_message(from, env);
	if (ipc_flags(from) & IPC_RECV) {
		if (from->deadline && !(ipc_flags(from) & IPC_FAULT_CALL)) {
			clock_cancel(from); /* the send's; that of a fault call goes on */
		}
		wait_for_partner(from, WAITS_TO_RECEIVE, env->id);
		state_note_awaited(env);
	} else if (sender_first) {
		ipc_end_wait(from, npages << 8);
		sched_enqueue_behind(env, env->space.cpu);
		return from;
	} else {
		end_wait_and_wake(from, npages << 8);
	}
	return env;
}

/* The receive phase of the running env. Who goes on here: the env, with its message or an error, or
 * the sender, and then it has its message; NULL: it waits. */
static struct env *receive_message(struct env *env, envid_t partner)
{
	struct env *from = first_sender(env);

	if (partner && partner != env->id) {
		from = env_lookup(NULL, partner);
		if (!from) {
			env->tf.eax = E_BAD_ENV;
			return env;
		}
		state_note_awaited(from);
		from = from->info->waits == WAITS_TO_SEND && from->info->partner == env->id ? from
		                                                                            : NULL;
	} else if (partner) {
		from = NULL;
	} else if (env->pending && (!env->bits_after || env->pending & IPC_BITS_IRQ)) {
		deliver_pending(env);
		return env;
	}
	if (from) {
		return take_queued_message(env, from);
	}
	if (ipc_flags(env) & IPC_RECV_NOWAIT) {
		env->tf.eax = E_NOT_WAITING;
		return env;
	}
	wait_for_partner(env, WAITS_TO_RECEIVE, partner);
	return NULL;
}

/* ---- the call ---- */

/* Who runs after a delivery to `to` when the caller waits: `to`, right here on what is left of the
 * slice. */
static struct env *run_receiver(struct env *to)
{
	return to->stopped ? NULL : to;
}

/* Who runs on the slice of `env`, which waits for `to`: who that one waits for in the end, if that
 * one only wants a CPU. So a server whose turn ended on the way is not kept from who calls it until
 * all others had theirs. It loses its place in the queue, so only servers and one's own pager may
 * be helped, who need none: who calls next brings a slice, too. */
static struct env *donate_slice(const struct env *env, struct env *to)
{
	enum { CHAIN_MAX = 4 };

	for (uint32_t i = 0; i < CHAIN_MAX && to && to->info->waits; i++) {
		to = env_lookup(NULL, to->info->partner);
	}
	if (!to || !to->runner.on || (to->space.use && to->id != env->info->pager)) {
		return NULL;
	}
	return runqueue_call(env->space.cpu->queue, &to->runner, sched_now()) ? to : NULL;
}

struct env *ipc_send(struct env *env, struct env *to)
{
	uint32_t npages;
	bool publishes;

	if (!waits_for(to, env)) {
		if (ipc_flags(env) & IPC_SEND_NOWAIT) {
			env->tf.eax = E_NOT_WAITING;
			return env;
		}
		list_insert(&to->senders, &env->sender_node, NULL);
		wait_for_partner(env, WAITS_TO_SEND, to->id);
		return donate_slice(env, to);
	}
	publishes = ipc_flags(to) & IPC_PUBLISH;
	npages = deliver_message(env, to);
	if (ipc_flags(env) & IPC_RECV) {
		state_note_awaited(to);
		wait_for_partner(env, WAITS_TO_RECEIVE, to->id);
		return run_receiver(to);
	}
	env->tf.eax = npages << 8;
	if (!publishes) {
		sched_wake(to);
	} else if (!to->stopped) {
		sched_enqueue_behind(to, env->space.cpu);
	}
	return env;
}

static struct env *send_reply(struct env *env, struct env *to)
{
	bool replied = to && to != env && to->info->waits == WAITS_TO_RECEIVE &&
	               to->info->partner == env->id;
	uint32_t npages = replied ? deliver_message(env, to) : 0;
	struct env *next = env;

	if (!(ipc_flags(env) & IPC_RECV)) {
		env->tf.eax = replied ? (int)(npages << 8) : E_NOT_WAITING;
	} else if (!(next = receive_message(env, 0))) {
		return replied ? run_receiver(to) : NULL;
	}
	if (replied) {
		sched_wake(to);
	}
	return next;
}

struct env *ipc_call(struct env *env)
{
	uint32_t flags = env->tf.eax & ~0xFFu;
	envid_t partner = env->tf.ebx;
	struct env *to = env_lookup(NULL, partner);
	int error = check_call(env, flags);

	debug_assert(lock_held() && !env->info->waits);
	if (!error && flags & IPC_SEND && !(flags & IPC_REPLY)) {
		error = !to ? E_BAD_ENV : to == env ? E_INVAL : OK;
	}
	if (error) {
		env->tf.eax = error;
		return env;
	}
	if (flags & IPC_REPLY) {
		return send_reply(env, to);
	}
	if (flags & IPC_SEND) {
		return ipc_send(env, to);
	}
	return receive_message(env, partner);
}

/* ---- the fast paths ---- */

bool ipc_check_hand_over(const struct env *from, const struct env *to, envid_t partner)
{
	assert(lock_held() || (lock_own_held() && to->space.cpu == this_cpu()));
	assert(this_cpu()->env == from && from->info->status == ENV_RUNNING);
	assert(partner ? partner == to->id : !from->pending && !from->senders.first);
	assert(to->life == LIFE_ALIVE && to->info->waits == WAITS_TO_RECEIVE && !to->stopped);
	assert(to->info->partner == from->id || (!to->info->partner && !to->in_fault_call));
	assert(to->in_fault_call || (to->fast_partner == to->info->partner && !to->deadline &&
	                             !to->nports && !(to->tf.eax & IPC_PUBLISH)));
	return true;
}

bool ipc_pass_page(struct env *from, struct env *to)
{
	const volatile struct env_page *out = from->page;
	struct window in = window_of(from, to);

	return in.npages > 0 && out->send_npages == 1 &&
	       place_pass(&from->space, out->send_va, out->send_mode, &to->space, in.va_rights);
}

/* ---- events ---- */

void ipc_notify(struct env *env, uint32_t bits)
{
	if (!env->pending) {
		env->bits_after = env->senders.last;
	}
	env->pending |= bits;
	if (env->pending && env->info->waits == WAITS_TO_RECEIVE && env->info->partner == 0) {
		deliver_pending(env);
		sched_wake(env);
	}
}

void ipc_give_up(struct env *env, int result)
{
	if (env->info->waits == WAITS_TO_SEND) {
		unqueue_sender(env, env_lookup(NULL, env->info->partner));
	}
	end_wait_and_wake(env, result);
}

/* Its partner died. One in a fault call waits for another pager. */
static void partner_died(struct env *env)
{
	if (env->in_fault_call) {
		clock_cancel(env);
		faultcall_await_pager(env);
	} else {
		end_wait_and_wake(env, E_DEAD);
	}
}

void ipc_env_died(struct env *env)
{
	struct env *sender;

	if (env->info->waits == WAITS_TO_SEND) {
		unqueue_sender(env, env_lookup(NULL, env->info->partner));
	}
	state_end_wait(env);
	while ((sender = first_sender(env))) {
		unqueue_sender(sender, env);
		partner_died(sender);
	}
	for (uint32_t i = 0; env->awaited && i < NENV; i = env_next_slot(i)) {
		if (envs[i].life == LIFE_ALIVE && waits_for(&envs[i], env) &&
		    env_records[i].partner) {
			partner_died(&envs[i]);
		}
	}
}
