/* A client can be stopped, started, looked at, copied and destroyed while its fault is queued or
 * taken, by its controller or its pager; the pager goes on, and a stopped client runs only when it
 * is started. */
#include "tests/guest/clients.h"

enum { CLIENTS = 4, ROUNDS = 10 };

static void check_stop(bool taken)
{
	envid_t self = env_page->id, id = client_start(write_there, AREA);
	struct env_regs regs, again;

	await_ipc(id, self);
	if (taken) {
		(void)fault_take_from(id, AREA);
	}
	CHECK_EQ(sys_env_set(id, ENV_RUN, 0), OK);
	CHECK_EQ(sys_env_get_regs(id, &regs), OK);
	CHECK_EQ(sys_env_set_regs(id, &regs), E_BUSY);
	if (!taken) {
		(void)fault_take_from(id, AREA); /* the rendezvous goes on */
	}
	fault_zero(id);
	CHECK(!record(id)->waits && record(id)->status == ENV_NOT_RUNNABLE);
	CHECK_EQ(sys_env_get_regs(id, &again), OK);
	CHECK_EQ(memcmp(&regs, &again, sizeof(regs)), 0);
	CHECK_EQ(entry_in(id, AREA) & 0xFFF, PTE_P | PTE_U | PTE_W);
	env_run(id);
	peer_join(id);
}

/* A copy is not part of the rendezvous: it starts at the instruction. */
static void check_copy(void)
{
	envid_t id = client_start(write_there, AREA), copy;
	struct env_regs regs, old;

	(void)fault_take_from(id, AREA);
	copy = sys_env_fork(id, PEER_LIMIT);
	CHECK(copy > 0);
	CHECK_EQ(record(copy)->pager, env_page->id);
	CHECK_EQ(sys_env_get_regs(id, &old), OK);
	CHECK_EQ(sys_env_get_regs(copy, &regs), OK);
	CHECK_EQ(memcmp(&regs, &old, sizeof(regs)), 0);
	CHECK_EQ(fault_answer(copy, FAULT_ALLOC, 0, 0, 0), E_NOT_WAITING);
	env_run(copy);
	CHECK_EQ(fault_take_from(copy, regs.eip).err & FEC_PR,
	         0); /* it has no memory; the path came along */
	CHECK_EQ(sys_env_destroy(copy, 0), OK);
	fault_zero(id);
	peer_join(id);
}

static void check_destroy(uint32_t take)
{
	envid_t id[CLIENTS];

	for (uint32_t i = 0; i < CLIENTS; i++) {
		id[i] = client_start(write_there, AREA);
		await_ipc(id[i], env_page->id);
	}
	for (uint32_t i = 0; i < take; i++) {
		(void)fault_take_from(id[i], AREA);
	}
	peer_kill(id[1]);
	peer_kill(id[3]);
	CHECK_EQ(fault_answer(id[1], FAULT_ALLOC | PTE_W, 0, 0, 0), E_NOT_WAITING);
	for (uint32_t i = 0; i < CLIENTS; i += 2) {
		if (i >= take) {
			(void)fault_take_from(id[i], AREA);
		}
		fault_zero(id[i]);
		peer_join(id[i]);
	}
	CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, 0), E_NOT_WAITING);
}

int main(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		check_stop(false);
		check_stop(true);
		check_copy();
		for (uint32_t take = 0; take <= CLIENTS; take++) {
			check_destroy(take);
		}
	}
	return 0;
}
