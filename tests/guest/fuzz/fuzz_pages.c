/* timeout: 120
 * Page calls and messages with pages, at random, on several CPUs: nobody ever sees a page that he
 * may not, or writes to one that he may only read. `make fuzz` runs more of it.
 *
 * Four peers have the same slots, each in a space of its own. All peers act on their own slots;
 * peer 0 is the others' pager and acts on theirs, too; so does the test, which controls all. A page
 * that a peer allocates is filled with a mark that no other page has. The oracle, in memory that
 * all share, says for each slot what is in it, and for each mark who may see it:
 *
 *     a call that gives q a page with mark m    may[m][q]++ before it
 *     a call that takes it away                 may[m][q]-- behind it; if it is 0 then,
 *                                               gone[m][q] = now
 *
 * Who acts on a slot has its lock, so with the lock the slot's page is exactly what the oracle
 * says, as are the results of calls. Without it, a mark that q reads is one that q may see at some
 * time between the begin and the end of the read. Where nothing is, a read faults. New pages are
 * zero.
 *
 * Peer 0 and the test mostly act; the others mostly look, many times without entering the kernel:
 * so what their TLBs should have forgotten shows. One peer may be killed at any moment: its locks
 * stay taken, and what it had is nobody's. */
#define PEER_STACK 8192
#include "tests/guest/fuzz/fuzz.h"
#include "tests/guest/peers.h"

enum {
	PEERS = 4,
	TEST = PEERS, /* as an actor */
	SLOTS = 12,
	MARKS = 1024, /* of a round */
	STEPS = 600,  /* of a peer, in a round */
	PROBES = 64,
	WAIT_US = 1000,
};

#define SLOT(s) (AREA + PGSIZE * (s))

struct slot {
	uint32_t lock; /* actor + 1 */
	uint32_t mark; /* 0: a page of zeros */
	bool present, writable;
};

static struct slot slots[PEERS][SLOTS];
static uint32_t may[MARKS][PEERS], gone[MARKS][PEERS];
static uint32_t clock_now, last_mark, calls_done, refused;
static envid_t ids[PEERS];
static volatile bool over;
static volatile uint32_t
	inbox[PEERS]; /* who wants to send to it, + 1; to its slot with his number */

/* ---- probes: an access, or 0 if it faults ---- */

asm(".text\n"
    "probe_read: movl 4(%esp), %edx; movl (%edx), %eax; movl 8(%esp), %edx; movl %eax, (%edx)\n"
    "	movl $1, %eax; ret\n"
    "probe_write: movl 4(%esp), %edx; movl 8(%esp), %eax; movl %eax, (%edx)\n"
    "	movl $1, %eax; ret\n"
    "probe_end:\n"
    "probe_upcall: movl 40(%esp), %eax; cmpl $probe_read, %eax; jb 1f\n"
    "cmpl $probe_end, %eax; jae 1f\n"
    "	movl 48(%esp), %esp; xorl %eax, %eax; ret\n"
    "1:	ud2\n");
int probe_read(vaddr_t va, uint32_t *value);
int probe_write(vaddr_t va, uint32_t value);
void probe_upcall(void);

/* ---- the oracle ---- */

static _Noreturn void found(const char *what, uint32_t who, uint32_t a, uint32_t b, int c)
{
	over = true;
	printf("round %u: peer %u: %s: %u, %u, %d\n", fuzz.round, who, what, a, b, c);
	fuzz_end();
}

static bool try_lock(uint32_t actor, uint32_t q, uint32_t s)
{
	return __sync_bool_compare_and_swap(&slots[q][s].lock, 0, actor + 1);
}

static void unlock(uint32_t q, uint32_t s)
{
	__atomic_store_n(&slots[q][s].lock, 0, __ATOMIC_SEQ_CST);
}

static void give(uint32_t mark, uint32_t q)
{
	__sync_fetch_and_add(&may[mark][q], 1);
}

static void take(uint32_t mark, uint32_t q)
{
	gone[mark][q] = __sync_add_and_fetch(
		&clock_now, 1); /* first: a look between the two finds one of them */
	__sync_fetch_and_sub(&may[mark][q], 1);
}

static void empty(uint32_t q, struct slot *slot)
{
	if (slot->present) {
		take(slot->mark, q);
	}
	slot->present = slot->writable = false;
}

/* The slot has this now, for which may[] counts already. */
static void fill(uint32_t q, struct slot *slot, uint32_t mark, bool writable)
{
	empty(q, slot);
	slot->mark = mark;
	slot->present = true;
	slot->writable = writable;
}

