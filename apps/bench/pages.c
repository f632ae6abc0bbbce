/* B9: pages that travel in a message, mapped (both have them then) or granted (the sender has
 * them no more), into a part of the receiver's memory where nothing was; answered with a word. */
#include "apps/bench/bench.h"
#include "libsys/ipc.h"
#include "libsys/syscall.h"

enum {
	TAKE_RUN,
	CHECK_ALL, /* w0 = pages that should have come: checks, marks and forgets them */
	TAKE_STOP,
	RECEIVED = 1, /* mark of the receiver */
	OPS_MAX = 256,
};

/* ---- the receiver ---- */

/* How many of the pages that came are those that were sent; the sender may see that they were
 * here. */
static uint32_t check_and_drop(uint32_t npages)
{
	uint32_t right = pages_right(BENCH_WINDOW, npages, 0);

	pages_mark(BENCH_WINDOW, npages, RECEIVED);
	must(page_unmap_all(0, BENCH_WINDOW, npages), "unmapping pages");
	env_page->recv_va = BENCH_WINDOW | PTE_W;
	return right;
}

static void receive_pages(envid_t parent)
{
	struct ipc_msg msg = {.nwords = 0};
	envid_t client = 0;

	env_page->recv_va = BENCH_WINDOW | PTE_W;
	env_page->recv_npages = IPC_PAGES_MAX;
	for (;;) {
		if (ipc_reply_recv(client, &msg, IPC_WINDOW) <
		    0) { /* no call here: this is timed */
			break;
		}
		client = msg.from;
		if (__builtin_expect(msg.w[1] == TAKE_RUN, true)) {
			env_page->recv_va += msg.npages * PGSIZE;
		} else if (msg.w[1] == CHECK_ALL) {
			msg.w[0] = check_and_drop(msg.w[0]);
		} else {
			expect(client == parent, "who sent the message");
			return;
		}
		msg.nwords = 1;
	}
	expect(false, "reply and receive");
}

/* ---- the sender ---- */

static void prepare(uint32_t npages)
{
	must(page_alloc_all(0, BENCH_AREA | PTE_W, npages), "pages");
	pages_fill(BENCH_AREA, npages);
}

/* Mapped pages show what the receiver wrote; granted ones are gone. */
static void check_and_free(uint32_t npages, enum ipc_send_mode mode)
{
	if (mode == IPC_MODE_MAP) {
		expect(pages_right(BENCH_AREA, npages, RECEIVED) == npages, "mapped pages");
	}
	for (uint32_t page = 0; mode == IPC_MODE_GRANT && page < npages; page++) {
		expect(!(uvpt[(BENCH_AREA >> PGSHIFT) + page] & PTE_P), "granted pages");
	}
	must(page_unmap_all(0, BENCH_AREA, npages), "unmapping pages");
}

static uint64_t send_runs(envid_t partner, uint32_t size, uint32_t ops)
{
	struct ipc_msg msg = {.nwords = 1};
	uint64_t start;

	env_page->send_va = BENCH_AREA;
	env_page->send_npages = size < IPC_PAGES_MAX ? size : IPC_PAGES_MAX;
	ops *= size / env_page->send_npages;
	start = mark_start();
	for (uint32_t i = 0; i < ops; i++) {
		msg.w[1] = TAKE_RUN;
		msg.nwords = 1;
		(void)ipc_call(partner, &msg, IPC_PAGES);
		env_page->send_va += env_page->send_npages * PGSIZE;
	}
	return mark_stop() - start;
}

static void measure_runs(struct partner partner, const char *id, enum ipc_send_mode mode,
                         uint32_t size)
{
	uint32_t ops = size >= OPS_MAX ? 2 : OPS_MAX / size;
	uint32_t npages = (ops = times(ops, 1 + 15 * (size == 1))) * size;
	struct ipc_msg all = {.w = {npages, CHECK_ALL}, .nwords = 2};
	uint64_t counts;

	prepare(npages);
	env_page->send_mode = mode | IPC_MODE_WRITABLE;
	counts = send_runs(partner.env, size, ops);
	must(ipc_call(partner.env, &all, 0), "call");
	expect(all.w[0] == npages, "pages received");
	check_and_free(npages, mode);
	report(id, size, ops, counts);
}

static void measure_mode(const char *id, enum ipc_send_mode mode)
{
	static const uint32_t sizes[] = {1, 1, 2, 4, 16, 64, 256, 1024};
	struct partner partner = partner_start(receive_pages);
	struct ipc_msg stop = {.w = {0, TAKE_STOP}, .nwords = 2};

	for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (!bench_options.brief || sizes[i] == 1) {
			measure_runs(partner, id, mode, sizes[i]);
		}
	}
	must(ipc_send(partner.env, &stop, 0), "stop");
	partner_join(partner);
}

void bench_map(void)
{
	measure_mode("B9_map", IPC_MODE_MAP);
}

void bench_grant(void)
{
	measure_mode("B9_grant", IPC_MODE_GRANT);
}
