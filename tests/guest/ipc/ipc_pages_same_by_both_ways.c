/* A page sent with a call arrives the same, or fails the same, whichever way either side entered
 * the kernel: rights, windows, entries in the way, limits, runs that the sender does not have. */
#include "tests/guest/pages.h"
#include "tests/guest/sysenter.h"

ENTER_BOTH_WAYS

enum {
	CALL = SYS_IPC | IPC_SEND | IPC_RECV,
	MAP_W = IPC_MODE_MAP | IPC_MODE_WRITABLE,
	GRANT_W = IPC_MODE_GRANT | IPC_MODE_WRITABLE,
	READ_ONLY = AREA + PGSIZE,
	ABSENT = AREA + 2 * PGSIZE,
	NO_TABLE = AREA + PTSIZE,
	FULL = WINDOW + PGSIZE,
	MARKED = WINDOW + 2 * PGSIZE,
	LAST = WINDOW + PTSIZE - PGSIZE,
	NEW_TABLE = WINDOW + PTSIZE,
};

/* The message, the window, and what must come of it: an error of the call, or pages in the window
 * with these rights. A granted page that came is gone from the sender. */
static const struct passage {
	uint32_t va, npages, mode;
	uint32_t window, room;
	int error;
	uint32_t pages, rights;
	bool gone;
} passages[] = {
	{AREA, 1, IPC_MODE_MAP, WINDOW, 1, OK, 1, PTE_P, false},
	{AREA, 1, IPC_MODE_MAP, WINDOW | PTE_W, 1, OK, 1, PTE_P, false},
	{AREA, 1, MAP_W, WINDOW, 1, OK, 1, PTE_P, false},
	{AREA, 1, MAP_W, WINDOW | PTE_W | PTE_SHARE, 1, OK, 1, PTE_P | PTE_W | PTE_SHARE, false},
	{AREA, 1, MAP_W, LAST | PTE_W, IPC_PAGES_MAX, OK, 1, PTE_P | PTE_W, false},
	{AREA, 1, IPC_MODE_GRANT, WINDOW | PTE_W, 1, OK, 1, PTE_P, true},
	{AREA, 1, GRANT_W, WINDOW | PTE_W, 1, OK, 1, PTE_P | PTE_W, true},
	{AREA, 1, GRANT_W, WINDOW | PTE_COW, 2, OK, 1, PTE_P | PTE_COW, true},
	{AREA, 1, IPC_MODE_COPY, WINDOW | PTE_W, 1, OK, 1, PTE_P | PTE_W, false},
	{READ_ONLY, 1, IPC_MODE_MAP, WINDOW | PTE_W, 1, OK, 1, PTE_P, false},
	{READ_ONLY, 1, IPC_MODE_GRANT, WINDOW | PTE_W, 1, OK, 1, PTE_P, true},
	{READ_ONLY, 1, MAP_W, WINDOW | PTE_W, 1, E_PERM, 0, 0, false},
	{READ_ONLY, 1, GRANT_W, WINDOW | PTE_W, 1, E_PERM, 0, 0, false},
	{AREA, 2, IPC_MODE_MAP, WINDOW, 2, OK, 2, PTE_P, false},
	{AREA, 2, IPC_MODE_GRANT, WINDOW, 1, OK, 1, PTE_P, true},
	{AREA, 2, MAP_W, WINDOW | PTE_W, 2, E_PERM, 0, 0, false},
	{AREA, 1, GRANT_W, FULL | PTE_W, 1, OK, 1, PTE_P | PTE_W, true}, /* in place of another */
	{AREA, 1, MAP_W, MARKED | PTE_W, 1, OK, 1, PTE_P | PTE_W, false},
	{AREA, 1, MAP_W, NEW_TABLE | PTE_W, 1, OK, 1, PTE_P | PTE_W, false},
	{AREA, 1, GRANT_W, WINDOW | PTE_W, 0, OK, 0, 0, false}, /* nothing fits */
	{AREA + 4, 1, MAP_W, WINDOW | PTE_W, 1, E_INVAL, 0, 0, false},
	{AREA, 0, MAP_W, WINDOW | PTE_W, 1, E_INVAL, 0, 0, false},
	{AREA, ~0u, MAP_W, WINDOW | PTE_W, 1, E_INVAL, 0, 0, false},
	{AREA, 1, 3, WINDOW | PTE_W, 1, E_INVAL, 0, 0, false},
	{AREA, 1, 0x200, WINDOW | PTE_W, 1, E_INVAL, 0, 0, false},
	{ABSENT, 1, IPC_MODE_MAP, WINDOW, 1, E_PERM, 0, 0, false},
	{ABSENT, 1, IPC_MODE_GRANT, WINDOW, 1, E_PERM, 0, 0, false},
	{NO_TABLE, 1, IPC_MODE_MAP, WINDOW, 1, E_PERM, 0, 0, false},
	{UTOP, 1, IPC_MODE_MAP, WINDOW, 1, E_INVAL, 0, 0, false},
	{ENVPAGE, 1, IPC_MODE_GRANT, WINDOW, 1, E_INVAL, 0, 0, false},
	{KERNBASE, 1, IPC_MODE_MAP, WINDOW, 1, E_INVAL, 0, 0, false},
};

