/* A pager changes the memory of the env it pages; anything else about it is E_PERM. */
#include "tests/guest/peers.h"

static volatile envid_t client;
static envid_t parent;

static void pages(uint32_t arg)
{
	struct env_regs regs = {0};
	pte_t entry;
	uint32_t mappings;

	(void)arg;
	(void)recv_word(parent, NULL);
	CHECK_EQ(sys_page_alloc(client, 0x10000000 | PTE_W, 1), 1);
	CHECK_EQ(sys_page_map(client, 0x10000000, 0, 0x10000000 | PTE_W, 1), 1);
	CHECK(sys_page_query(client, 0x10000000, &entry, &mappings) >= 0);
	CHECK_EQ(mappings, 2);
	CHECK_EQ(sys_page_mark(client, 0x10000000, PTE_COW, 1), 1);
	CHECK_EQ(sys_page_unmap(client, 0x10000000, 1), 1);
	CHECK_EQ(sys_env_destroy(client, 0), E_PERM);
	CHECK_EQ(sys_env_set(client, ENV_RUN, 1), E_PERM);
	CHECK_EQ(sys_env_set(client, ENV_PAGER, 0), E_PERM);
	CHECK_EQ(sys_env_get_regs(client, &regs), E_PERM);
	CHECK_EQ(sys_env_set_regs(client, &regs), E_PERM);
	CHECK_EQ(sys_env_fork(client, 8), E_PERM);
	(void)recv_word(parent, NULL);
	CHECK_EQ(sys_page_alloc(client, 0x10000000 | PTE_W, 1), E_PERM);
}

int main(void)
{
	envid_t pager = peer_make(pages, 0);

	parent = env_page->id;
	env_run(pager);
	client = bare_env();
	await_ipc(pager, parent);
	CHECK_EQ(sys_env_set(client, ENV_PAGER, (uint32_t)pager), OK);
	CHECK_EQ(send_word(pager, 0, 0), 0);
	await_ipc(pager, parent);
	CHECK_EQ(sys_env_set(client, ENV_PAGER, 0), OK);
	CHECK_EQ(send_word(pager, 0, 0), 0);
	peers_end();
	CHECK_EQ(sys_env_destroy(client, 0), OK);
	return 0;
}
