/* failhook: 1
 * Whichever allocation fails while a run of pages travels with a message, copied, mapped or
 * granted, taken by a receiver that waited or from a sender that did: the words arrive; of the
 * pages the first n, as many as both sides are told; the others are still the sender's, and nothing
 * is lost. */
#include "tests/guest/fail.h"
#include "tests/guest/peers.h"

enum { PAGES = 6, MOST = 40 };

/* Across the border of two page tables, which the receiver has not. */
#define SOURCE (AREA + PTSIZE - 2 * PGSIZE)
#define PLACE (OTHER + PTSIZE - 3 * PGSIZE)

static const uint32_t modes[] = {IPC_MODE_COPY, IPC_MODE_MAP, IPC_MODE_MAP | IPC_MODE_WRITABLE,
                                 IPC_MODE_GRANT, IPC_MODE_GRANT | IPC_MODE_WRITABLE};

static envid_t test;
static uint32_t mode, seed;
static volatile int sent, received, arrived_word;
static volatile bool wrong;

static bool is_there(vaddr_t va)
{
	return (uvpd[va >> PTSHIFT] & PTE_P) != 0 && (uvpt[va >> PGSHIFT] & PTE_P) != 0;
}

static void make_pages(void)
{
	for (uint32_t i = 0; i < PAGES; i++) {
		CHECK_EQ(sys_page_alloc(0, (SOURCE + i * PGSIZE) | PTE_W, 1), 1);
		words_at(SOURCE + i * PGSIZE)[7] = seed + i;
	}
}

static void drop_pages(vaddr_t va)
{
	CHECK_EQ(page_unmap_all(0, va, PAGES), OK);
}

static int send(envid_t to)
{
	struct ipc_msg msg = {.w = {seed}, .nwords = 1};

	set_run(SOURCE, PAGES, mode);
	return ipc_send(to, &msg, IPC_PAGES);
}

static int receive(void)
{
	struct ipc_msg msg;

	set_window(PLACE | PTE_W, PAGES);
	CHECK_EQ(ipc_recv(0, &msg, IPC_WINDOW), OK);
	arrived_word = (int)msg.w[0];
	return (int)msg.npages;
}

/* Of the run the first n are here. Reads them all. */
static bool has_first(vaddr_t va, int n)
{
	bool good = true;

	for (int i = 0; i < PAGES; i++) {
		vaddr_t page = va + (uint32_t)i * PGSIZE;

		good = good && is_there(page) == (i < n) &&
		       (i >= n || words_at(page)[7] == seed + (uint32_t)i);
	}
	return good;
}

/* What a sender of n pages has left. */
static bool has_rest(int n)
{
	bool good = true, granted = (mode & ~IPC_MODE_WRITABLE) == IPC_MODE_GRANT;

	for (int i = 0; i < PAGES; i++) {
		vaddr_t page = SOURCE + (uint32_t)i * PGSIZE;
		bool there = !granted || i >= n;

		good = good && is_there(page) == there &&
		       (!there || words_at(page)[7] == seed + (uint32_t)i);
	}
	return good;
}

static void receiver(uint32_t arg)
{
	(void)arg;
	received = receive();
	wrong = !has_first(PLACE, received);
}

static void sender(uint32_t arg)
{
	(void)arg;
	make_pages();
	sent = send(test);
	wrong = !has_rest(sent);
}

/* The test sends to who waits. Whether there was no allocation k. */
static bool try_send(uint32_t k, uint32_t how)
{
	envid_t peer = peer_start(receiver, 0);

	make_pages();
	await_ipc(peer, 0);
	fail_at(0, k, how);
	sent = send(peer);
	bool unneeded = fail_at(0, 0, 0) != 0;
	peer_join(peer);
	CHECK(has_rest(sent));
	drop_pages(SOURCE);
	return unneeded;
}

/* The test takes from who waits to send. */
static bool try_receive(uint32_t k, uint32_t how)
{
	envid_t peer = peer_start(sender, 0);

	await_ipc(peer, test);
	fail_at(0, k, how);
	received = receive();
	bool unneeded = fail_at(0, 0, 0) != 0;
	peer_join(peer);
	CHECK(has_first(PLACE, received));
	drop_pages(PLACE);
	return unneeded;
}

static uint32_t check_all(bool (*try)(uint32_t, uint32_t), uint32_t how)
{
	uint32_t k = 0, failed = 0;
	bool unneeded;

	do {
		struct sysinfo before = settled_info();

		k++;
		seed += 100;
		unneeded = try(k, how);
		CHECK_EQ(sent, received);
		CHECK_EQ(arrived_word, (int)seed);
		CHECK(!wrong);
		CHECK_EQ(unneeded, sent == PAGES);
		failed += sent < PAGES;
		CHECK_EQ(settled_info().frames_free, before.frames_free);
	} while (!unneeded && k < MOST);
	CHECK(unneeded);
	return failed;
}

int main(void)
{
	test = env_page->id;
	peers_touch_memory();
	seed = 1;
	make_pages(); /* so that the page tables are here, for good */
	drop_pages(SOURCE);
	CHECK_EQ(page_alloc_all(0, PLACE, PAGES), OK);
	drop_pages(PLACE);
	for (uint32_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		mode = modes[i];
		for (uint32_t how = FAIL_ONCE; how <= FAIL_ON; how++) {
			uint32_t sending = check_all(try_send, how),
				 taking = check_all(try_receive, how);

			CHECK(sending >= 2); /* the receiver's page tables at least */
			printf("mode 0x%x: %u points of failure to send, %u to take\n", mode,
			       sending, taking);
		}
	}
	return 0;
}
