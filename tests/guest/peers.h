/* Peers: envs that a test makes for itself and controls. They run functions of the test program and
 * share its memory from UTEXT to the end of bss, like threads; each has a stack of its own and
 * its own env page. What they find out they write into static variables.
 *
 * All of the memory is made present and writable first, so that nobody faults and peers need
 * neither upcall nor exception stack. A test with peers must not fork: that would take the memory
 * apart.
 *
 * Nobody sleeps to wait for another: await_ipc looks at the public record until the peer
 * waits in the kernel, all else goes by messages.
 *
 * CHECK works in a peer: it prints, and ends the peer; peer_join and peers_end notice. */
#pragma once

#include "libsys/fault.h"
#include "libsys/ipc.h"
#include "libsys/time.h"
#include "tests/guest/check.h"

#ifndef PEERS_MAX
#define PEERS_MAX 8
#endif
#ifndef PEER_STACK
#define PEER_STACK 4096
#endif

enum {
	PEER_LIMIT = 96, /* pages */
	PEER_FLAGS = 0x202,
	XSTACK_PAGE = UXSTACKTOP - PGSIZE,
};

typedef void peer_fn(uint32_t arg);

struct peer {
	envid_t id;
	peer_fn *fn;
	uint32_t arg;
	volatile bool started, finished;
	char stack[PEER_STACK] __attribute__((aligned(16)));
};

static struct peer peers[PEERS_MAX];

extern char end[]; /* of bss, from the linker */

static inline vaddr_t peers_memory_end(void)
{
	return ((vaddr_t)end + PGSIZE - 1) & ~(PGSIZE - 1);
}

/* Every page present, and of data and bss writable. Text pages stay as they are: read only, without
 * the mark that the pager knows. */
static inline void peers_touch_memory(void)
{
	for (vaddr_t va = UTEXT; va < peers_memory_end(); va += PGSIZE) {
		volatile char *byte = (volatile char *)va;
		char value = *byte;

		if (uvpt[va >> PGSHIFT] & PTE_COW) {
			*byte = value;
		}
	}
}

/* Maps [UTEXT, end) of the caller into the env with the caller's rights. OK or the error. */
static inline int peers_give_memory(envid_t id)
{
	vaddr_t va = UTEXT, last = peers_memory_end();

	peers_touch_memory();
	while (va < last) {
		pte_t rights = uvpt[va >> PGSHIFT] & PTE_W;
		uint32_t n = 1;
		int result;

		while (va + n * PGSIZE < last && (uvpt[(va >> PGSHIFT) + n] & PTE_W) == rights) {
			n++;
		}
		result = sys_page_map(0, va, id, va | rights, n);
		if (result < 0) {
			return result;
		}
		va += (uint32_t)result * PGSIZE;
	}
	return OK;
}

static _Noreturn inline void peer_main(struct peer *peer)
{
	peer->started = true;
	peer->fn(peer->arg);
	peer->finished = true;
	for (;;) {
		(void)sys_env_destroy(0, 0);
	}
}

static inline struct peer *peer_of(envid_t id)
{
	for (int i = 0; i < PEERS_MAX; i++) {
		if (peers[i].id == id) {
			return &peers[i];
		}
	}
	printf("no peer has id 0x%x\n", id);
	exit(1);
}

static inline struct peer *peer_slot(void)
{
	for (int i = 0; i < PEERS_MAX; i++) {
		if (peers[i].id == 0) {
			return &peers[i];
		}
	}
	printf("more than %d peers\n", PEERS_MAX);
	exit(1);
}

/* Sets where an env starts: eip, esp and flags; all other registers are zero. */
static inline int start_at(envid_t id, vaddr_t eip, vaddr_t esp)
{
	struct env_regs regs = {.eip = eip, .esp = esp, .eflags = PEER_FLAGS};

	return sys_env_set_regs(id, &regs);
}

/* A copy of an env (0: of ourselves) with nothing but our memory; stopped. */
static inline envid_t bare_env_like(envid_t like)
{
	envid_t id = sys_env_fork(like, PEER_LIMIT);

	CHECK(id > 0);
	CHECK_EQ(peers_give_memory(id), OK);
	CHECK_EQ(sys_env_set(id, ENV_FAULTS, FAULTS_UPCALL), OK);
	CHECK_EQ(sys_env_set(id, ENV_UPCALL, 0), OK);
	CHECK_EQ(sys_env_set(id, ENV_XUPCALL, 0), OK);
	return id;
}

static inline envid_t bare_env(void)
{
	return bare_env_like(0);
}

