/* Every call on an env that the caller does not control is E_PERM and changes nothing: on a
 * sibling, on the controller, on servers. */
#include "tests/guest/peers.h"

static envid_t victims[5];

static void stranger(uint32_t arg)
{
	struct env_regs regs = {.eip = UTEXT};
	envid_t mine = sys_env_fork(0, 16);
	pte_t entry;
	uint32_t mappings;

	(void)arg;
	CHECK(mine > 0);
	for (uint32_t i = 0; i < sizeof(victims) / sizeof(victims[0]); i++) {
		envid_t id = victims[i];

		CHECK_EQ(sys_env_destroy(id, 0), E_PERM);
		CHECK_EQ(sys_env_fork(id, 8), E_PERM);
		for (uint32_t field = ENV_RUN; field <= ENV_DEATHS + 1; field++) {
			for (uint32_t value = 0; value <= 1; value++) {
				CHECK_EQ(sys_env_set(id, field, value), E_PERM);
			}
		}
		CHECK_EQ(sys_env_set(id, ENV_CONTROLLER, (uint32_t)env_page->id), E_PERM);
		CHECK_EQ(sys_env_set(id, ENV_PAGER, (uint32_t)env_page->id), E_PERM);
		CHECK_EQ(sys_env_get_regs(id, &regs), E_PERM);
		CHECK_EQ(sys_env_set_regs(id, &regs), E_PERM);
		CHECK_EQ(sys_page_alloc(id, UTEXT | PTE_W, 1), E_PERM);
		CHECK_EQ(sys_page_fill(0, 0x10000000 | PTE_W, id, UTEXT, 1), E_PERM);
		CHECK_EQ(sys_page_map(id, UTEXT, 0, 0x10000000, 1), E_PERM);
		CHECK_EQ(sys_page_map(0, UTEXT, id, 0x10000000, 1), E_PERM);
		CHECK_EQ(sys_page_map(id, UTEXT, mine, 0x10000000, 1), E_PERM);
		CHECK_EQ(sys_page_unmap(id, UTEXT, 1), E_PERM);
		CHECK_EQ(sys_page_query(id, UTEXT, &entry, &mappings), E_PERM);
		CHECK_EQ(sys_page_mark(id, UTEXT, PTE_W, 1), E_PERM);
		CHECK_EQ(sys_page_share(id, UTEXT, 0, 0x10000000, 1), E_PERM);
		CHECK_EQ(sys_page_share(0, UTEXT, id, 0x10000000, 1), E_PERM);
		CHECK_EQ(sys_page_phys(id, 0x10000000, 0xB8, 1), E_PERM);
		CHECK_EQ(sys_ports(id, 0x3F8, 8), E_PERM);
	}
	CHECK_EQ(sys_ports(0, 0x3F8, 8), E_PERM); /* and these are the root's alone */
	CHECK_EQ(sys_ports(mine, 0x3F8, 8), E_PERM);
	CHECK_EQ(sys_irq_bind(4, 0), E_PERM);
	CHECK_EQ(sys_page_phys(0, 0x10000000, 0xB8, 1), E_PERM);
	CHECK_EQ(sys_env_fork_server(0, 16), E_PERM);
	CHECK_EQ(sys_env_set(0, ENV_LIMIT, 100000), E_PERM);
	CHECK_EQ(sys_env_set(0, ENV_LIMIT, 0), E_PERM);
	CHECK_EQ(sys_env_set(0, ENV_CONTROLLER, (uint32_t)mine), E_PERM);
}

static void sibling(uint32_t arg)
{
	(void)arg;
	CHECK_EQ(recv_word(0, NULL), 1);
}

int main(void)
{
	envid_t victim = peer_start(sibling, 0), self = env_page->id;

	victims[0] = victim;
	victims[1] = self;
	victims[2] = process_manager;
	victims[3] = process_server(PM_SERVER_PAGER);
	victims[4] = process_server(PM_SERVER_CONSOLE);
	await_ipc(victim, 0);
	peer_join(peer_start(stranger, 0));
	CHECK_EQ(record(victim)->controller, self);
	CHECK_EQ(send_word(victim, 1, 0), 0);
	peers_end();
	return 0;
}
