/* Nobody but the pager that took the fault ends it: not others, not the pager before it took it,
 * not twice, not after the client's death, and not a pager that has been replaced. */
#include "tests/guest/clients.h"

static envid_t parent, client;

static void meddle(uint32_t arg)
{
	(void)arg;
	CHECK_EQ(fault_answer(client, FAULT_ALLOC | PTE_W, 0, 0, 0), E_NOT_WAITING);
	CHECK_EQ(send_word(client, 0, IPC_SEND_NOWAIT), E_NOT_WAITING);
	CHECK_EQ(sys_notify(client, IPC_BITS_USER), E_PERM);
}

static void meddle_now(void)
{
	envid_t id = peer_start(meddle, 0);

	peer_join(id);
	CHECK_EQ(sys_notify(client, IPC_BITS_USER), OK);
	CHECK(record(client)->waits);
}

/* Takes one fault, says so, and answers when told to: too late. */
static void late_pager(uint32_t arg)
{
	struct fault fault = fault_take();

	(void)arg;
	CHECK_EQ(send_word(parent, 0, 0), 0);
	(void)recv_word(parent, NULL);
	CHECK_EQ(fault_answer(fault.from, FAULT_ALLOC | PTE_W, 0, 0, 0), E_NOT_WAITING);
}

static void check_replaced(bool killed)
{
	envid_t pager = peer_start(late_pager, 0);

	client = client_make(write_there, AREA, pager);
	env_run(client);
	(void)recv_word(pager, NULL); /* taken */
	if (killed) {
		peer_kill(client);
	} else {
		CHECK_EQ(sys_env_set(client, ENV_PAGER, (uint32_t)parent), OK);
		await_ipc(client, parent);
	}
	CHECK_EQ(send_word(pager, 0, 0), 0);
	peer_join(pager);
	if (!killed) {
		CHECK_EQ(entry_in(client, AREA), 0);
		(void)fault_take_from(client, AREA);
		fault_zero(client);
		peer_join(client);
	}
}

int main(void)
{
	parent = env_page->id;
	client = client_start(write_there, AREA);
	await_ipc(client, parent);
	CHECK_EQ(fault_answer(client, FAULT_ALLOC | PTE_W, 0, 0, 0), E_NOT_WAITING); /* queued */
	meddle_now();
	(void)fault_take_from(client, AREA);
	meddle_now();
	CHECK_EQ(entry_in(client, AREA), 0);
	fault_zero(client);
	peer_join(client);
	CHECK_EQ(fault_answer(client, 0, 0, 0, 0), E_NOT_WAITING);
	check_replaced(false);
	check_replaced(true);

	client = client_start(write_there, AREA); /* the pager answers by a send */
	(void)fault_take_from(client, AREA);
	CHECK_EQ(send_word(client, FAULT_ALLOC | PTE_W, 0), 0);
	peer_join(client);
	return 0;
}
