/* A pager may take a page away before the run that it is part of is sent: the run is made present
 * again, but not for ever. */
#include "libsys/ipc.h"
#include "libsys/pager.h"
#include "libsys/paging.h"
#include "tests/guest/check.h"

enum { SOMETIMES = 0x50000000, ALWAYS = 0x51000000, WINDOW = 0x52000000, TIMES = 4 };

static int taken; /* pages of SOMETIMES */

/* Gives the page, and takes its neighbour, so that never both are there; of SOMETIMES a few
 * times. */
static int give_and_take(const struct pager_fault *fault)
{
	vaddr_t other = fault->va ^ PGSIZE, run = fault->va & ~PGSIZE;
	int status = paging_handle(fault->client, fault->va, fault->entry, fault->err);

	if (run == ALWAYS || (run == SOMETIMES && taken < TIMES)) {
		taken += run == SOMETIMES;
		(void)sys_page_unmap(fault->client, other, 1);
		CHECK_EQ(sys_page_mark(fault->client, other, PTE_ZERO_FILL, 1), 1);
	}
	return status;
}

static int client(void)
{
	struct ipc_msg msg = {.w = {1}, .nwords = 1};
	envid_t parent = env_page->id;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		env_page->recv_va = WINDOW | PTE_W;
		env_page->recv_npages = 2;
		CHECK_EQ(ipc_recv(parent, &msg, IPC_WINDOW), OK);
		return msg.npages == 2 ? 0 : 1;
	}
	struct pm_info info;
	struct process_end end;

	CHECK_EQ(process_next(pid - 1, &info), pid);
	CHECK_EQ(sys_page_mark(0, SOMETIMES, PTE_ZERO_FILL, 2), 2);
	CHECK_EQ(sys_page_mark(0, ALWAYS, PTE_ZERO_FILL, 2), 2);
	env_page->send_npages = 2;
	env_page->send_mode = IPC_MODE_MAP | IPC_MODE_WRITABLE;
	env_page->send_va = ALWAYS;
	CHECK_EQ(ipc_send(info.env, &msg, IPC_PAGES), E_PERM);
	env_page->send_va = SOMETIMES;
	CHECK_EQ(ipc_send(info.env, &msg, IPC_PAGES), 2);
	CHECK_EQ(wait(pid, &end, 0), pid);
	return end.status;
}

int main(int argc, char *argv[])
{
	const char *again[] = {argv[0], "client"};
	enum fault_path path =
		argc > 1 && strcmp(argv[1], "ipc") == 0 ? FAULT_PATH_IPC : FAULT_PATH_PAGER;

	if (argc > 1 && strcmp(argv[1], "client") == 0) {
		return client();
	}
	struct pager_fault fault;
	struct process_end end;
	int answer = OK;
	pid_t pid = spawn_paged(getpid(), path, 2, again);

	CHECK(pid > 0);
	while (pager_next(&fault, answer)) {
		answer = give_and_take(&fault);
	}
	CHECK_EQ(taken, TIMES);
	CHECK_EQ(wait(pid, &end, 0), pid);
	return end.status;
}
