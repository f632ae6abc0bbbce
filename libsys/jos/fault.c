/* Page faults and other exceptions: the part in C, called on the exception stack by
 * nasm/user/jos_upcall.asm.
 *
 * A fault that nobody here wants is given back to the kernel: without its upcall the env meets the
 * same fault again, at the same instruction with the same registers, and the kernel ends it. */
#include "libsys/fpu.h"
#include "libsys/jos/kernel.h"

void (*_pgfault_handler)(struct UTrapframe *utf);
void (*jos_exception_handler)(struct UTrapframe *utf);
bool jos_cow_is_ours;

/* Called by the stubs; see there. */
void jos_page_fault(struct UTrapframe *utf);
void jos_exception(struct UTrapframe *utf);

int jos_page_unshare(vaddr_t va, uint32_t npages)
{
	uint32_t keep = uvpt[PGNUM(va)] & PTE_AVAIL & ~PTE_COW;
	struct syscall_regs regs = {.esi = va | PTE_W | keep | PAGE_FILL | PAGE_UNSHARE, .ebp = va};

	return kernel_call_run(SYS_PAGE_ALLOC, npages, regs);
}

/* The entry exists where the processor says that the page was present. */
static bool is_write_to_cow(const struct UTrapframe *utf)
{
	const uint32_t wanted = FEC_PR | FEC_WR;

	return (utf->utf_err & wanted) == wanted && utf->utf_fault_va < UTOP &&
	       uvpt[PGNUM(utf->utf_fault_va)] & PTE_COW;
}

static void run(void (*handler)(struct UTrapframe *utf), struct UTrapframe *utf, uint32_t vector)
{
	fpu_call((void (*)(void *))handler, utf, vector);
}

void jos_page_fault(struct UTrapframe *utf)
{
	if (jos_cow_is_ours && is_write_to_cow(utf)) {
		int error = jos_page_unshare(ROUNDDOWN(utf->utf_fault_va, PGSIZE), 1);

		if (error) {
			panic("no copy of the page at %08x: %e", utf->utf_fault_va,
			      jos_result(error));
		}
		return;
	}
	if (_pgfault_handler) {
		run(_pgfault_handler, utf, T_PGFLT);
		return;
	}
	env_page->upcall = 0;
}

void jos_exception(struct UTrapframe *utf)
{
	if (jos_exception_handler) {
		run(jos_exception_handler, utf, utf->utf_fault_va);
		return;
	}
	env_page->xupcall = 0;
}

static bool has_exception_stack(void)
{
	return uvpd[PDX(XSTACK)] & PTE_P && uvpt[PGNUM(XSTACK)] & PTE_P;
}

static int make_exception_stack(void)
{
	return has_exception_stack() ? 0 : sys_page_alloc(0, (void *)XSTACK, PTE_P | PTE_U | PTE_W);
}

int jos_upcall_prepare(void)
{
	int error = make_exception_stack();

	return error ? error : sys_env_set_pgfault_upcall(0, _pgfault_upcall);
}

void set_pgfault_handler(void (*handler)(struct UTrapframe *utf))
{
	int error = jos_upcall_prepare();

	if (error) {
		panic("set_pgfault_handler: %e", error);
	}
	_pgfault_handler = handler;
}

void set_exception_handler(void (*handler)(struct UTrapframe *utf))
{
	int error = make_exception_stack();

	if (error) {
		panic("set_exception_handler: %e", error);
	}
	jos_exception_handler = handler;
	env_page->xupcall = handler ? (vaddr_t)jos_xupcall : 0;
}