/* A peer that will run fn(arg), made out of env `like`; stopped. */
static inline envid_t peer_make_like(envid_t like, peer_fn *fn, uint32_t arg)
{
	struct peer *peer = peer_slot();
	uint32_t *top = (uint32_t *)(peer->stack + PEER_STACK);

	*peer = (struct peer){.id = bare_env_like(like), .fn = fn, .arg = arg};
	*--top = 0; /* the stack is 16-byte aligned at the call: */
	*--top = 0;
	*--top = 0;
	*--top = (uint32_t)peer; /* argument */
	*--top = 0;              /* return address: none */
	CHECK_EQ(start_at(peer->id, (vaddr_t)peer_main, (vaddr_t)top), OK);
	return peer->id;
}

static inline envid_t peer_make(peer_fn *fn, uint32_t arg)
{
	return peer_make_like(0, fn, arg);
}

static inline void env_run(envid_t id)
{
	CHECK_EQ(sys_env_set(id, ENV_RUN, 1), OK);
}

static inline envid_t peer_start(peer_fn *fn, uint32_t arg)
{
	envid_t id = peer_make(fn, arg);

	env_run(id);
	return id;
}

static inline envid_t peer_start_like(envid_t like, peer_fn *fn, uint32_t arg)
{
	envid_t id = peer_make_like(like, fn, arg);

	env_run(id);
	return id;
}

/* An exception stack for a peer, empty. */
static inline void give_xstack(envid_t id)
{
	CHECK_EQ(sys_page_alloc(id, XSTACK_PAGE | PTE_W, 1), 1);
}

static inline const volatile struct env_info *record(envid_t id)
{
	return &env_infos[ENV_SLOT(id)];
}

/* The record's pages and limit are as of the env's latest page call: make one that changes
 * nothing. */
static inline const volatile struct env_info *settled_record(envid_t id)
{
	CHECK_EQ(sys_page_unmap(id, PTSIZE / 2, 1), 1);
	return record(id);
}

static inline bool env_lives(envid_t id)
{
	uint32_t status = record(id)->status;

	return record(id)->id == id && status != ENV_FREE && status != ENV_DYING;
}

/* A moment for others, between two looks at memory: mostly without the kernel, whose lock those
 * others need. */
static inline void relax(void)
{
	static volatile uint32_t turns;

	if (++turns % 32) {
		asm volatile("pause");
	} else {
		sys_yield();
	}
}

/* Until the env waits in an IPC, for `partner` (0: anyone; its own id: nobody). */
static inline void await_ipc(envid_t id, envid_t partner)
{
	while (!record(id)->waits || record(id)->partner != partner) {
		CHECK(env_lives(id));
		relax();
	}
}

/* Until the env is dead. Takes no message from it. */
static inline void await_death(envid_t id)
{
	while (env_lives(id)) {
		relax();
	}
}

/* Kills a peer, wherever it is; its stack can be used again. */
static inline void peer_kill(envid_t id)
{
	CHECK_EQ(sys_env_destroy(id, 0), OK);
	peer_of(id)->id = 0;
}

/* Until the peer has ended; it must have come to the end of its function. */
static inline void peer_join(envid_t id)
{
	struct peer *peer = peer_of(id);

	await_death(id);
	CHECK(peer->finished);
	peer->id = 0;
}

/* Joins all that are left. */
static inline void peers_end(void)
{
	for (int i = 0; i < PEERS_MAX; i++) {
		if (peers[i].id) {
			peer_join(peers[i].id);
		}
	}
}

/* ---- messages ---- */

static inline int send_word(envid_t to, uint32_t word, uint32_t flags)
{
	struct ipc_msg msg = {.w = {word}, .nwords = 1};

	return ipc_send(to, &msg, flags);
}

/* The first word of the next message from `from` (0: anyone), which must come. */
static inline uint32_t recv_word(envid_t from, envid_t *sender)
{
	struct ipc_msg msg;

	CHECK_EQ(ipc_recv(from, &msg, 0), OK);
	if (sender) {
		*sender = msg.from;
	}
	return msg.w[0];
}

/* An IPC with exactly these flags and operands, no matter how wrong. */
static inline int raw_ipc(uint32_t flags, envid_t partner)
{
	struct syscall_regs regs = {.ebx = (uint32_t)partner};

	return syscall_raw(SYS_IPC | flags, &regs);
}

/* What IPC_PAGES sends, and where IPC_WINDOW receives. */
static inline void set_run(vaddr_t va, uint32_t npages, uint32_t mode)
{
	env_page->send_va = va;
	env_page->send_npages = npages;
	env_page->send_mode = mode;
}

static inline void set_window(vaddr_t va_flags, uint32_t npages)
{
	env_page->recv_va = va_flags;
	env_page->recv_npages = npages;
}