enum { PASSAGES = sizeof(passages) / sizeof(passages[0]), SEED = 0x5EED };

static entry_fn *volatile server_way;
static volatile uint32_t window, room, window_flag;
static volatile bool dies;

/* Opens the window that is wanted with each answer. Says what came before, and writes there if it
 * may. */
static void server(uint32_t arg)
{
	struct entry entry = {.eax = SYS_IPC | IPC_RECV};

	(void)arg;
	by_best(&entry);
	for (;;) {
		vaddr_t va = window & ~(PGSIZE - 1);

		if (IPC_GOT_PAGES(entry.eax)) {
			entry.edi = rights_at(va);
			entry.ebp = *word_at(va);
			if (entry.edi & PTE_W) {
				*word_at(va) = ~SEED;
			}
		}
		if (dies) {
			return;
		}
		entry.esi = entry.eax;
		entry.eax = CALL | IPC_REPLY | IPC_WORDS(3) | window_flag;
		set_window(window, room);
		server_way(&entry);
	}
}

/* Our pages and the server's as each passage wants to find them. */
static void prepare(envid_t peer)
{
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 2), 2);
	*word_at(AREA) = *word_at(READ_ONLY) = SEED;
	CHECK_EQ(sys_page_mark(0, READ_ONLY, 0, 1), 1);
	CHECK_EQ(page_unmap_all(peer, WINDOW, 1024), OK);
	CHECK_EQ(sys_page_unmap(peer, NEW_TABLE, 1), 1);
	CHECK_EQ(sys_page_alloc(peer, FULL | PTE_W, 1), 1);
	CHECK_EQ(sys_page_mark(peer, MARKED, PTE_ZERO_FILL, 1), 1);
}

static int call(entry_fn *way, envid_t peer, uint32_t flags, struct entry *entry)
{
	*entry = (struct entry){CALL | flags, (uint32_t)peer, 1, 2, 3, 0x202};
	way(entry);
	CHECK_EQ(entry->ebx, peer);
	return (int)entry->eax;
}

