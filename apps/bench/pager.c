/* B8: what a fault handled in another address space costs by itself. The program is the pager of an
 * env that it made, which touches pages that the pager has, resident and zero: the fault comes as a
 * message, the page goes with the answer.
 *
 * The env shares the program's memory, like a thread, and has a stack of its own in it; only the
 * pages to touch are not there for it. So neither needs a page while it works. */
#include "apps/bench/bench.h"
#include "libsys/ipc.h"
#include "libsys/syscall.h"

enum {
	CLIENT_STACK = 4096,
	CLIENT_DONE = 1, /* w0 of its last message; a fault's has FAULT_OP in these bits */
	OP_MASK = 0xFFF,
	EFLAGS_USER = 0x202,
	WORDS = PGSIZE / 4,
};

extern char end[]; /* of bss, from the linker */

static struct {
	envid_t pager;
	uint32_t npages;
	uint64_t counts;
	char stack[CLIENT_STACK] __attribute__((aligned(16)));
} client;

/* What the env runs. */
static _Noreturn void client_main(void)
{
	volatile uint32_t *word = (volatile uint32_t *)BENCH_AREA;
	struct ipc_msg done = {.w = {CLIENT_DONE}, .nwords = 1};
	uint64_t start = mark_start();

	for (uint32_t page = 0; page < client.npages; page++) {
		word[page * WORDS] |= ~page;
	}
	client.counts = mark_stop() - start;
	for (;;) { /* once: the pager ends us */
		(void)ipc_send(client.pager, &done, 0);
	}
}

/* Maps all that the program has below its end into the env, present and not copied on write. */
static void give_memory(envid_t env)
{
	for (vaddr_t va = UTEXT; va < (vaddr_t)end; va += PGSIZE) {
		volatile uint8_t *byte = (volatile uint8_t *)va;
		pte_t entry = uvpt[va >> PGSHIFT];

		if (entry == 0) {
			continue;
		}
		if (!(entry & PTE_P) || (entry & PTE_COW)) {
			*byte = *byte;
		}
		must(sys_page_map(0, va, env, va | (uvpt[va >> PGSHIFT] & PTE_W), 1), "map");
	}
}

static envid_t client_start(uint32_t npages)
{
	struct env_regs regs = {.eip = (vaddr_t)client_main,
	                        .eflags = EFLAGS_USER,
	                        .esp = (vaddr_t)client.stack + CLIENT_STACK - 16};
	envid_t env = sys_env_fork(0, 0);

	must(env, "env");
	client.pager = env_page->id;
	client.npages = npages;
	must(sys_env_set_regs(env, &regs), "registers");
	must(sys_env_set(env, ENV_PAGER, (uint32_t)client.pager), "pager");
	must(sys_env_set(env, ENV_FAULTS, FAULTS_IPC), "fault path");
	give_memory(env);
	must(sys_env_set(env, ENV_RUN, 1), "run");
	return env;
}

/* Answers the env's faults until it says that it is done; how many. */
static uint32_t serve(envid_t env)
{
	struct ipc_msg msg = {.nwords = 0};
	uint32_t faults = 0, flags = 0;
	envid_t from = 0;

	env_page->send_npages = 1;
	env_page->send_mode = IPC_MODE_MAP | IPC_MODE_WRITABLE;
	for (;;) {
		must(ipc_reply_recv(from, &msg, flags), "reply and receive");
		from = msg.from;
		if ((msg.w[0] & OP_MASK) != FAULT_OP) {
			break;
		}
		env_page->send_va = PTE_ADDR(msg.w[0]);
		msg.w[0] = 0;
		msg.w[1] = 0;
		msg.nwords = 2;
		flags = IPC_PAGES;
		faults++;
	}
	expect(from == env && msg.w[0] == CLIENT_DONE, "the env's last message");
	return faults;
}

/* Whether each page has what the env wrote into its first word, and is zero as before in all
 * others. */
static bool pages_are_touched(uint32_t npages)
{
	const volatile uint32_t *words = (volatile uint32_t *)BENCH_AREA;
	uint32_t step = times(1, WORDS / 4);

	for (uint32_t i = 0; i < npages * WORDS; i += step) {
		if (words[i] != (i % WORDS == 0 ? ~(i / WORDS) : 0)) {
			return false;
		}
	}
	return true;
}

static void measure_pager(uint32_t npages)
{
	envid_t env;

	must(page_alloc_all(0, BENCH_AREA | PTE_W, npages), "pages");
	env = client_start(npages);
	expect(serve(env) == npages, "number of faults");
	must(sys_env_destroy(env, 0), "destroy"); /* before another uses its stack */
	expect(pages_are_touched(npages), "pages");
	must(page_unmap_all(0, BENCH_AREA, npages), "unmapping pages");
	report("B8", npages, npages, client.counts);
}

void bench_pager(void)
{
	static const uint32_t sizes[] = {16, 64, 256, 1024};

	for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (!bench_options.brief || sizes[i] == 64) {
			measure_pager(sizes[i]);
		}
	}
}
