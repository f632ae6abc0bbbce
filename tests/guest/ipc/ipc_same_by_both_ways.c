/* A call and its answer carry the same, whichever way either side entered the kernel, and whatever
 * keeps them off the fast path: words of every number, FPU state in the registers, a bound, a
 * window, a published wait, a stop in between, bits that wait already. */
#include "tests/guest/peers.h"
#include "tests/guest/sysenter.h"

ENTER_BOTH_WAYS

enum {
	CALL = SYS_IPC | IPC_SEND | IPC_RECV,
	REPLY = CALL | IPC_REPLY,
	ROUNDS = IPC_WORDS_MAX + 1, /* a round has as many words as its number */
	ALSO_COUNT = 6,
	BIT = 0x00010000,
};

/* What a side asks for besides; each is one more reason for the slow path. */
static const uint32_t also[ALSO_COUNT] = {
	0,           IPC_RECV_TIMEOUT, IPC_WINDOW,
	IPC_PUBLISH, IPC_SEND_TIMEOUT, IPC_WINDOW | IPC_RECV_TIMEOUT,
};

static envid_t client;
static volatile uint32_t server_also;
static volatile bool server_by_int, server_uses_fpu;

static uint32_t word_of(uint32_t round, uint32_t i, uint32_t side)
{
	return round * 1000003 + i * 257 + side;
}

static void put_words(struct entry *entry, uint32_t round, uint32_t side)
{
	entry->esi = word_of(round, 0, side);
	entry->edi = word_of(round, 1, side);
	entry->ebp = word_of(round, 2, side);
	for (uint32_t i = 3; i < IPC_WORDS_MAX; i++) {
		env_page->msg[i] = word_of(round, i, side);
	}
}

static void check_words(const struct entry *entry, uint32_t round, uint32_t side)
{
	CHECK_EQ(entry->eax, round);
	CHECK_EQ(entry->esi, word_of(round, 0, side));
	CHECK_EQ(entry->edi, word_of(round, 1, side));
	CHECK_EQ(entry->ebp, word_of(round, 2, side));
	for (uint32_t i = 3; i < round; i++) {
		CHECK_EQ(env_page->msg[i], word_of(round, i, side));
	}
	for (uint32_t i = round < 3 ? 3 : round; i < IPC_WORDS_MAX; i++) { /* our own, still */
		CHECK_EQ(env_page->msg[i], word_of(round, i, !side));
	}
}

static void load_fpu(uint32_t value)
{
	asm volatile("movd %0, %%xmm3" ::"r"(value));
}

static uint32_t read_fpu(void)
{
	uint32_t value;

	asm volatile("movd %%xmm3, %0" : "=r"(value));
	return value;
}

static void prepare(void)
{
	env_page->send_us = env_page->recv_us = 10000000;
	env_page->recv_va = 0x30000000;
	env_page->recv_npages = 1;
	memset((void *)env_page->user, 0, sizeof(env_page->user));
}

static void check_user_words(void)
{
	for (uint32_t i = 0; i < sizeof(env_page->user) / 4; i++) {
		CHECK_EQ(env_page->user[i], 0);
	}
}

static void server(uint32_t arg)
{
	struct entry entry = {.eax = SYS_IPC | IPC_RECV};

	(void)arg;
	prepare();
	put_words(&entry, 0, 0); /* what the first client must find untouched */
	by_best(&entry);
	for (;;) {
		uint32_t round = entry.eax, mine = round + 77;
		entry_fn *call = server_by_int ? by_int : by_best;
		bool fpu = server_uses_fpu;

		CHECK_EQ(entry.ebx, client);
		CHECK_EQ(entry.esi, word_of(round, 0, 1));
		for (uint32_t i = 3; i < round; i++) {
			CHECK_EQ(env_page->msg[i], word_of(round, i, 1));
		}
		put_words(&entry, round, 0);
		entry.eax = REPLY | server_also | IPC_WORDS(round);
		if (fpu) {
			load_fpu(mine);
		}
		if (round % 6 == 5) {
			CHECK_EQ(sys_notify(0, BIT), OK);
		}
		call(&entry);
		if (round % 6 == 5) {
			CHECK_EQ(entry.ebx, 0);
			CHECK_EQ(entry.esi, BIT);
			entry.eax = SYS_IPC | IPC_RECV | server_also;
			call(&entry);
		}
		CHECK(!fpu || read_fpu() == mine);
		check_user_words();
	}
}

static void one_call(envid_t peer, uint32_t round, entry_fn *call, uint32_t flags, bool fpu)
{
	struct entry entry = {.ebx = (uint32_t)peer, .eax = CALL | flags | IPC_WORDS(round)};

	put_words(&entry, round, 1);
	if (fpu) {
		load_fpu(round);
	}
	call(&entry);
	CHECK(!fpu || read_fpu() == round);
	CHECK_EQ(entry.ebx, peer);
	check_words(&entry, round, 0);
}

/* The number of words that is too much, at either side: refused, and nothing written anywhere. */
static void check_too_many(envid_t peer, entry_fn *call)
{
	struct entry entry = {.ebx = (uint32_t)peer};

	for (uint32_t n = IPC_WORDS_MAX + 1; n <= IPC_WORDS_MASK; n++) {
		entry.eax = CALL | IPC_WORDS(n);
		call(&entry);
		CHECK_EQ((int)entry.eax, E_INVAL);
	}
}

int main(void)
{
	envid_t peer;

	client = env_page->id;
	peer = peer_start(server, 0);
	prepare();
	for (uint32_t round = 0; round < ROUNDS * 8; round++) {
		entry_fn *call = round & 1 ? by_best : by_int;

		server_by_int = (round & 2) != 0;
		server_uses_fpu = round % 5 == 0;
		server_also = also[round / 3 % ALSO_COUNT];
		one_call(peer, round % ROUNDS, call, also[round % ALSO_COUNT], round % 7 == 0);
		if (round % 11 == 0) { /* it waits for us or anyone, stopped, and runs on */
			CHECK_EQ(sys_env_set(peer, ENV_RUN, 0), OK);
			CHECK_EQ(sys_env_set(peer, ENV_RUN, 1), OK);
		}
		if (round % 13 == 0) {
			check_too_many(peer, call);
		}
		check_user_words();
	}
	peer_kill(peer);
	return 0;
}
