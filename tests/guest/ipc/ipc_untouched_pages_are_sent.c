/* A run of pages is sent whether it is there or not: never touched (zeros, the program's, the
 * heap's, the stack's), shared by a fork, or packed by the program's pager; by each way of sending,
 * on each fault path and with each pager. What the program does not have is refused, and it goes
 * on. */
#include "libsys/ipc.h"
#include "libsys/stdlib.h"
#include "tests/guest/check.h"

enum {
	WINDOW = 0x50000000,
	NOWHERE = 0x60000000,
	RUN = 3,
	MANY = 40,
	END = 99,
	ASK = 7,
	MARK = 1000
};
enum { WORDS = PGSIZE / 4, SHARED = IPC_MODE_MAP | IPC_MODE_WRITABLE };

typedef uint32_t page_words[WORDS] __attribute__((aligned(PGSIZE)));

static page_words zeros[RUN], old[RUN], many[MANY], forked[RUN], replied[RUN], granted[RUN];
static page_words data[RUN] = {{5}, {6}, {7}};
static const page_words constant[RUN + 1] = {{15}, {16}, {17}, {18}};
static const char text[PGSIZE] __attribute__((aligned(PGSIZE))) = "this page was never touched\n";

static envid_t parent, child;

static volatile uint32_t *window_word(uint32_t page)
{
	return (volatile uint32_t *)(WINDOW + page * PGSIZE);
}

/* Receives runs: answers how many pages came and the first words of the first and last, and writes
 * to those that it may write. */
static void receive_runs(void)
{
	struct ipc_msg msg = {.nwords = 0};
	envid_t client = 0;

	do {
		env_page->recv_va = WINDOW | PTE_W;
		env_page->recv_npages = RUN;
		CHECK_EQ(ipc_reply_recv(client, &msg, IPC_WINDOW), OK);
		client = msg.from;
		uint32_t n = msg.npages, op = msg.w[0];

		msg = (struct ipc_msg){.w = {n}, .nwords = 3};
		if (n > 0) {
			msg.w[1] = *window_word(0);
			msg.w[2] = *window_word(n - 1);
		}
		for (uint32_t i = 0; i < n; i++) {
			if ((uvpt[(WINDOW >> PGSHIFT) + i] & PTE_W) != 0) {
				*window_word(i) += MARK;
			}
		}
		CHECK(n == 0 || sys_page_unmap(0, WINDOW, n) >= 0);
		client = op == END ? 0 : client;
		if (op == END) {
			break;
		}
	} while (true);
}

static void set_run(const void *va, uint32_t npages, uint32_t mode)
{
	env_page->send_va = (vaddr_t)va;
	env_page->send_npages = npages;
	env_page->send_mode = mode;
}

/* By call: the run arrives with these first words. */
static void check_call(const void *va, uint32_t mode, uint32_t first, uint32_t last)
{
	struct ipc_msg msg = {.w = {1}, .nwords = 1};

	set_run(va, RUN, mode);
	CHECK_EQ(ipc_call(child, &msg, IPC_PAGES), OK);
	CHECK_EQ(msg.w[0], RUN);
	CHECK_EQ(msg.w[1], first);
	CHECK_EQ(msg.w[2], last);
}

static void check_refused(vaddr_t va, uint32_t npages, uint32_t mode)
{
	struct ipc_msg msg = {.w = {1}, .nwords = 1};

	set_run((const void *)va, npages, mode);
	CHECK_EQ(ipc_call(child, &msg, IPC_PAGES), E_PERM);
	CHECK_EQ(ipc_send(child, &msg, IPC_PAGES), E_PERM);
}

static __attribute__((noinline)) void send_stack(void)
{
	volatile char *low = (volatile char *)__builtin_frame_address(0) - 20 * PGSIZE;

	check_call((const void *)PTE_ADDR((vaddr_t)low), SHARED, 0, 0);
	CHECK_EQ(*(volatile uint32_t *)PTE_ADDR((vaddr_t)low), MARK);
}

