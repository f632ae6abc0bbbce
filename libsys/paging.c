/* The policy of copy on write, zero fill, stack growth and loading on demand: what each page-table
 * entry means.
 *
 *     entry                                   access   action
 *     absent, PTE_ZERO_FILL                   any      zero page
 *     absent, 0, in the stack's range         any      zero page (the stack grows)
 *     absent, PTE_IMAGE                       read     the archive's pages from here on (*)
 *     absent, PTE_IMAGE | PTE_IMAGE_WRITABLE  write    a copy of the archive's page
 *     absent, PTE_KEPT                        any      lost: kept by a pager that is gone
 *     absent, anything else                   any      not ours
 *     present, PTE_W                          any      none: changed since the fault
 *     present, read only                      read     none: changed since the fault
 *     present, read only, PTE_COW             write    copy, or keep if nobody else has it
 *     present, read only, not PTE_COW         write    not ours
 *
 * (*) Read only, and copied on write if writable: those that have the same entry and so are of the
 * same segment or its neighbour, up to a number.
 *
 * The entry is a claim. It is safe to believe it, because every change is made only where the
 * entry still equals it: who claims something else gets no change, and faults again. What it
 * says about the archive may be wrong too, but all of that is everybody's to read. */
#include "libsys/paging.h"
#include "kernel/abi/ipc.h"
#include "libsys/syscall.h"
#include "protocols/pager.h"

static struct {
	vaddr_t start;
	uint32_t size;
	uint32_t around;
} archive;

void paging_set_archive(vaddr_t start, uint32_t size, uint32_t around)
{
	archive.start = start;
	archive.size = size;
	archive.around = around;
}

static bool in_stack(vaddr_t va)
{
	return va >= STACK_BOTTOM && va < USTACKTOP;
}

static enum paging_action decide_absent(vaddr_t va, pte_t entry, bool write)
{
	if (entry == PTE_ZERO_FILL || (entry == 0 && in_stack(va))) {
		return PAGING_ZERO_FILL;
	}
	if ((entry & PTE_IMAGE) != 0 && !write) {
		return PAGING_IMAGE_MAP;
	}
	if ((entry & PTE_IMAGE) != 0 && (entry & PTE_IMAGE_WRITABLE) != 0) {
		return PAGING_IMAGE_COPY;
	}
	return PTE_IS_KEPT(entry) ? PAGING_LOST : PAGING_NOT_OURS;
}

enum paging_action paging_decide(vaddr_t va, pte_t entry, uint32_t err)
{
	if (va >= UTOP) {
		return PAGING_NOT_OURS;
	}
	if ((entry & PTE_P) == 0) {
		return decide_absent(va, entry, (err & FEC_WR) != 0);
	}
	if ((entry & PTE_W) != 0 || (err & FEC_WR) == 0) {
		return PAGING_RETRY;
	}
	return (entry & PTE_COW) != 0 ? PAGING_BREAK_COW : PAGING_NOT_OURS;
}

/* What the kernel's answer means for the access. */
static int answer(int result)
{
	if (__builtin_expect(result >= 0, true)) {
		return OK;
	}
	if (result == E_AGAIN) {
		return OK; /* the entry changed: the access may work now */
	}
	return result == E_NO_MEM || result == E_LIMIT ? result : E_FAULT;
}

/* A zero page where the entry is absent. */
static int zero_fill(envid_t env, vaddr_t va, pte_t entry)
{
	env_page->expect = entry;
	return answer(sys_page_alloc(env, va | PTE_W | PAGE_COND, 1));
}

/* A copy of the page in its own place, or the page itself if this is its only mapping. */
static int break_cow(envid_t env, vaddr_t va, pte_t entry)
{
	uint32_t soft = entry & PTE_SOFT & ~PTE_COW;

	env_page->expect = entry;
	return answer(sys_page_fill(env, va | soft | PTE_W | PAGE_COND | PAGE_UNSHARE, env, va, 1));
}

/* ---- Pages of programs ---- */

/* Where in our memory the archive's page for this entry is, and how many whole pages there are from
 * it on; 0 if it is not in the archive. */
static uint32_t find_source(vaddr_t va, pte_t entry, vaddr_t *source)
{
	uint32_t offset = PTE_ADDR(entry) + va;

	*source = archive.start + offset;
	return offset < archive.size ? (archive.size - offset) / PGSIZE : 0;
}

/* How many pages a fault may bring. Who is near its limit gets only what it needs. */
static uint32_t pages_around(envid_t env)
{
	const volatile struct env_info *info = &env_infos[ENV_SLOT(env)];
	uint32_t limit = info->limit, pages = info->pages;
	bool tight = limit != 0 && limit < pages + 4 * archive.around;

	return tight ? 1 : archive.around;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static int image_map(envid_t env, vaddr_t va, pte_t entry)
{
	vaddr_t source;
	uint32_t npages = smaller(find_source(va, entry, &source), (UTOP - va) / PGSIZE);
	uint32_t soft = (entry & PTE_IMAGE_WRITABLE) != 0 ? PTE_COW : 0;

	if (npages == 0) {
		return E_FAULT;
	}
	env_page->expect = entry;
	return answer(sys_page_map(0, source, env, va | soft | PAGE_COND,
	                           smaller(npages, pages_around(env))));
}

static int image_copy(envid_t env, vaddr_t va, pte_t entry)
{
	vaddr_t source;

	if (find_source(va, entry, &source) == 0) {
		return E_FAULT;
	}
	env_page->expect = entry;
	return answer(sys_page_fill(env, va | PTE_W | PAGE_COND, 0, source, 1));
}

uint32_t paging_answer(envid_t env, uint32_t w[3])
{
	enum { ALLOC = FAULT_ALLOC | PTE_W | PAGE_COND, WORDS = 3 };
	vaddr_t va = PTE_ADDR(w[0]);
	pte_t entry = w[1]; /* which the reply says, too */
	uint32_t err = w[2];

	w[0] = OK;
	w[2] = va;
	switch (paging_decide(va, entry, err)) {
	case PAGING_RETRY: break;
	case PAGING_ZERO_FILL: w[0] = ALLOC; break;
	case PAGING_BREAK_COW:
		w[0] = ALLOC | PAGE_FILL | PAGE_UNSHARE | (entry & PTE_SOFT & ~PTE_COW);
		break;
	case PAGING_IMAGE_MAP: w[0] = (uint32_t)image_map(env, va, entry); break;
	case PAGING_IMAGE_COPY:
		if (find_source(va, entry, &w[2]) == 0) {
			w[0] = (uint32_t)E_FAULT;
			break;
		}
		w[0] = ALLOC | PAGE_FILL;
		env_page->msg[WORDS] = (uint32_t)env_page->id; /* whose page it is a copy of */
		return WORDS + 1;
	case PAGING_LOST: w[0] = (uint32_t)E_LOST; break;
	case PAGING_NOT_OURS: w[0] = (uint32_t)E_FAULT; break;
	}
	return WORDS;
}

int paging_handle(envid_t env, vaddr_t va, pte_t entry, uint32_t err)
{
	switch (paging_decide(va, entry, err)) {
	case PAGING_RETRY: return OK;
	case PAGING_ZERO_FILL: return zero_fill(env, va, entry);
	case PAGING_BREAK_COW: return break_cow(env, va, entry);
	case PAGING_IMAGE_MAP: return image_map(env, va, entry);
	case PAGING_IMAGE_COPY: return image_copy(env, va, entry);
	case PAGING_LOST: return E_LOST;
	case PAGING_NOT_OURS: break;
	}
	return E_FAULT;
}