static void pass(envid_t peer, const struct passage *p, entry_fn *way)
{
	struct entry entry;
	uint32_t word;

	window = p->window;
	room = p->room;
	window_flag = IPC_WINDOW;
	CHECK_EQ(call(way, peer, IPC_WORDS(1), &entry), 3);
	prepare(peer);
	set_run(p->va, p->npages, p->mode);
	CHECK_EQ(call(way, peer, IPC_PAGES | IPC_WORDS(2), &entry), p->error ? p->error : 3);
	if (!p->error) {
		CHECK_EQ(entry.esi, 2 | p->pages << 8);
		if (p->pages) {
			CHECK_EQ(entry.edi, p->rights);
			CHECK_EQ(entry.ebp, SEED);
		}
	}
	if (p->va == AREA || p->va == READ_ONLY) {
		CHECK_EQ(entry_at(p->va) == 0, p->gone);
	}
	if (p->gone) { /* nor does a TLB know it */
		CHECK_EQ(sys_page_alloc(0, p->va | PTE_W, 1), 1);
		CHECK_EQ(*word_at(p->va), 0);
	} else if (p->mode == MAP_W && p->rights & PTE_W) {
		word = *word_at(AREA);
		CHECK_EQ(word, ~(uint32_t)SEED);
	}
}

static void check_accounts(envid_t peer, uint32_t own, uint32_t peers_own)
{
	prepare(peer);
	CHECK_EQ(settled_record(env_page->id)->pages, own);
	CHECK_EQ(settled_record(peer)->pages, peers_own);
}

/* The words come, the page does not. */
static void check_limit(envid_t peer, entry_fn *way)
{
	struct entry entry;

	prepare(peer);
	window = WINDOW | PTE_W;
	room = 1;
	CHECK_EQ(call(way, peer, IPC_WORDS(1), &entry), 3);
	CHECK_EQ(sys_env_set(peer, ENV_LIMIT, settled_record(peer)->pages), OK);
	set_run(AREA, 1, GRANT_W);
	CHECK_EQ(call(way, peer, IPC_PAGES | IPC_WORDS(1), &entry), 3);
	CHECK_EQ(entry.esi, 1);
	CHECK_EQ(*word_at(AREA), SEED);
	CHECK_EQ(sys_env_set(peer, ENV_LIMIT, PEER_LIMIT), OK);
}

/* No window, no page. */
static void check_closed(envid_t peer, entry_fn *way)
{
	struct entry entry;

	prepare(peer);
	window_flag = 0;
	CHECK_EQ(call(way, peer, IPC_WORDS(1), &entry), 3);
	set_run(AREA, 1, GRANT_W);
	CHECK_EQ(call(way, peer, IPC_PAGES | IPC_WORDS(1), &entry), 3);
	CHECK_EQ(entry.esi, 1);
	CHECK_EQ(*word_at(AREA), SEED);
	window_flag = IPC_WINDOW;
	CHECK_EQ(call(way, peer, IPC_WORDS(1), &entry), 3);
}

/* Who gets the page and dies of it takes it along. */
static void check_death(envid_t peer, entry_fn *way)
{
	struct entry entry = {.ebx = (uint32_t)peer};

	prepare(peer);
	set_run(AREA, 1, GRANT_W);
	dies = true;
	entry.eax = CALL | IPC_PAGES;
	way(&entry);
	CHECK_EQ((int)entry.eax, E_DEAD);
	CHECK_EQ(entry_at(AREA), 0);
	peer_join(peer);
	dies = false;
	entry = (struct entry){.eax = CALL | IPC_PAGES, .ebx = (uint32_t)peer};
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	way(&entry);
	CHECK_EQ((int)entry.eax, E_BAD_ENV);
	CHECK(entry_at(AREA) != 0);
}

int main(void)
{
	for (uint32_t ways = 0; ways < (env_page->sysenter ? 4 : 1); ways++) {
		entry_fn *way = ways & 1 ? by_int : by_best;
		envid_t peer = peer_start(server, 0);
		uint32_t own, peers_own;

		server_way = ways & 2 ? by_int : by_best;
		CHECK_EQ(sys_page_alloc(peer, NEW_TABLE, 1), 1);
		prepare(peer);
		own = settled_record(env_page->id)->pages;
		peers_own = settled_record(peer)->pages;
		for (uint32_t i = 0; i < PASSAGES; i++) {
			pass(peer, &passages[i], way);
			check_accounts(peer, own, peers_own);
		}
		check_limit(peer, way);
		check_closed(peer, way);
		check_death(peer, way);
	}
	return 0;
}
