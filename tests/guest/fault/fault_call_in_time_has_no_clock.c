/* A fault call that is answered after more than a tick, but in time, is over: its clock does not
 * strike later, whichever way the answer took into the kernel, and whether the pager took the call
 * early or late. */
/* icount: 16 */
#include "tests/guest/clients.h"

enum {
	BOUND_US = 200000,
	DELAY_US = 60000, /* some ticks: the clock has been started */
	FLAGS = IPC_SEND | IPC_RECV | IPC_FAULT_CALL,
	REPLY_FLAGS = IPC_SEND | IPC_RECV | IPC_REPLY,
};

static envid_t parent;

/* Spins past the bound: an answer out of nowhere would show in a register, or be a status of the
 * call. */
static void spin_on(void)
{
	uint64_t end = clock_us() + BOUND_US + BOUND_US / 2;

	while (clock_us() < end) {
		uint32_t eax = 7;

		asm volatile("mov $10000, %%ecx\n1: loop 1b" : "+a"(eax) : : "ecx");
		CHECK_EQ(eax, 7);
	}
}

static void call(uint32_t arg)
{
	(void)arg;
	CHECK(raw_ipc(FLAGS, parent) >= 0);
	spin_on();
	CHECK(raw_ipc(FLAGS, parent) >= 0);
}

static void fault(uint32_t arg)
{
	(void)arg;
	write_there(AREA);
	spin_on();
	write_there(OTHER);
}

/* Answers and waits for the next, as servers do. */
static envid_t answer_and_wait(envid_t id, uint32_t w0)
{
	struct syscall_regs regs = {.ebx = (uint32_t)id, .esi = w0};

	CHECK(syscall_raw(SYS_IPC | REPLY_FLAGS | IPC_WORDS(1), &regs) >= 0);
	return (envid_t)regs.ebx;
}

static void check(peer_fn *fn, bool late, uint32_t w0)
{
	envid_t id = client_make(fn, 0, parent);
	struct ipc_msg msg;

	CHECK_EQ(sys_env_set(id, ENV_FAULT_US, BOUND_US), OK);
	env_run(id);
	if (late) {
		await_ipc(id, parent);
		ipc_sleep_us(DELAY_US);
	}
	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	CHECK_EQ(msg.from, id);
	if (!late) {
		ipc_sleep_us(DELAY_US);
	}
	CHECK_EQ(answer_and_wait(id, w0), id);
	CHECK_EQ(fault_answer(id, w0, 0, 0, 0), OK);
	peer_join(id);
}

int main(void)
{
	parent = env_page->id;
	check(call, false, 0);
	check(call, true, 0);
	check(fault, false, FAULT_ALLOC | PTE_W);
	check(fault, true, FAULT_ALLOC | PTE_W);
	return 0;
}
