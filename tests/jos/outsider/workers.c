/* A pool of workers over shared memory: a page that the parent marked PTE_SHARE holds the tasks, a
 * lock made of xchg guards it, and the results come by IPC, each in a page of its own. */
#include <inc/lib.h>

#define WORKERS 4
#define TASKS 40
#define RW (PTE_P | PTE_U | PTE_W)

struct board {
	volatile uint32_t lock;
	int next;
	int done_by[TASKS];
};

static struct board *const board = (struct board *)0x30000000;
static char *const report = (char *)0x40000000;

static int take_task(void)
{
	int task;

	while (xchg(&board->lock, 1) != 0) {
		sys_yield();
	}
	task = board->next < TASKS ? board->next++ : -1;
	xchg(&board->lock, 0);
	return task;
}

static int triangle(int n)
{
	return n <= 0 ? 0 : n + triangle(n - 1);
}

static void work(envid_t parent)
{
	int task, sum = 0, r;

	while ((task = take_task()) >= 0) {
		board->done_by[task]++;
		sum += triangle(task);
		sys_yield();
	}
	if ((r = sys_page_alloc(0, report, RW)) < 0) {
		panic("sys_page_alloc: %e", r);
	}
	snprintf(report, PGSIZE, "worker %08x (child of %08x), status %d", thisenv->env_id,
	         thisenv->env_parent_id, thisenv->env_status);
	ipc_send(parent, sum, report, PTE_P | PTE_U);
}

static int running(void)
{
	int i, n = 0;

	for (i = 0; i < NENV; i++) {
		if (envs[i].env_status != ENV_FREE && envs[i].env_status != ENV_DYING &&
		    envs[i].env_parent_id == thisenv->env_id) {
			n++;
		}
	}
	return n;
}

void umain(int argc, char **argv)
{
	envid_t parent = sys_getenvid(), who;
	int i, r, perm, sum = 0;
	char expected[80];

	if ((r = sys_page_alloc(0, board, RW | PTE_SHARE)) < 0) {
		panic("sys_page_alloc: %e", r);
	}
	for (i = 0; i < WORKERS; i++) {
		if ((r = fork()) < 0) {
			panic("fork: %e", r);
		}
		if (r == 0) {
			work(parent);
			exit();
		}
	}
	cprintf("%d workers\n", running());
	for (i = 0; i < WORKERS; i++) {
		int part = ipc_recv(&who, report, &perm);

		snprintf(expected, sizeof(expected), "worker %08x (child of %08x)", who, parent);
		assert(perm == (PTE_P | PTE_U));
		assert(strncmp(report, expected, strlen(expected)) == 0);
		sum += part;
	}
	for (i = 0; i < TASKS; i++) {
		assert(board->done_by[i] == 1);
	}
	while (running() > 0) {
		sys_yield();
	}
	cprintf("all %d tasks done once, sum %d\n", TASKS, sum);
	cprintf("%e, %e, %5d|%-5s|%05x|%c|%%\n", -E_NO_MEM, E_BAD_ENV, 42, "ab", 0xbeef, 'x');
}
