/* A controller that asked for deaths reads each one's cause, address, ip and code, in order; the
 * bit tells it; whom it kills itself is not reported. Who did not ask reads nothing. */
#include "tests/guest/peers.h"

enum { DEATHS = 4 };

void write_null(void);
void trap_here(void);

static _Noreturn void fault_entry(void)
{
	asm volatile(".globl write_null\nwrite_null: movl %%eax, 0x1234" ::: "memory");
	for (;;) {}
}

static _Noreturn void trap_entry(void)
{
	asm volatile(".globl trap_here\ntrap_here: ud2");
	for (;;) {}
}

static void ends(uint32_t arg)
{
	(void)sys_env_destroy(0, (int)arg);
}

static void run_and_await(envid_t id)
{
	env_run(id);
	await_death(id);
}

int main(void)
{
	struct env_death death;
	envid_t id[DEATHS], from;

	CHECK_EQ(sys_env_reap(&death), E_NOT_FOUND);
	id[0] = peer_start(ends, 1); /* nobody asked yet */
	await_death(id[0]);
	CHECK_EQ(sys_env_reap(&death), E_NOT_FOUND);
	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	id[0] = peer_make(ends, 42);
	id[1] = bare_env();
	id[2] = bare_env();
	id[3] = peer_make(ends, 0x12345678);
	CHECK_EQ(start_at(id[1], (vaddr_t)fault_entry, 0), OK);
	CHECK_EQ(start_at(id[2], (vaddr_t)trap_entry, 0), OK);
	for (uint32_t i = 0; i < DEATHS; i++) {
		run_and_await(id[i]);
	}
	peer_kill(peer_make(ends, 0));
	CHECK_EQ(recv_word(0, &from), IPC_BIT_DEATH); /* once for all */
	CHECK_EQ(from, 0);
	CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, 0), E_NOT_WAITING);
	for (uint32_t i = 0; i < DEATHS; i++) {
		CHECK_EQ(record(id[i])->id, id[i]); /* the record stays until it is read */
		CHECK_EQ(sys_env_reap(&death), OK);
		CHECK_EQ(death.id, id[i]);
		switch (i) {
		case 1:
			CHECK_EQ(death.cause, DEATH_NO_UPCALL);
			CHECK_EQ(death.va_or_status, 0x1234);
			CHECK_EQ(death.ip, (vaddr_t)write_null);
			CHECK_EQ(death.code, FEC_WR | FEC_U);
			break;
		case 2:
			CHECK_EQ(death.cause, DEATH_EXCEPTION);
			CHECK_EQ(death.ip, (vaddr_t)trap_here);
			CHECK_EQ(death.code, 6);
			break;
		default:
			CHECK_EQ(death.cause, DEATH_EXIT);
			CHECK_EQ(death.va_or_status, i == 0 ? 42 : 0x12345678);
			break;
		}
	}
	CHECK_EQ(sys_env_reap(&death), E_NOT_FOUND);
	return 0;
}
