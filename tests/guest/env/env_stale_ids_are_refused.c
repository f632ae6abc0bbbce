/* A dead env's slot is used again under another id; the old id is refused everywhere. */
#include "tests/guest/peers.h"

int main(void)
{
	envid_t old = sys_env_fork(0, 16), id = 0;
	struct env_regs regs = {0};
	uint32_t tries = 0, mappings;
	pte_t entry;

	CHECK(old > 0);
	CHECK_EQ(sys_env_destroy(old, 0), OK);
	do {
		if (id) {
			CHECK_EQ(sys_env_destroy(id, 0), OK);
		}
		id = sys_env_fork(0, 16);
		CHECK(id > 0);
		CHECK(id != old);
		CHECK(++tries < 100000);
	} while (ENV_SLOT(id) != ENV_SLOT(old));
	CHECK_EQ(sys_env_destroy(old, 0), E_BAD_ENV);
	CHECK_EQ(sys_env_fork(old, 4), E_BAD_ENV);
	CHECK_EQ(sys_env_set(old, ENV_RUN, 1), E_BAD_ENV);
	CHECK_EQ(sys_env_set(0, ENV_PAGER, (uint32_t)old), E_BAD_ENV);
	CHECK_EQ(sys_env_set(id, ENV_CONTROLLER, (uint32_t)old), E_BAD_ENV);
	CHECK_EQ(sys_env_get_regs(old, &regs), E_BAD_ENV);
	CHECK_EQ(sys_env_set_regs(old, &regs), E_BAD_ENV);
	CHECK_EQ(sys_page_alloc(old, 0x10000000 | PTE_W, 1), E_BAD_ENV);
	CHECK_EQ(sys_page_map(0, UTEXT, old, 0x10000000, 1), E_BAD_ENV);
	CHECK_EQ(sys_page_map(old, UTEXT, 0, 0x10000000, 1), E_BAD_ENV);
	CHECK_EQ(sys_page_unmap(old, 0x10000000, 1), E_BAD_ENV);
	CHECK_EQ(sys_page_query(old, 0x10000000, &entry, &mappings), E_BAD_ENV);
	CHECK_EQ(sys_page_mark(old, 0x10000000, 0, 1), E_BAD_ENV);
	CHECK_EQ(sys_page_share(old, 0x10000000, 0, 0x10000000, 1), E_BAD_ENV);
	CHECK_EQ(sys_page_share(0, UTEXT, old, 0x10000000, 1), E_BAD_ENV);
	CHECK_EQ(sys_notify(old, 0x10000), E_BAD_ENV);
	CHECK_EQ(raw_ipc(IPC_SEND, old), E_BAD_ENV);
	CHECK_EQ(raw_ipc(IPC_RECV, old), E_BAD_ENV);
	CHECK_EQ(record(id)->id, id);
	CHECK_EQ(sys_env_destroy(id, 0), OK);
	return 0;
}
