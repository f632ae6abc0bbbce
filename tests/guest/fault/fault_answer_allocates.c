/* An answer with FAULT_ALLOC does what SYS_PAGE_ALLOC would have done: zeros, software bits,
 * copies, one's own page kept, only if the entry is as expected; and what it may not do refuses the
 * fault. */
#include "tests/guest/clients.h"

enum { SOFT = 0x400 };

static void write_twice(uint32_t va)
{
	words_at(va)[1] = 7;
	words_at(va)[2] = 8;
	CHECK_EQ(words_at(va)[0], 0);
}

static void write_twice_and_wait(uint32_t va)
{
	write_twice(va);
	(void)recv_word(env_page->controller, NULL);
}

static void expect_42(uint32_t va)
{
	words_at(va)[0]++;
	CHECK_EQ(words_at(va)[0], 43);
}

static int answer_from(envid_t id, uint32_t flags, envid_t source, vaddr_t va)
{
	struct syscall_regs regs = {(uint32_t)id, FAULT_ALLOC | flags, 0, va};

	env_page->msg[3] = (uint32_t)source;
	return syscall_raw(SYS_IPC | IPC_SEND | IPC_REPLY | IPC_WORDS(4), &regs);
}

static void check_zero(envid_t self)
{
	envid_t id = client_start(write_twice_and_wait, AREA);

	(void)fault_take_from(id, AREA + 4);
	CHECK_EQ(fault_answer(id, FAULT_ALLOC | PAGE_COND | PTE_W, PTE_ZERO_FILL, 0, 0), OK);
	(void)fault_take_from(id, AREA + 4); /* not as expected: nothing changed, again */
	CHECK_EQ(entry_in(id, AREA), 0);
	CHECK_EQ(fault_answer(id, FAULT_ALLOC | PAGE_COND | SOFT, 0, 0, 0), OK);
	CHECK_EQ(fault_take_from(id, AREA + 4).err, FEC_U | FEC_WR | FEC_PR);
	CHECK_EQ(entry_in(id, AREA) & 0xFFF, PTE_P | PTE_U | SOFT);

	/* The page is its own: kept. */
	pte_t before = entry_in(id, AREA);
	CHECK_EQ(fault_answer(id, FAULT_ALLOC | PAGE_FILL | PAGE_UNSHARE | PAGE_COND | PTE_W,
	                      before, AREA, 0),
	         OK);
	await_ipc(id, self); /* its end */
	CHECK_EQ(PTE_ADDR(entry_in(id, AREA)), PTE_ADDR(before));
	CHECK_EQ(entry_in(id, AREA) & 0xFFF, PTE_P | PTE_U | PTE_W);
	CHECK_EQ(send_word(id, 0, 0), 0);
	peer_join(id);
}

static void check_copies(void)
{
	envid_t id = client_start(expect_42, AREA);

	CHECK_EQ(sys_page_alloc(0, OTHER | PTE_W, 1), 1);
	words_at(OTHER)[0] = 42;
	CHECK_EQ(fault_take().from, id);
	CHECK_EQ(answer_from(id, PAGE_FILL | PTE_W, env_page->id, OTHER), 0);
	peer_join(id);
	CHECK_EQ(words_at(OTHER)[0], 42);

	id = client_start(expect_42, AREA); /* from another page of its own */
	CHECK_EQ(fault_take().from, id);
	CHECK_EQ(sys_page_map(0, OTHER, id, OTHER, 1), 1);
	CHECK_EQ(fault_answer(id, FAULT_ALLOC | PAGE_FILL | PTE_W, 0, OTHER, 0), OK);
	peer_join(id);
}

static void check_refuses(void)
{
	static const struct {
		uint32_t w0, source_va;
		int error;
	} bad[] = {
		{FAULT_ALLOC | PTE_W | PAGE_NOCACHE, 0, E_INVAL},
		{FAULT_ALLOC | 0x10000000, 0, E_INVAL},
		{FAULT_ALLOC | PTE_PS, 0, E_INVAL},
		{FAULT_ALLOC | PAGE_FILL, AREA, E_FAULT}, /* absent */
		{FAULT_ALLOC | PAGE_FILL, AREA + 4, E_INVAL},
		{FAULT_ALLOC | PAGE_FILL, UTOP, E_INVAL},
		{FAULT_ALLOC | PAGE_FILL, 0xFFFFF000, E_INVAL},
		{PTE_W, 0, E_INVAL},
		{0x7FFFFFDF, 0, E_INVAL},
	};
	envid_t id;

	for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		id = client_start(write_there, AREA);
		CHECK_EQ(fault_take().from, id);
		CHECK_EQ(fault_answer(id, bad[i].w0, 0, bad[i].source_va, 0), OK);
		check_refused(id, AREA, bad[i].error);
	}
	id = client_start(write_there, 0xF0100000);
	CHECK_EQ(fault_take().from, id);
	fault_zero(id);
	check_refused(id, 0xF0100000, E_INVAL);
	id = client_start(write_there, ENVPAGE - PGSIZE);
	CHECK_EQ(fault_take().from, id);
	fault_zero(id);
	check_refused(id, ENVPAGE - PGSIZE, E_INVAL);
	for (int i = 0; i < 2; i++) { /* another's memory, nobody's */
		id = client_start(write_there, AREA);
		CHECK_EQ(fault_take().from, id);
		CHECK_EQ(answer_from(id, PAGE_FILL, i ? 0x7FFFF001 : env_page->controller, UTEXT),
		         0);
		check_refused(id, AREA, i ? E_BAD_ENV : E_PERM);
	}
	id = client_start(write_there, AREA);
	CHECK_EQ(fault_take().from, id);
	CHECK_EQ(sys_env_set(id, ENV_LIMIT, settled_record(id)->pages), OK);
	fault_zero(id);
	check_refused(id, AREA, E_LIMIT);
}

int main(void)
{
	envid_t self = env_page->id;

	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	check_zero(self);
	check_copies();
	check_refuses();
	return 0;
}
