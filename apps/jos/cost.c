/* What the lab's challenges cost, in ticks of the processor's counter (instructions under -icount):
 * fork with batched page calls against a call or two per page, sfork, ipc_send that waits in the
 * kernel against one that tries and yields, an exception brought to a handler, and a pipeline. */
#include <inc/lib.h>

enum { PAGES = 256, ROUNDS = 200, STAGES = 8, RIGHTS = PTE_P | PTE_U | PTE_W };

static char *const area = (char *)0x10000000;

static void must(int result, const char *what)
{
	if (result < 0) {
		panic("%s: %e", what, result);
	}
}

/* The area has pages of its own, writable. */
static void dirty(void)
{
	for (int i = 0; i < PAGES; i++) {
		must(sys_page_alloc(0, area + i * PGSIZE, RIGHTS), "sys_page_alloc");
	}
}

static uint32_t cost_of_fork(envid_t (*fork)(void))
{
	const uint64_t start = read_tsc();
	const envid_t child = fork();
	uint32_t cost;

	must(child, "fork");
	if (child == 0) {
		exit();
	}
	cost = read_tsc() - start;
	while (envs[ENVX(child)].env_id == child && envs[ENVX(child)].env_status != ENV_FREE) {
		sys_yield();
	}
	return cost;
}

/* The same work as fork's, a page at a time; the child never runs. */
static uint32_t cost_page_by_page(void)
{
	const uint64_t start = read_tsc();
	const envid_t child = sys_exofork();
	uint32_t cost;

	must(child, "sys_exofork");
	for (uint32_t page = 0; page < UTOP / PGSIZE - 1; page++) {
		const bool table = uvpd[page / NPTENTRIES] & PTE_P;
		void *const va = (void *)(page * PGSIZE);

		if (!table) {
			page = ROUNDUP(page + 1, NPTENTRIES) - 1;
			continue;
		}
		if (!(uvpt[page] & PTE_P)) {
			continue;
		}
		if (!(uvpt[page] & (PTE_W | PTE_COW))) {
			must(sys_page_map(0, va, child, va, PTE_P | PTE_U), "sys_page_map");
			continue;
		}
		must(sys_page_map(0, va, child, va, PTE_P | PTE_U | PTE_COW), "sys_page_map");
		must(sys_page_map(0, va, 0, va, PTE_P | PTE_U | PTE_COW), "sys_page_map");
	}
	cost = read_tsc() - start;
	sys_env_destroy(child);
	return cost;
}

static uint32_t cost_of_writes(void)
{
	const uint64_t start = read_tsc();

	for (int i = 0; i < PAGES; i++) {
		area[i * PGSIZE] = 1;
	}
	return (read_tsc() - start) / PAGES;
}

typedef void send_fn(envid_t to, uint32_t value);

static void send_waiting(envid_t to, uint32_t value)
{
	ipc_send(to, value, 0, 0);
}

static void send_trying(envid_t to, uint32_t value)
{
	int error;

	while ((error = sys_ipc_try_send(to, value, (void *)UTOP, 0)) == -E_IPC_NOT_RECV) {
		sys_yield();
	}
	must(error, "sys_ipc_try_send");
}

static uint32_t cost_of_round_trip(send_fn *send)
{
	const envid_t me = sys_getenvid(), child = fork();
	uint64_t start;

	must(child, "fork");
	if (child == 0) {
		for (int i = 0; i <= ROUNDS; i++) {
			send(me, ipc_recv(0, 0, 0));
		}
		exit();
	}
	send(child, 0); /* the child's first copies of pages are no part of this */
	ipc_recv(0, 0, 0);
	start = read_tsc();
	for (int i = 0; i < ROUNDS; i++) {
		send(child, i);
		ipc_recv(0, 0, 0);
	}
	return (read_tsc() - start) / ROUNDS;
}

static void nothing(struct UTrapframe *utf)
{
}

static uint32_t cost_of_exception(void)
{
	uint64_t start;

	set_exception_handler(nothing);
	start = read_tsc();
	for (int i = 0; i < ROUNDS; i++) {
		breakpoint();
	}
	return (read_tsc() - start) / ROUNDS;
}

/* Values go through a row of envs, each of which adds 1, and come back: per value and env, when all are at work. */
static uint32_t cost_of_stage(void)
{
	envid_t next = sys_getenvid(), stages[STAGES];
	uint32_t cost;
	uint64_t start;

	for (int stage = 0; stage < STAGES; stage++) {
		const envid_t child = fork();

		must(child, "fork");
		while (child == 0) {
			ipc_send(next, ipc_recv(0, 0, 0) + 1, 0, 0);
		}
		next = stages[stage] = child;
	}
	ipc_send(next, 0, 0, 0);
	ipc_recv(0, 0, 0);
	start = read_tsc();
	for (int i = 0; i < STAGES; i++) {
		ipc_send(next, i, 0, 0);
	}
	for (int i = 0; i < ROUNDS; i++) {
		if (ipc_recv(0, 0, 0) != i + STAGES) {
			panic("a value was lost");
		}
		ipc_send(next, i + STAGES, 0, 0);
	}
	cost = (read_tsc() - start) / ROUNDS / STAGES;
	for (int stage = STAGES; stage > 0; stage--) { /* who sends first */
		sys_env_destroy(stages[stage - 1]);
	}
	return cost;
}

void umain(int argc, char **argv)
{
	uint32_t batched, single, kept, copied, first;
	envid_t keeper;

	dirty();
	batched = cost_of_fork(fork);
	kept = cost_of_writes();
	single = cost_page_by_page();
	cprintf("fork with %d dirty pages: %u, page by page: %u\n", PAGES, batched, single);
	dirty();
	keeper = fork();
	if (keeper == 0) {
		ipc_recv(0, 0, 0); /* keeps its share of the pages */
		exit();
	}
	copied = cost_of_writes();
	sys_env_destroy(keeper);
	cprintf("first write to a page: %u with a copy, %u as its last user\n", copied, kept);
	cprintf("message there and back: %u waiting, %u trying\n", cost_of_round_trip(send_waiting),
	        cost_of_round_trip(send_trying));
	cprintf("exception to a handler and back: %u\n", cost_of_exception());
	dirty();
	first = cost_of_fork(sfork);
	cprintf("sfork with %d pages: %u, again: %u\n", PAGES, first, cost_of_fork(sfork));
	cprintf("pipeline of %d envs, per value and env: %u\n", STAGES, cost_of_stage());
}
