/* fork and sfork, in the process itself, by page calls on whole runs of pages.
 *
 * Page by page, a fork would cost two calls for each page. Here one pass of SYS_PAGE_SHARE
 * does the whole space; what is told apart is in the entries' software bits:
 *
 *     entry                     after fork: here         in the child
 *     writable                  read-only, PTE_COW       read-only, PTE_COW
 *     read-only, PTE_COW or not as it is                 as it is
 *     PTE_SHARE                 as it is                 as it is
 *     PTE_KIN (writable)        as it is                 a copy, made at once
 *
 * PTE_KIN marks what sfork shares. Copy-on-write would be wrong there: the write that breaks
 * the copy may be that of another env with the page, which never notices. */
#include "libsys/jos/kernel.h"

/* In nasm/user/fork.asm; see there. The child returns on a copy of our stack that is made later: no
 * C function may be left, or change what is on the stack above fork_env, between. */
int fork_env(uint32_t eax, int (*complete)(envid_t child));

enum {
	OURS = 0x100, /* factor of errors of completing the child */
	PTE_KIN = 0x200,
	BELOW_XSTACK = XSTACK / PGSIZE, /* pages */
	STACK_TOP_PAGE = USTACKTOP / PGSIZE - 1,
	STACK_AT_WORK = 1024, /* bytes below a frame of ours that a fork may write to */
};

/* sfork was used: PTE_KIN is ours. */
static bool has_kin;

static bool is_mapped(uint32_t page)
{
	return uvpd[page / NPTENTRIES] & PTE_P && uvpt[page] & PTE_P;
}

/* What tells entries apart that can go in one call. */
static uint32_t rights_of(uint32_t page)
{
	return uvpt[page] & (PTE_W | PTE_AVAIL);
}

/* Finds the next run of mapped pages with the same rights in [*page, end), moves *page to its first
 * page; how many pages it has, 0: none left. */
static uint32_t find_run(uint32_t *page, uint32_t end)
{
	uint32_t first = *page, n = 1;

	while (first < end && !is_mapped(first)) {
		first = uvpd[first / NPTENTRIES] & PTE_P ? first + 1
		                                         : ROUNDUP(first + 1, NPTENTRIES);
	}
	*page = first;
	if (first >= end) {
		return 0;
	}
	while (first + n < end && is_mapped(first + n) &&
	       rights_of(first + n) == rights_of(first)) {
		n++;
	}
	return n;
}

static int share(envid_t child, uint32_t first, uint32_t end)
{
	struct syscall_regs regs = {
		.esi = first * PGSIZE | PTE_SHARE | (has_kin ? PTE_KIN : 0),
		.edi = (uint32_t)child,
		.ebp = first * PGSIZE | PTE_COW,
	};

	return kernel_call_run(SYS_PAGE_SHARE, end - first, regs);
}

/* The same for [first, end) with the stack in it. But the pages of the stack that the parent is at
 * work on are copied at once: it writes there before the fork is over, and must not need memory for
 * that when there is none. */
static int share_with_stack(envid_t child, uint32_t first, uint32_t end)
{
	vaddr_t frame = (vaddr_t)__builtin_frame_address(0);
	uint32_t low = PGNUM(frame - STACK_AT_WORK), high = PGNUM(frame) + 1;
	int error;

	if (low < first || high > end) { /* in a handler, or on a stack of the program's own */
		return share(child, first, end);
	}
	error = share(child, first, low);
	for (uint32_t page = low; !error && page < high; page++) {
		struct syscall_regs regs = {
			.ebx = (uint32_t)child,
			.esi = page * PGSIZE | PTE_W | PAGE_FILL,
			.ebp = page * PGSIZE,
		};
		bool own = is_mapped(page) && (rights_of(page) & (PTE_W | PTE_SHARE)) == PTE_W;

		error = own ? kernel_call_run(SYS_PAGE_ALLOC, 1, regs)
		            : share(child, page, page + 1);
	}
	return error ? error : share(child, high, end);
}

