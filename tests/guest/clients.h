/* Clients: peers on fault path `ipc`, whose pager is the test itself or an env of its choice. All
 * that a peer needs is present, so a client faults only where a test wants it to: in AREA. */
#pragma once

#include "tests/guest/peers.h"

/* Addresses that nothing else uses, each with a page table of its own. */
#define AREA 0x20000000u
#define OTHER 0x30000000u

static inline volatile uint32_t *words_at(vaddr_t va)
{
	return (volatile uint32_t *)va;
}

static inline envid_t client_make(peer_fn *fn, uint32_t arg, envid_t pager)
{
	envid_t id = peer_make(fn, arg);

	CHECK_EQ(sys_env_set(id, ENV_FAULT_US, 0), OK);
	CHECK_EQ(sys_env_set(id, ENV_FAULTS, FAULTS_IPC), OK);
	CHECK_EQ(sys_env_set(id, ENV_PAGER, (uint32_t)pager), OK);
	return id;
}

/* A running client of the test's. */
static inline envid_t client_start(peer_fn *fn, uint32_t arg)
{
	envid_t id = client_make(fn, arg, env_page->id);

	env_run(id);
	return id;
}

/* Touches the word at `va`. */
static inline void read_there(uint32_t va)
{
	(void)*words_at(va);
}

static inline void write_there(uint32_t va)
{
	*words_at(va) = va;
}

struct fault {
	envid_t from;
	vaddr_t page, va;
	pte_t entry;
	uint32_t err, ip, mappings;
};

/* The next fault of a client of ours. Notices of deaths are passed over. */
static inline struct fault fault_take(void)
{
	struct ipc_msg msg;

	do {
		CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	} while (msg.from == 0);
	CHECK_EQ(msg.nwords, FAULT_WORDS);
	CHECK_EQ(msg.w[0] & (PGSIZE - 1), FAULT_OP);
	return (struct fault){.from = msg.from,
	                      .page = msg.w[0] & ~(PGSIZE - 1),
	                      .entry = msg.w[1],
	                      .err = msg.w[2],
	                      .ip = env_page->msg[3],
	                      .mappings = env_page->msg[4],
	                      .va = env_page->msg[5]};
}

static inline struct fault fault_take_from(envid_t id, vaddr_t va)
{
	struct fault fault = fault_take();

	CHECK_EQ(fault.from, id);
	CHECK_EQ(fault.va, va);
	return fault;
}

/* The answer, `flags` beyond the words: IPC_PAGES. OK, or why it was dropped. */
static inline int fault_answer(envid_t id, uint32_t w0, uint32_t w1, uint32_t w2, uint32_t flags)
{
	struct syscall_regs regs = {(uint32_t)id, w0, w1, w2};
	int result = syscall_raw(SYS_IPC | IPC_SEND | IPC_REPLY | IPC_WORDS(3) | flags, &regs);

	return result < 0 ? result : OK;
}

/* A zero page, writable. */
static inline void fault_zero(envid_t id)
{
	CHECK_EQ(fault_answer(id, FAULT_ALLOC | PTE_W, 0, 0, 0), OK);
}

static inline pte_t entry_in(envid_t id, vaddr_t va)
{
	uint32_t mappings;
	pte_t entry = 0;

	CHECK_EQ(sys_page_query(id, va, &entry, &mappings), OK);
	return entry & ~(PTE_A | PTE_D);
}

/* How it died; we asked for deaths. Those before it are forgotten. */
static inline struct env_death death_of(envid_t id)
{
	struct env_death death;

	await_death(id);
	do {
		CHECK_EQ(sys_env_reap(&death), OK);
	} while (death.id != id);
	peer_of(id)->id = 0;
	return death;
}

/* The client ended because its fault at `va` was refused with `status`. */
static inline void check_refused(envid_t id, vaddr_t va, int status)
{
	struct env_death death = death_of(id);

	CHECK_EQ(death.cause, DEATH_REFUSED);
	CHECK_EQ(death.va_or_status, va);
	CHECK_EQ(-(int)(death.code >> DEATH_STATUS_SHIFT), status);
}
