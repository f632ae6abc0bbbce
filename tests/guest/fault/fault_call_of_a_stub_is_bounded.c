/* A call marked as a page-fault stub's ends in time, with E_TIMEOUT, after what ENV_FAULT_US says
 * and not recv_us; without such a bound it waits. */
#include "tests/guest/clients.h"

enum { BOUND_US = 300000, LATE_US = 50000000, FLAGS = IPC_SEND | IPC_RECV | IPC_FAULT_CALL };

static envid_t parent;

static void call_in_vain(uint32_t arg)
{
	uint64_t start = clock_us(), took;

	(void)arg;
	env_page->recv_us = env_page->send_us = 1;
	CHECK_EQ(raw_ipc(FLAGS, parent), E_TIMEOUT);
	took = clock_us() - start;
	CHECK(took >= BOUND_US && took < BOUND_US + LATE_US);
}

static void call(uint32_t arg)
{
	(void)arg;
	CHECK(raw_ipc(FLAGS, parent) >= 0);
}

static envid_t caller(peer_fn *fn, uint32_t us)
{
	envid_t id = client_make(fn, 0, parent);

	CHECK_EQ(sys_env_set(id, ENV_FAULT_US, us), OK);
	env_run(id);
	await_ipc(id, parent);
	return id;
}

int main(void)
{
	envid_t id;

	parent = env_page->id;
	peer_join(caller(call_in_vain, BOUND_US)); /* queued */
	id = caller(call_in_vain, BOUND_US);
	(void)recv_word(id, NULL); /* taken */
	peer_join(id);
	id = caller(call, 0);
	ipc_sleep_us(BOUND_US);
	(void)recv_word(id, NULL);
	ipc_sleep_us(BOUND_US);
	CHECK_EQ(fault_answer(id, 0, 0, 0, 0), OK);
	peer_join(id);
	return 0;
}