/* ---- looks ---- */

static void look_unlocked(uint32_t me, struct dice *dice)
{
	uint32_t s = dice_below(dice, SLOTS), value = 0;
	uint32_t before = __atomic_load_n(&clock_now, __ATOMIC_SEQ_CST);

	if (probe_read(SLOT(s) + (dice_once_in(dice, 2) ? PGSIZE - 4 : 0), &value) && value != 0) {
		if (value >= MARKS) {
			found("no mark at all", me, s, value, 0);
		}
		if (__atomic_load_n(&may[value][me], __ATOMIC_SEQ_CST) == 0 &&
		    (int32_t)(gone[value][me] - before) <= 0) {
			found("sees a mark that it may not see", me, s, value,
			      (int)slots[me][s].mark);
		}
	}
}

static void look_locked(uint32_t me, struct dice *dice)
{
	uint32_t s = dice_below(dice, SLOTS), value = 0;
	struct slot *slot = &slots[me][s];

	if (!try_lock(me, me, s)) {
		return;
	}
	int there = probe_read(SLOT(s), &value);
	if (there != slot->present) {
		found("reads where nothing is, or not where a page is", me, s, value, there);
	}
	if (there && value != slot->mark) {
		found("reads another page", me, s, value, (int)slot->mark);
	}
	if (probe_write(SLOT(s), slot->mark) != (slot->present && slot->writable)) {
		found("writes where it may not, or not where it may", me, s, slot->mark,
		      slot->writable);
	}
	unlock(me, s);
}

/* ---- calls ---- */

/* Killed, or at its end. */
static bool somebody_is_dead(void)
{
	for (uint32_t i = 0; i < PEERS; i++) {
		if (!env_lives(ids[i])) {
			return true;
		}
	}
	return false;
}

static void expect(uint32_t actor, const char *what, int got, int wanted)
{
	__sync_fetch_and_add(&calls_done, 1);
	if (got < 0) {
		__sync_fetch_and_add(&refused, 1);
	}
	if (got != wanted && !(got == E_BAD_ENV && somebody_is_dead())) {
		found(what, actor, (uint32_t)got, (uint32_t)wanted, 0);
	}
}

/* A fresh page, marked if it is one's own; 0: marks have run out. */
static void call_alloc(uint32_t actor, uint32_t q, uint32_t s)
{
	uint32_t mark = actor == q ? __sync_add_and_fetch(&last_mark, 1) : 0;

	if (mark >= MARKS) {
		return;
	}
	give(mark, q);
	int done = sys_page_alloc(ids[q], SLOT(s) | PTE_W, 1);
	expect(actor, "alloc", done, 1);
	if (done == 1) {
		fill(q, &slots[q][s], mark, true);
	}
	if (mark) {
		uint32_t value = 0;

		if (!probe_read(SLOT(s), &value) || value != 0) {
			found("a new page is not zero", actor, s, value, 0);
		}
		words_at(SLOT(s))[WORDS - 1] = mark;
		words_at(SLOT(s))[0] = mark;
	}
}

static void call_unmap(uint32_t actor, uint32_t q, uint32_t s)
{
	int done = sys_page_unmap(ids[q], SLOT(s), 1);

	expect(actor, "unmap", done, 1);
	if (done == 1) {
		empty(q, &slots[q][s]);
	}
}

/* Drops W; or asks for it, which is for the only mapping. */
static void call_mark(uint32_t actor, uint32_t q, uint32_t s, bool writable)
{
	struct slot *slot = &slots[q][s];
	int done;

	if (!slot->present) {
		return;
	}
	done = sys_page_mark(ids[q], SLOT(s), PTE_P | (writable ? PTE_W : 0), 1);
	expect(actor, "mark", done, done == E_SHARED && writable && !slot->writable ? E_SHARED : 1);
	if (done == 1) {
		slot->writable = writable;
	}
}

static void call_map(uint32_t actor, uint32_t p, uint32_t from, uint32_t q, uint32_t to,
                     bool writable)
{
	struct slot *source = &slots[p][from];
	uint32_t mark = source->mark;
	int wanted = !source->present ? E_FAULT : writable && !source->writable ? E_PERM : 1;

	give(mark, q);
	int done = sys_page_map(ids[p], SLOT(from), ids[q], SLOT(to) | (writable ? PTE_W : 0), 1);
	expect(actor, "map", done, wanted);
	if (done == 1) {
		fill(q, &slots[q][to], mark, writable);
	} else {
		take(mark, q);
	}
}

