/* When a pager dies with faults, taken or queued, or is dead before, its clients lose nothing: they
 * wait, without a clock, and run their instruction again once they have another pager. */
#include "tests/guest/clients.h"

enum { CLIENTS = 3, BOUND_US = 1000000, SHORT_US = 20000 };

static envid_t parent;

static void write_many(uint32_t arg)
{
	for (uint32_t i = 0; i < 4; i++) {
		words_at(AREA + i * PGSIZE)[arg] = arg + 1;
		CHECK_EQ(words_at(AREA + i * PGSIZE)[arg], arg + 1);
	}
}

/* Takes one fault, and never another. */
static void stuck_pager(uint32_t arg)
{
	(void)arg;
	(void)fault_take();
	(void)recv_word(parent, NULL);
}

static void await_orphan(envid_t id)
{
	await_ipc(id, id);
}

static void serve(uint32_t faults)
{
	for (uint32_t i = 0; i < faults; i++) {
		fault_zero(fault_take().from);
	}
}

static void check_death_of_pager(void)
{
	envid_t pager = peer_start(stuck_pager, 0), id[CLIENTS];

	await_ipc(pager, 0);
	for (uint32_t i = 0; i < CLIENTS; i++) {
		id[i] = client_make(write_many, i, pager);
		CHECK_EQ(sys_env_set(id[i], ENV_FAULT_US, BOUND_US), OK);
		env_run(id[i]);
		await_ipc(id[i], pager);
	}
	await_ipc(pager, parent);
	peer_kill(pager);
	for (uint32_t i = 0; i < CLIENTS; i++) {
		await_orphan(id[i]);
	}
	ipc_sleep_us(BOUND_US + BOUND_US / 4); /* nobody is ended by the clock meanwhile */
	for (uint32_t i = 0; i < CLIENTS; i++) {
		CHECK_EQ(record(id[i])->partner, id[i]);
		CHECK_EQ(entry_in(id[i], AREA), 0);
		CHECK_EQ(fault_answer(id[i], 0, 0, 0, 0), E_NOT_WAITING);
		CHECK_EQ(sys_env_set(id[i], ENV_PAGER, (uint32_t)parent), OK);
	}
	serve(CLIENTS * 4);
	peers_end();
}

static void check_dead_before(void)
{
	envid_t pager = peer_start(stuck_pager, 0), id = client_make(write_many, 0, pager);

	CHECK_EQ(sys_env_set(id, ENV_FAULT_US, SHORT_US), OK);
	peer_kill(pager);
	env_run(id);
	await_orphan(id);
	ipc_sleep_us(5 * SHORT_US);
	CHECK_EQ(record(id)->partner, id);
	CHECK_EQ(sys_env_set(id, ENV_FAULT_US, 0), OK);
	CHECK_EQ(sys_env_set(id, ENV_PAGER, (uint32_t)parent), OK);
	serve(4);
	peers_end();
}

/* Not with the message of before: the fault has gone meanwhile. */
static void check_nothing_is_saved(void)
{
	envid_t pager = peer_start(stuck_pager, 0), id = client_make(write_there, AREA, pager);

	await_ipc(pager, 0);
	env_run(id);
	await_ipc(pager, parent);
	peer_kill(pager);
	await_orphan(id);
	CHECK_EQ(sys_page_alloc(id, AREA | PTE_W, 1), 1);
	CHECK_EQ(sys_env_set(id, ENV_PAGER, (uint32_t)parent), OK);
	peer_join(id);
	CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, 0), E_NOT_WAITING);
}

/* Another path does it too: here there is no upcall, so it ends. */
static void check_other_path(void)
{
	envid_t id = client_start(write_there, AREA);

	await_ipc(id, parent);
	CHECK_EQ(sys_env_set(id, ENV_FAULTS, FAULTS_UPCALL), OK);
	CHECK_EQ(death_of(id).cause, DEATH_NO_UPCALL);
	CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, 0), 1); /* the death */
	CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, 0), E_NOT_WAITING);
}

int main(void)
{
	parent = env_page->id;
	check_death_of_pager();
	check_dead_before();
	check_nothing_is_saved();
	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	check_other_path();
	return 0;
}