static void send_each_kind(void)
{
	char *heap;

	check_call(zeros, SHARED, 0, 0);
	CHECK_EQ(zeros[0][0], MARK);
	check_call(data, SHARED, 5, 7);
	CHECK_EQ(data[2][0], MARK + 7);
	check_call(constant, IPC_MODE_MAP, 15, 17);
	check_call(constant[1], IPC_MODE_COPY, 16, 18);
	heap = sbrk(16 * PGSIZE);
	CHECK(heap != (char *)-1);
	check_call(heap + PGSIZE, SHARED, 0, 0);
	CHECK_EQ(*(volatile uint32_t *)(heap + PGSIZE), MARK);
	check_call(heap + 8 * PGSIZE, IPC_MODE_COPY, 0, 0);
	CHECK_EQ(*(volatile uint32_t *)(heap + 8 * PGSIZE), 0);
	send_stack();
	check_call(forked, SHARED, 31, 33);
	CHECK_EQ(forked[0][0], MARK + 31);

	struct ipc_msg msg = {.w = {1}, .nwords = 1};
	set_run(granted, RUN, IPC_MODE_GRANT | IPC_MODE_WRITABLE);
	CHECK_EQ(ipc_send(child, &msg, IPC_PAGES), RUN);
}

/* A pager that packs has put the first ones away when the last ones are written. */
static void send_packed(void)
{
	for (uint32_t i = 0; i < RUN; i++) {
		old[i][0] = 41 + i;
	}
	for (uint32_t i = 0; i < MANY; i++) {
		many[i][1] = i;
	}
	check_call(old, SHARED, 41, 43);
	CHECK_EQ(old[0][0], MARK + 41);
	for (uint32_t i = 0; i < MANY; i++) {
		CHECK_EQ(many[i][1], i);
	}
}

/* The child asks, and the pages come with the answer. */
static void ask_parent(void)
{
	struct ipc_msg msg = {.w = {ASK}, .nwords = 1};

	env_page->recv_va = WINDOW | PTE_W;
	env_page->recv_npages = RUN;
	CHECK_EQ(ipc_call(parent, &msg, IPC_WINDOW), OK);
	CHECK_EQ(msg.npages, RUN);
	CHECK_EQ(*window_word(RUN - 1), 0);
	*window_word(0) = 51;
	CHECK_EQ(ipc_call(parent, &msg, 0), OK);
}

static void answer_child(void)
{
	struct ipc_msg msg;

	CHECK_EQ(ipc_recv(child, &msg, 0), OK);
	set_run(replied, RUN, SHARED);
	CHECK_EQ(ipc_reply_recv(child, &msg, IPC_PAGES), OK);
	CHECK_EQ(msg.from, child);
	CHECK_EQ(replied[0][0], 51);
	msg = (struct ipc_msg){.nwords = 1};
	CHECK_EQ(ipc_reply(child, &msg), OK);
}

static envid_t env_of(pid_t pid)
{
	struct pm_info info;

	return pid > PM_PID_MAX ? pid : process_next(pid - 1, &info) == pid ? info.env : 0;
}

int main(void)
{
	struct ipc_msg msg = {.w = {END}, .nwords = 1};
	struct process_end end;

	parent = env_page->id;
	for (uint32_t i = 0; i < RUN; i++) {
		forked[i][0] = 31 + i;
	}
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		receive_runs();
		CHECK_EQ(forked[0][0], 31);
		ask_parent();
		return 0;
	}
	child = env_of(pid);
	send_each_kind();
	send_packed();
	check_refused(NOWHERE, 1, IPC_MODE_MAP);
	check_refused((vaddr_t)main & ~(PGSIZE - 1), 1, SHARED);
	CHECK_EQ(sys_page_mark(0, NOWHERE, PTE_ZERO_FILL, 1), 1);
	check_refused(NOWHERE, 2, IPC_MODE_MAP);
	check_refused(0, 1, IPC_MODE_COPY);
	CHECK_EQ(sys_debug_write(text, strlen(text)), OK);
	CHECK_EQ(sys_debug_write((const void *)(NOWHERE + 2 * PGSIZE), 5), E_FAULT);
	CHECK_EQ(ipc_send(child, &msg, 0), 0);
	answer_child();
	CHECK_EQ(wait(pid, &end, 0), pid);
	CHECK_EQ(end.status, 0);
	return 0;
}
