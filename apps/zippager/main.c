/* A pager that packs cold pages: each client keeps at most so many pages of its own in memory, and
 * the ones that it got first are packed (store.c) until it touches them again.
 *
 *     run -p zippager PROGRAM          32 pages
 *     run -p 'zippager 100' PROGRAM    100 pages
 *
 * What a page-table entry says goes on being the truth. A packed page is PTE_KEPT | place << 12 in
 * its client's page table: a fork copies that like any other entry, and then the place has two
 * holders. It is given up when the last entry that names it is gone; to know, one looks at the
 * clients' page tables. So an entry is a claim that anybody can make up. It is believed of one
 * program and its forks, the family, whose pages are packed; other clients are paged without, and
 * get nothing back. When the family is gone its pages are forgotten, and the next client begins
 * another.
 *
 * Taking a page away takes several calls. Nothing can come between them, because it is done only to
 * the client whose fault is being handled: that one waits for our answer, and cannot fork
 * meanwhile.
 *
 *     writable, one mapping --mark--> read only, copy on write
 *                           --map here, pack, unmap--> 0 --mark--> kept
 */
#include "apps/zippager/store.h"
#include "libsys/args.h"
#include "libsys/pager.h"
#include "libsys/paging.h"
#include "libsys/record.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "libsys/syscall.h"

enum {
	RESIDENT_DEFAULT = 32,
	RESIDENT_LEAST = 8, /* more than one instruction can need at once */
	RESIDENT_MOST = 256,
	CLIENTS_MAX = 32, /* whose pages are packed; further ones are paged without */
	SWEEP = 64,       /* places */
	ASKED = 512,      /* clients, in all: the rest is for the next time */
	WINDOW = 0x50000000,
};

/* The pages that a client got from us, oldest first: a ring. Some may be gone. */
static struct client {
	envid_t env; /* 0: free */
	uint32_t first, count;
	vaddr_t pages[RESIDENT_MOST];
} clients[CLIENTS_MAX];

static uint32_t resident_max = RESIDENT_DEFAULT;
static uint32_t returned;

/* ---- The family ---- */

static envid_t family[NENV]; /* by slot: its members, the dead ones too */

static bool is_member(envid_t env)
{
	return family[ENV_SLOT(env)] == env;
}

/* Who created it; 0: nobody, or it is gone. Its slot may be somebody else's by now. */
static envid_t parent_of(envid_t env)
{
	struct env_info info;

	return record_read(ENV_SLOT(env), &info) && info.id == env ? info.parent : 0;
}

/* Or a copy of one, that has not been here yet. Who forks writes to its stack, and so was here
 * before its child. */
static bool is_of_family(envid_t env)
{
	envid_t parent;

	if (is_member(env)) {
		return true;
	}
	parent = parent_of(env);
	return parent != 0 && is_member(parent);
}

/* Who looks at one slot after the other passes over an env that is born in a slot behind it, of one
 * that dies in a slot before it. So a look notes the clients that it finds. */
static struct look {
	uint32_t count;
	envid_t clients[NENV];
} look;

static void look_begin(void)
{
	look.count = 0;
	for (envid_t env = 0; (env = pager_client_after(env)) != 0;) {
		look.clients[look.count++] = env;
	}
}

/* Whether nobody came or went since it began: then nobody was passed over. */
static bool look_was_whole(void)
{
	uint32_t i = 0;

	for (envid_t env = 0; (env = pager_client_after(env)) != 0; i++) {
		if (i == look.count || look.clients[i] != env) {
			return false;
		}
	}
	return i == look.count;
}

/* If it is not sure, too. Mostly the first client tells. */
static bool family_lives(void)
{
	look.count = 0;
	for (envid_t env = 0; (env = pager_client_after(env)) != 0;) {
		if (is_of_family(env)) {
			return true;
		}
		look.clients[look.count++] = env;
	}
	return !look_was_whole();
}

/* A member's place in the table may be a dead one's, whose forks have not all been here. */
static void add_member(envid_t env)
{
	envid_t former = family[ENV_SLOT(env)];

	family[ENV_SLOT(env)] = env;
	for (envid_t fork = 0; former != 0 && (fork = pager_client_after(fork)) != 0;) {
		if (parent_of(fork) == former && !is_member(fork)) {
			add_member(fork);
		}
	}
}

/* Whether the client is of the family, or begins one, after the last of the former is gone. */
static bool joins(envid_t env)
{
	if (is_member(env)) {
		return true;
	}
	if (!family_lives()) {
		memset(family, 0, sizeof(family));
		for (uint32_t place = 0; place < STORE_PLACES; place++) {
			if (store_va(place) != STORE_NONE) {
				store_forget(place);
			}
		}
	} else if (!is_of_family(env)) {
		return false;
	}
	add_member(env);
	return true;
}

/* ---- Places ---- */

/* Whether an entry of this client names the place. */
static bool holds(envid_t env, uint32_t place)
{
	pte_t entry;
	uint32_t mappings;

	return sys_page_query(env, store_va(place), &entry, &mappings) >= 0 &&
	       entry == (place << PGSHIFT | PTE_KEPT);
}

/* Forgets the place if surely nobody holds it. A fork in progress may copy the entry to a client
 * that was asked about before; whom it copies from still has it then, unless it died meanwhile: so
 * all are noted before the first is asked about. */