/* What the child needs besides memory: an exception stack of its own, and the upcalls. */
static int set_up(envid_t child)
{
	int error = sys_page_alloc(child, (void *)XSTACK, PTE_P | PTE_U | PTE_W);

	if (!error) {
		error = sys_env_set_pgfault_upcall(child, _pgfault_upcall);
	}
	if (!error && env_page->xupcall) {
		error = jos_result(kernel_call(SYS_ENV_SET, (uint32_t)child, ENV_XUPCALL,
		                               env_page->xupcall, 0));
	}
	return error;
}

/* Gives the child copies of the pages that its parent shares with kin. */
static int copy_kin_pages(envid_t child)
{
	uint32_t n, error = OK;

	for (uint32_t page = 0; !error && (n = find_run(&page, BELOW_XSTACK)) > 0; page += n) {
		struct syscall_regs regs = {
			.ebx = (uint32_t)child,
			.esi = page * PGSIZE | PTE_W | PAGE_FILL,
			.ebp = page * PGSIZE,
		};
		if (rights_of(page) & PTE_KIN) {
			error = kernel_call_run(SYS_PAGE_ALLOC, n, regs);
		}
	}
	return error;
}

/* Makes a run of n pages, if they may be written now or at the first write, pages shared with kin:
 * so share() maps them as they are. */
static int make_kin_pages(uint32_t page, uint32_t n)
{
	uint32_t rights = rights_of(page);
	struct syscall_regs regs = {.esi = page * PGSIZE};
	int error = OK;

	if (rights & PTE_COW) {
		error = jos_page_unshare(page * PGSIZE, n);
		rights = (rights & ~PTE_COW) | PTE_W;
	}
	if (!error && rights & PTE_W && !(rights & (PTE_SHARE | PTE_KIN))) {
		rights |= PTE_KIN;
		regs.edi = rights;
		error = kernel_call_run(SYS_PAGE_MARK, n, regs);
	}
	return error;
}

/* The stack: the pages below USTACKTOP, as far down as they are there. */
static uint32_t stack_bottom_page(void)
{
	uint32_t page = STACK_TOP_PAGE;

	while (page > 0 && is_mapped(page - 1)) {
		page--;
	}
	return page;
}

/* Lets the child run, or undoes it: the child, or an error of JOS's, told apart from the
 * kernel's. */
static envid_t finish(envid_t child, int error)
{
	if (!error) {
		error = sys_env_set_status(child, ENV_RUNNABLE);
	}
	if (error) {
		sys_env_destroy(child);
		return error * OURS;
	}
	return child;
}

static int complete_fork(envid_t child)
{
	int error = jos_result(share_with_stack(child, 0, BELOW_XSTACK));

	if (!error && has_kin) {
		error = jos_result(copy_kin_pages(child));
	}
	if (!error) {
		error = set_up(child);
	}
	return finish(child, error);
}

static int complete_sfork(envid_t child)
{
	uint32_t stack = stack_bottom_page(), n;
	int error = 0;

	for (uint32_t page = 0; !error && (n = find_run(&page, stack)) > 0; page += n) {
		error = jos_result(make_kin_pages(page, n));
	}
	if (!error) {
		error = jos_result(share_with_stack(child, 0, BELOW_XSTACK));
	}
	if (!error) {
		error = set_up(child);
	}
	return finish(child, error);
}

static envid_t clone(int (*complete)(envid_t child))
{
	int error = jos_upcall_prepare();
	envid_t child;

	if (error) {
		return error;
	}
	jos_cow_is_ours = true;
	child = fork_env(SYS_ENV_FORK, complete);
	if (child >= 0) {
		return child;
	}
	return child <= -OURS ? child / OURS : jos_exofork_result(child);
}

envid_t fork(void)
{
	return clone(complete_fork);
}

envid_t sfork(void)
{
	has_kin = true;
	return clone(complete_sfork);
}
