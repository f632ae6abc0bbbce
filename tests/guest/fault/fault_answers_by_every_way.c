/* What a fault and its answer do is the same whichever way they take through the kernel: the pager
 * waits and answers by sysenter or by `int`, with or without receiving on; and whatever keeps them
 * off the fast path: a stopped client, a queue, pending bits, pages, wrong pages, refusals,
 * words beyond the third. */
#include "tests/guest/clients.h"
#include "tests/guest/sysenter.h"

ENTER_BOTH_WAYS

static envid_t parent;

/* An IPC of the test's own. */
static int ipc_by(entry_fn *way, uint32_t flags, struct syscall_regs *regs)
{
	struct entry entry = {SYS_IPC | flags, regs->ebx, regs->esi, regs->edi, regs->ebp, 0x202};

	way(&entry);
	*regs = (struct syscall_regs){entry.ebx, entry.esi, entry.edi, entry.ebp};
	return (int)entry.eax;
}

/* Receives what must be a fault of the client at `va`. */
static void take(entry_fn *way, envid_t id, vaddr_t va)
{
	struct syscall_regs regs = {.ebx = 0};

	CHECK_EQ(ipc_by(way, IPC_RECV, &regs), FAULT_WORDS);
	CHECK_EQ(regs.ebx, id);
	CHECK_EQ(regs.esi, (va & ~(PGSIZE - 1)) | FAULT_OP);
	CHECK_EQ(env_page->msg[5], va);
}

/* Answers, waits for the next message, and leaves its registers in *regs. */
static int answer(entry_fn *way, envid_t id, uint32_t w0, uint32_t w1, uint32_t w2, uint32_t flags,
                  struct syscall_regs *regs)
{
	*regs = (struct syscall_regs){(uint32_t)id, w0, w1, w2};
	return ipc_by(way, IPC_SEND | IPC_RECV | IPC_REPLY | flags, regs);
}

/* Faults, does what it is told by the answer, and says what it finds. */
static void fault_and_tell(uint32_t va)
{
	uint32_t before = 0x600D, found;

	asm volatile("mov (%2), %0" : "=r"(found), "+r"(before) : "r"(va));
	CHECK_EQ(before, 0x600D);
	CHECK_EQ(send_word(parent, found, 0), 0);
}

static void check_told(envid_t id, int result, const struct syscall_regs *regs, uint32_t word)
{
	CHECK_EQ(IPC_GOT_WORDS(result), 1);
	CHECK_EQ(regs->ebx, id);
	CHECK_EQ(regs->esi, word);
	peer_join(id);
}

static void check_allocates(entry_fn *way)
{
	struct syscall_regs regs;
	envid_t id = client_start(fault_and_tell, AREA);

	take(way, id, AREA);
	CHECK_EQ(answer(way, id, FAULT_ALLOC | PTE_W | PAGE_COND, PTE_ZERO_FILL, 0, IPC_WORDS(3),
	                &regs),
	         FAULT_WORDS); /* not as expected: the fault again */
	CHECK_EQ(regs.ebx, id);
	int result = answer(way, id, FAULT_ALLOC | PTE_W | PAGE_COND, 0, 0, IPC_WORDS(3), &regs);
	check_told(id, result, &regs, 0);

	id = client_start(fault_and_tell, AREA);
	take(way, id, AREA);
	words_at(OTHER)[0] = 42;
	env_page->msg[3] = (uint32_t)parent; /* whose page to copy */
	result = answer(way, id, FAULT_ALLOC | PAGE_FILL, 0, OTHER, IPC_WORDS(4), &regs);
	check_told(id, result, &regs, 42);
}

static void check_pages(entry_fn *way)
{
	static const struct {
		uint32_t va, npages, mode;
		int error;
	} wrong[] = {
		{OTHER + 4, 1, IPC_MODE_MAP, E_INVAL},
		{OTHER, 0, IPC_MODE_MAP, E_INVAL},
		{OTHER, 1, 99, E_INVAL},
		{0xFFFFF000, 1, IPC_MODE_MAP, E_INVAL},
		{OTHER + 16 * PGSIZE, 1, IPC_MODE_MAP, E_PERM},
	};
	struct syscall_regs regs;
	envid_t id = client_start(fault_and_tell, AREA);

	take(way, id, AREA);
	for (uint32_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		set_run(wrong[i].va, wrong[i].npages, wrong[i].mode);
		CHECK_EQ(answer(way, id, 0, 0, 0, IPC_PAGES, &regs), wrong[i].error);
		CHECK(record(id)->waits);
	}
	words_at(OTHER)[0] = 43;
	set_run(OTHER, 1, IPC_MODE_MAP);
	int result = answer(way, id, 0, 0, 0, IPC_PAGES, &regs);
	check_told(id, result, &regs, 43);
	CHECK_EQ(answer(way, id, 0, 0, 0, IPC_WORDS(65) | IPC_RECV_NOWAIT, &regs), E_INVAL);
}