static void forget_unless_held(uint32_t place)
{
	look_begin();
	for (uint32_t i = 0; i < look.count; i++) {
		envid_t env = look.clients[i];

		if (!is_of_family(env)) {
			continue;
		}
		if (!is_member(env)) {
			add_member(env);
		}
		if (holds(env, place)) {
			return;
		}
	}
	if (look_was_whole()) {
		store_forget(place);
	}
}

/* Of the next places in turn only: each asks about all clients, and others' faults wait. */
static void forget_what_nobody_holds(void)
{
	static uint32_t next;
	uint32_t asked = 0;

	for (uint32_t i = 0; i < SWEEP && asked < ASKED; i++) {
		if (store_va(next) != STORE_NONE) {
			forget_unless_held(next);
			asked += look.count;
		}
		next = (next + 1) % STORE_PLACES;
	}
}

/* ---- Taking pages away ---- */

/* The page, which its client can only read now, packed: its place or -1. */
static int pack_page(envid_t env, vaddr_t va)
{
	if (sys_page_map(env, va, 0, WINDOW, 1) < 0) {
		return -1;
	}
	int place = store_put((const uint32_t *)WINDOW, va);

	if (place < 0) {
		forget_what_nobody_holds();
		place = store_put((const uint32_t *)WINDOW, va);
	}
	(void)sys_page_unmap(0, WINDOW, 1);
	return place;
}

/* Puts the page away, if it is the client's alone and writable. If a step fails the page stays, at
 * worst marked copy-on-write: the next write makes it what it was. */
static void take_away(envid_t env, vaddr_t va)
{
	pte_t entry;
	uint32_t mappings;

	if (sys_page_query(env, va, &entry, &mappings) < 0 || mappings != 1 ||
	    (entry & (PTE_P | PTE_W | PTE_SOFT)) != (PTE_P | PTE_W)) {
		return;
	}
	env_page->expect = entry;
	if (sys_page_mark(env, va | PAGE_COND, PTE_COW, 1) < 0) {
		return;
	}
	int place = pack_page(env, va);

	if (place < 0) {
		return;
	}
	env_page->expect = (entry & ~PTE_W) | PTE_COW;
	if (sys_page_unmap(env, va | PAGE_COND, 1) < 0) {
		store_forget((uint32_t)place);
		return;
	}
	env_page->expect = 0;
	(void)sys_page_mark(env, va | PAGE_COND, (uint32_t)place << PGSHIFT | PTE_KEPT, 1);
}

/* ---- Clients ---- */

/* NULL if there are too many. */
static struct client *client_of(envid_t env)
{
	struct client *free = NULL;

	for (int i = 0; i < CLIENTS_MAX; i++) {
		if (clients[i].env == env) {
			return &clients[i];
		}
		if (clients[i].env == 0 || !record_env_lives(clients[i].env)) {
			free = &clients[i];
		}
	}
	if (free != NULL) {
		free->env = env;
		free->first = free->count = 0;
	}
	return free;
}

/* The client has got this page: if that is one too many, the oldest goes. */
static void got_page(envid_t env, vaddr_t va)
{
	struct client *client = client_of(env);

	if (client == NULL || va >= USTACKTOP) {
		return;
	}
	for (uint32_t i = 0; i < client->count; i++) {
		if (client->pages[(client->first + i) % resident_max] == va) {
			return; /* a copy in its own place, after a fork */
		}
	}
	if (client->count == resident_max) {
		take_away(env, client->pages[client->first]);
		client->first = (client->first + 1) % resident_max;
		client->count--;
	}
	client->pages[(client->first + client->count++) % resident_max] = va;
}

/* ---- Faults ---- */

static int give_back(const struct pager_fault *fault)
{
	uint32_t place = fault->entry >> PGSHIFT;
	int status = sys_page_alloc(0, WINDOW | PTE_W, 1);

	if (status < 0) {
		return pager_result(status);
	}
	if (store_get(place, fault->va, (uint32_t *)WINDOW)) {
		env_page->expect = fault->entry;
		status = sys_page_map(0, WINDOW, fault->client, fault->va | PTE_W | PAGE_COND, 1);
	} else {
		status = E_FAULT;
	}
	(void)sys_page_unmap(0, WINDOW, 1);
	if (status > 0) {
		returned++;
		forget_unless_held(place);
	}
	return pager_result(status);
}

static int handle(const struct pager_fault *fault)
{
	enum paging_action action = paging_decide(fault->va, fault->entry, fault->err);
	bool ours = joins(fault->client);
	int status = action == PAGING_LOST && ours
	                     ? give_back(fault)
	                     : paging_handle(fault->client, fault->va, fault->entry, fault->err);

	if (status == OK && action != PAGING_RETRY && ours) {
		got_page(fault->client, fault->va);
	}
	return status;
}

int main(int argc, char *argv[])
{
	struct pager_fault fault;
	int answer = OK, pages;

	if (argc > 1) {
		if (argc > 2 || !args_number(argv[1], RESIDENT_LEAST, RESIDENT_MOST, &pages)) {
			printf("usage: zippager [PAGES] (%d to %d)\n", RESIDENT_LEAST,
			       RESIDENT_MOST);
			return 1;
		}
		resident_max = (uint32_t)pages;
	}
	if (!pager_wanted(argv[0])) {
		return 1;
	}
	while (pager_next(&fault, answer)) {
		answer = handle(&fault);
	}
	printf("zippager: %u pages packed into %u bytes each, %u at the same time; %u came back\n",
	       store_counts.pages,
	       store_counts.pages > 0 ? store_counts.bytes / store_counts.pages : 0,
	       store_counts.most, returned);
	return 0;
}
