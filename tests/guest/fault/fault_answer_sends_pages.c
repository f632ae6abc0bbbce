/* Pages sent with the answer arrive from the page touched on: shared, granted or copied, writable
 * only if sent so, with the answer's software bits; none of it where that is the kernel's or
 * somebody else's. */
#include "tests/guest/clients.h"

enum { PAGES = 3, SOFT = 0x400 };

static void sum_and_write(uint32_t va)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < PAGES; i++) {
		sum += words_at(va + i * PGSIZE)[0];
	}
	CHECK_EQ(sum, 1 + 2 + 3);
	(void)recv_word(env_page->pager, NULL);
	words_at(va)[1] = 9;
}

static void make_pages(void)
{
	CHECK_EQ(sys_page_alloc(0, OTHER | PTE_W, PAGES), PAGES);
	for (uint32_t i = 0; i < PAGES; i++) {
		words_at(OTHER + i * PGSIZE)[0] = i + 1;
	}
}

/* What the client has after the answer. */
static pte_t send_pages(envid_t id, uint32_t mode, uint32_t soft)
{
	make_pages();
	CHECK_EQ(fault_take().from, id);
	set_run(OTHER, PAGES, mode);
	CHECK_EQ(fault_answer(id, 0, soft, 0, IPC_PAGES), OK);
	await_ipc(id, env_page->id);
	return entry_in(id, AREA);
}

static void check_mode(uint32_t mode, pte_t rights)
{
	envid_t id = client_start(sum_and_write, AREA);
	pte_t entry = send_pages(id, mode, 0), own = entry_in(0, OTHER);

	CHECK_EQ(entry & 0xFFF, PTE_P | PTE_U | rights);
	if ((mode & 0xFF) == IPC_MODE_GRANT) {
		CHECK_EQ(own, 0);
	} else {
		CHECK_EQ(PTE_ADDR(own) == PTE_ADDR(entry), (mode & 0xFF) == IPC_MODE_MAP);
	}
	CHECK_EQ(send_word(id, 0, 0), 0);
	if (!(rights & PTE_W)) {
		(void)fault_take_from(id, AREA + 4);
		CHECK_EQ(fault_answer(id, FAULT_ALLOC | PAGE_FILL | PTE_W, 0, AREA, 0), OK);
	}
	peer_join(id);
	CHECK_EQ(own ? words_at(OTHER)[1] : 0, own && rights && !(mode & IPC_MODE_COPY) ? 9 : 0);
}

static void check_nowhere(envid_t id, vaddr_t va)
{
	make_pages();
	set_run(OTHER, PAGES, IPC_MODE_MAP | IPC_MODE_WRITABLE);
	env_run(id);
	(void)fault_take_from(id, va);
	CHECK_EQ(fault_answer(id, 0, PTE_W | 0xFFFFF000, 0, IPC_PAGES), OK);
	(void)fault_take_from(id, va); /* in vain: it runs and faults again */
	CHECK_EQ(fault_answer(id, (uint32_t)E_FAULT, 0, 0, 0), OK);
	check_refused(id, va, E_FAULT);
	CHECK_EQ(settled_record(env_page->id)->pages, record(env_page->id)->pages);
}

int main(void)
{
	envid_t id;

	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	check_mode(IPC_MODE_MAP | IPC_MODE_WRITABLE, PTE_W);
	check_mode(IPC_MODE_MAP, 0);
	check_mode(IPC_MODE_GRANT | IPC_MODE_WRITABLE, PTE_W);
	check_mode(IPC_MODE_COPY, PTE_W);

	id = client_start(sum_and_write, AREA);
	CHECK_EQ(send_pages(id, IPC_MODE_MAP, 0xFFFFFFFF) & 0xFFF, PTE_P | PTE_U | PTE_SOFT);
	peer_kill(id);

	check_nowhere(client_make(write_there, 0xF0100000, env_page->id), 0xF0100000);
	check_nowhere(client_make(write_there, ENVPAGE - PGSIZE, env_page->id), ENVPAGE - PGSIZE);

	/* The last page below UTOP is the exception stack: one page arrives. */
	id = client_make(read_there, UTOP - 4, env_page->id);
	make_pages();
	set_run(OTHER, PAGES, IPC_MODE_MAP);
	env_run(id);
	CHECK_EQ(fault_take().from, id);
	CHECK_EQ(fault_answer(id, 0, 0, 0, IPC_PAGES), OK);
	peer_join(id);

	/* No room in the client: it ends, and the pager goes on. */
	id = client_start(write_there, AREA);
	CHECK_EQ(fault_take().from, id);
	CHECK_EQ(sys_env_set(id, ENV_LIMIT, settled_record(id)->pages), OK);
	CHECK_EQ(fault_answer(id, 0, 0, 0, IPC_PAGES), OK);
	check_refused(id, AREA, E_LIMIT);
	return 0;
}