static void check_refuses(entry_fn *way)
{
	struct syscall_regs regs;
	envid_t id = client_start(fault_and_tell, AREA);

	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	take(way, id, AREA);
	CHECK_EQ(answer(way, id, (uint32_t)E_LIMIT, 0, 0, 0, &regs), 1);
	CHECK_EQ(regs.ebx, 0); /* its death, which comes by itself */
	CHECK_EQ(regs.esi, IPC_BIT_DEATH);
	check_refused(id, AREA, E_LIMIT);
	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 0), OK);
}

static void check_others_first(entry_fn *way)
{
	struct syscall_regs regs;
	envid_t id = client_start(fault_and_tell, AREA), second;

	take(way, id, AREA);
	CHECK_EQ(sys_notify(0, IPC_BITS_USER), OK); /* bits pend */
	CHECK_EQ(answer(way, id, FAULT_ALLOC | PTE_W, 0, 0, 0, &regs), 1);
	CHECK_EQ(regs.ebx, 0);
	CHECK_EQ(regs.esi, IPC_BITS_USER);
	CHECK_EQ(recv_word(id, NULL), 0);
	peer_join(id);

	id = client_start(fault_and_tell, AREA);
	take(way, id, AREA);
	second = client_start(fault_and_tell, AREA + PGSIZE); /* another queues */
	await_ipc(second, parent);
	CHECK_EQ(answer(way, id, FAULT_ALLOC | PTE_W, 0, 0, 0, &regs), FAULT_WORDS);
	CHECK_EQ(regs.ebx, second);
	CHECK_EQ(recv_word(id, NULL), 0);
	peer_join(id);
	check_told(second, answer(way, second, FAULT_ALLOC | PTE_W, 0, 0, 0, &regs), &regs, 0);

	id = client_start(fault_and_tell, AREA);
	take(way, id, AREA);
	CHECK_EQ(sys_env_set(id, ENV_RUN, 0), OK); /* stopped: it stays so */
	env_page->recv_us = 20000;
	CHECK_EQ(answer(way, id, FAULT_ALLOC | PTE_W, 0, 0, IPC_RECV_TIMEOUT, &regs), E_TIMEOUT);
	CHECK(!record(id)->waits && record(id)->status == ENV_NOT_RUNNABLE);
	env_run(id);
	CHECK_EQ(recv_word(id, NULL), 0);
	peer_join(id);
}

/* Stopped, with an answer that would go the straight way; somebody else wakes the pager. */
static void wake_parent(uint32_t arg)
{
	(void)arg;
	await_ipc(parent, 0);
	CHECK_EQ(send_word(parent, 77, 0), 0);
}

static void check_stopped(entry_fn *way)
{
	struct syscall_regs regs;
	envid_t id = client_start(fault_and_tell, AREA), waker;

	take(way, id, AREA);
	CHECK_EQ(sys_env_set(id, ENV_RUN, 0), OK);
	waker = peer_start(wake_parent, 0);
	int result = answer(way, id, FAULT_ALLOC | PTE_W, 0, 0, 0, &regs);
	check_told(waker, result, &regs, 77);
	CHECK(!record(id)->waits && record(id)->status == ENV_NOT_RUNNABLE);
	CHECK_EQ(entry_in(id, AREA) & 0xFFF, PTE_P | PTE_U | PTE_W);
	env_run(id);
	CHECK_EQ(recv_word(id, NULL), 0);
	peer_join(id);
}

/* An answer to a client that is dead is dropped, whatever it says. */
static void check_dead(entry_fn *way)
{
	static const uint32_t flags[] = {IPC_WORDS(3), IPC_PAGES};
	struct syscall_regs regs;

	for (int i = 0; i < 2; i++) {
		envid_t id = client_start(fault_and_tell, AREA), waker;

		take(way, id, AREA);
		peer_kill(id);
		waker = peer_start(wake_parent, 0);
		set_run(OTHER, 1, IPC_MODE_GRANT);
		int result = answer(way, id, i ? 0 : FAULT_ALLOC | PTE_W, 0, 0, flags[i], &regs);
		check_told(waker, result, &regs, 77);
		CHECK_EQ(entry_in(0, OTHER) & (PTE_P | PTE_W), PTE_P | PTE_W);
	}
}

int main(void)
{
	parent = env_page->id;
	CHECK_EQ(sys_page_alloc(0, OTHER | PTE_W, 1), 1);
	for (int i = 0; i < (env_page->sysenter ? 2 : 1); i++) {
		entry_fn *way = i ? by_int : by_best;

		check_allocates(way);
		check_pages(way);
		check_refuses(way);
		check_others_first(way);
		check_stopped(way);
		check_dead(way);
	}
	return 0;
}
