/* Makes pages present, by asking for them as the page-fault stub does (nasm/user/upcall.asm), but
 * before the fault: where the answer is no, nothing has happened. Uses registers only, so a message
 * in the making stays as it is. */
#include "libsys/present.h"
#include "libsys/paging.h"
#include "libsys/self.h"
#include "libsys/syscall.h"
#include "protocols/pager.h"

static pte_t entry_of(vaddr_t va)
{
	return (uvpd[va >> PTSHIFT] & PTE_P) != 0 ? uvpt[va >> PGSHIFT] : 0;
}

/* There is no pager to answer, or not now. A real fault waits for the next one, but a page that is
 * nobody's would end the program: by its entry it is somebody's, or not. */
static int touch(vaddr_t va, pte_t entry, uint32_t err)
{
	if (paging_decide(va, entry, err) == PAGING_NOT_OURS) {
		return E_FAULT;
	}
	if ((err & FEC_WR) != 0) {
		asm volatile("lock; orb $0, %0" : "+m"(*(volatile uint8_t *)va));
	} else {
		(void)*(volatile uint8_t *)va;
	}
	return OK;
}

static int ask_pager(vaddr_t va, pte_t entry, uint32_t err)
{
	struct syscall_regs regs = {(uint32_t)env_page->pager, va | PAGER_FAULT, entry, err};
	int result =
		syscall_raw(SYS_IPC | IPC_SEND | IPC_RECV | IPC_FAULT_CALL | IPC_WORDS(3), &regs);

	return result < 0 ? touch(va, entry, err) : (int)regs.esi;
}

static int ask_self(vaddr_t va, pte_t entry, uint32_t err)
{
	uint32_t expect = env_page->expect;
	int status = paging_handle(0, va, entry, err);

	env_page->expect = expect;
	return status;
}

static int make_page(vaddr_t va, bool write)
{
	pte_t entry = entry_of(va), wanted = PTE_P | (write ? PTE_W : 0);
	uint32_t err = FEC_U | (write ? FEC_WR : 0) | (entry & PTE_P ? FEC_PR : 0);

	if ((entry & wanted) == wanted) {
		return OK;
	}
	if (self_path()) {
		return ask_self(va, entry, err);
	}
	return env_page->pager != 0 ? ask_pager(va, entry, err) : E_FAULT;
}

int present_make(vaddr_t va, uint32_t npages, bool write)
{
	if (va >= UTOP || npages > (UTOP - va) / PGSIZE) {
		return E_FAULT;
	}
	for (uint32_t i = 0; i < npages; i++) {
		int status = make_page(va + i * PGSIZE, write);

		if (status < 0) {
			return status;
		}
	}
	return OK;
}
