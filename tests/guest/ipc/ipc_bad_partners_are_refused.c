/* Ids that name no living env are E_BAD_ENV in each phase; oneself is E_INVAL to send to. */
#include "tests/guest/peers.h"

static void nothing(uint32_t arg)
{
	(void)arg;
}

static void check_id(envid_t id)
{
	env_page->recv_us = env_page->send_us = 1000;
	CHECK_EQ(raw_ipc(IPC_SEND, id), E_BAD_ENV);
	CHECK_EQ(raw_ipc(IPC_SEND | IPC_SEND_NOWAIT, id), E_BAD_ENV);
	CHECK_EQ(raw_ipc(IPC_SEND | IPC_SEND_TIMEOUT, id), E_BAD_ENV);
	CHECK_EQ(raw_ipc(IPC_SEND | IPC_RECV, id), E_BAD_ENV);
	if (id != 0) {
		CHECK_EQ(raw_ipc(IPC_RECV, id), E_BAD_ENV);
		CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, id), E_BAD_ENV);
		CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_TIMEOUT, id), E_BAD_ENV);
		CHECK_EQ(sys_notify(id, 0x10000), E_BAD_ENV);
	}
	CHECK_EQ(raw_ipc(IPC_SEND | IPC_RECV | IPC_REPLY | IPC_RECV_NOWAIT, id), E_NOT_WAITING);
}

int main(void)
{
	envid_t self = env_page->id, dead = peer_start(nothing, 0);
	static const envid_t never[] = {
		0, -1, -2, -4096, INT32_MIN, INT32_MAX, 1, 2, 1023, 0x7FFFF000, 0x1000 | 1023,
	};

	peer_join(dead);
	check_id(dead);
	for (uint32_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		check_id(never[i]);
	}
	for (uint32_t bit = 10; bit < 32; bit++) { /* our own slot, another generation */
		check_id(self ^ (envid_t)(1u << bit));
		check_id(process_manager ^ (envid_t)(1u << bit));
	}
	CHECK_EQ(raw_ipc(IPC_SEND, self), E_INVAL);
	CHECK_EQ(raw_ipc(IPC_SEND | IPC_RECV, self), E_INVAL);
	CHECK_EQ(raw_ipc(IPC_SEND | IPC_RECV | IPC_REPLY | IPC_RECV_NOWAIT, self), E_NOT_WAITING);
	return 0;
}