/* A copy in a frame of its own; with UNSHARE the frame itself, where this entry is its only
 * mapping. */
static void call_copy(uint32_t actor, uint32_t p, uint32_t from, uint32_t q, uint32_t to)
{
	struct slot *source = &slots[p][from];
	uint32_t mark = source->mark, flags = p == q && from == to ? PAGE_UNSHARE : 0;

	give(mark, q);
	int done = sys_page_fill(ids[q], SLOT(to) | PTE_W | flags, ids[p], SLOT(from), 1);
	expect(actor, "copy", done, source->present ? 1 : E_FAULT);
	if (done == 1) {
		fill(q, &slots[q][to], mark, true);
	} else {
		take(mark, q);
	}
}

/* One page to an empty slot of another; writable ones lose W on both sides. */
static void call_share(uint32_t actor, uint32_t p, uint32_t from, uint32_t q, uint32_t to)
{
	struct slot *source = &slots[p][from];
	uint32_t mark = source->mark;

	if (from != to || p == q || slots[q][to].present || !source->present) {
		return;
	}
	give(mark, q);
	int done = sys_page_share(ids[p], SLOT(from) | PTE_SHARE, ids[q], SLOT(to) | PTE_COW, 1);
	expect(actor, "share", done, 1);
	if (done == 1) {
		source->writable = false;
		fill(q, &slots[q][to], mark, false);
	} else {
		take(mark, q);
	}
}

/* ---- messages ---- */

static int ipc(uint32_t flags, envid_t partner)
{
	struct syscall_regs regs = {.ebx = (uint32_t)partner};

	return syscall_raw(SYS_IPC | flags, &regs);
}

/* Takes what somebody wants to send. He has locked the slot for it; it is always the same, for by
 * the time that we take something it may be his next message. */
static void receive(uint32_t me)
{
	uint32_t from = inbox[me];

	if (from == 0) {
		return;
	}
	env_page->recv_us = WAIT_US;
	set_window(SLOT(from - 1) | PTE_W, 1);
	(void)ipc(IPC_RECV | IPC_WINDOW | IPC_RECV_TIMEOUT, ids[from - 1]);
}

/* One's own page to another peer: shared, moved, or copied. It takes it, or is too busy with its
 * own. */
static void send(uint32_t me, uint32_t from, uint32_t q, uint32_t to, struct dice *dice)
{
	static const uint32_t modes[] = {IPC_MODE_MAP, IPC_MODE_MAP | IPC_MODE_WRITABLE,
	                                 IPC_MODE_GRANT, IPC_MODE_GRANT | IPC_MODE_WRITABLE,
	                                 IPC_MODE_COPY};
	struct slot *source = &slots[me][from];
	uint32_t mark = source->mark, mode = DICE_OF(dice, modes), kind = mode & ~IPC_MODE_WRITABLE;
	bool writable = kind == IPC_MODE_COPY || (source->writable && (mode & IPC_MODE_WRITABLE));

	if (q == me || !source->present || ((mode & IPC_MODE_WRITABLE) && !source->writable) ||
	    !__sync_bool_compare_and_swap(&inbox[q], 0, me + 1)) {
		return;
	}
	give(mark, q);
	set_run(SLOT(from), 1, mode);
	env_page->send_us = 4 * WAIT_US;
	int result = ipc(IPC_SEND | IPC_PAGES | IPC_SEND_TIMEOUT, ids[q]);
	inbox[q] = 0;
	__sync_fetch_and_add(&calls_done, 1);
	if (result >= 0 && IPC_GOT_PAGES(result) == 1) {
		fill(q, &slots[q][to], mark, writable);
		if (kind == IPC_MODE_GRANT) {
			empty(me, source);
		}
	} else if (result >= 0 || result == E_TIMEOUT || result == E_DEAD || result == E_BAD_ENV) {
		take(mark, q); /* the window was for another message, or none */
	} else {
		found("send", me, from, to, result);
	}
}

/* ---- peers ---- */

static void act_on(uint32_t actor, uint32_t p, uint32_t from, uint32_t q, uint32_t to,
                   struct dice *dice)
{
	switch (dice_below(dice, 10)) {
	case 0:
	case 1: call_alloc(actor, q, to); break;
	case 2: call_unmap(actor, q, to); break;
	case 3: call_mark(actor, q, to, dice_once_in(dice, 2)); break;
	case 4: call_copy(actor, p, from, q, to); break;
	case 5: call_copy(actor, q, to, q, to); break;
	case 6: call_share(actor, p, from, q, to); break;
	default: call_map(actor, p, from, q, to, dice_once_in(dice, 2)); break;
	}
}

/* Something with two slots, if nobody else is at them. */
static void act(uint32_t actor, struct dice *dice)
{
	bool all = actor == TEST || actor == 0;
	uint32_t p = all ? dice_below(dice, PEERS) : actor,
		 q = all ? dice_below(dice, PEERS) : actor;
	uint32_t from = dice_below(dice, SLOTS),
		 to = dice_once_in(dice, 3) ? from : dice_below(dice, SLOTS);
	bool sends = actor != TEST && dice_once_in(dice, 4);

	if (sends) {
		p = actor;
		q = dice_below(dice, PEERS);
		to = actor;
	}
	if (!try_lock(actor, q, to)) {
		return;
	}
	bool same = p == q && from == to;
	if (same || try_lock(actor, p, from)) {
		if (sends) {
			send(actor, from, q, to, dice);
		} else {
			act_on(actor, p, from, q, to, dice);
		}
		if (!same) {
			unlock(p, from);
		}
	}
	unlock(q, to);
}

static void peer_body(uint32_t me)
{
	struct dice dice = fuzz_dice(me, 0);

	for (uint32_t i = 0; i < STEPS && !over; i++) {
		if (me == 0 || dice_once_in(&dice, 4)) {
			act(me, &dice);
		}
		receive(me);
		for (uint32_t n = me == 0 ? 1 : dice_below(&dice, PROBES); n > 0; n--) {
			look_unlocked(me, &dice);
			look_locked(me, &dice);
		}
	}
}

/* ---- rounds ---- */

static void make_peers(void)
{
	for (uint32_t i = 0; i < PEERS; i++) {
		ids[i] = peer_make(peer_body, i);
		give_xstack(ids[i]);
		CHECK_EQ(sys_env_set(ids[i], ENV_UPCALL, (uint32_t)probe_upcall), OK);
		CHECK_EQ(sys_env_set(ids[i], ENV_PAGER, i == 0 ? 0 : (uint32_t)ids[0]), OK);
	}
	for (uint32_t i = 0; i < PEERS; i++) {
		env_run(ids[i]);
	}
}

static bool anybody_lives(void)
{
	for (uint32_t i = 0; i < PEERS; i++) {
		if (env_lives(ids[i])) {
			return true;
		}
	}
	return false;
}

static void play(void)
{
	struct dice dice = fuzz_dice(TEST, 0);
	uint32_t victim = 1 + dice_below(&dice, PEERS), moment = dice_below(&dice, 4 * STEPS);

	memset(slots, 0, sizeof(slots));
	memset(may, 0, sizeof(may));
	memset(gone, 0, sizeof(gone));
	memset((void *)inbox, 0, sizeof(inbox));
	last_mark = 0;
	over = false;
	make_peers();
	for (uint32_t i = 0; anybody_lives(); i++) {
		if (victim < PEERS && i == moment) {
			CHECK_EQ(sys_env_destroy(ids[victim], 0) == OK || !env_lives(ids[victim]),
			         true);
		}
		if (i < STEPS && victim >= PEERS) {
			act(TEST, &dice);
		} else {
			relax();
		}
	}
	for (uint32_t i = 0; i < PEERS; i++) {
		if (!peer_of(ids[i])->finished && i != victim) {
			printf("round %u: peer %u did not end well\n", fuzz.round, i);
			exit(1);
		}
		peer_of(ids[i])->id = 0;
	}
	CHECK(!over);
}

int main(int argc, char *argv[])
{
	fuzz.steps = 2500;
	fuzz_arguments(argc, argv);
	fuzz.round = fuzz.only >= 0 ? (uint32_t)fuzz.only : 0;
	play();
	struct sysinfo before = settled_info();
	do {
		printf("round %u: %u before it\n", fuzz.round, calls_done);
		play();
		struct sysinfo after = settled_info();
		CHECK_EQ(after.envs, before.envs);
		CHECK_EQ(after.frames_free, before.frames_free);
		CHECK_EQ(after.frames_shared, before.frames_shared);
		fuzz.round++;
	} while (fuzz.only < 0 && calls_done < fuzz.steps);
	printf("%u in %u rounds, %u refused\n", calls_done, fuzz.round, refused);
	return 0;
}
