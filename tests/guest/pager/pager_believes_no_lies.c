/* Claims about entries that are not true change nothing. */
#include "libsys/ipc.h"
#include "libsys/syscall.h"
#include "protocols/pager.h"
#include "tests/guest/check.h"

static volatile char page[PGSIZE] __attribute__((aligned(PGSIZE)));

static int claim(vaddr_t va_op, pte_t entry, uint32_t err, uint32_t nwords)
{
	struct ipc_msg msg = {.w = {va_op, entry, err}, .nwords = nwords};

	CHECK_EQ(ipc_call(env_page->pager, &msg, 0), OK);
	return (int)msg.w[0];
}

static pte_t entry_of(vaddr_t va)
{
	return uvpt[va >> PGSHIFT] & ~0x60u;
}

int main(void)
{
	vaddr_t va = (vaddr_t)page;
	pte_t text = entry_of(UTEXT);

	CHECK_EQ(text & PTE_W, 0);
	CHECK_EQ(claim(UTEXT | PAGER_FAULT, text, FEC_PR | FEC_WR, 3), E_FAULT);
	CHECK_EQ(claim(UTEXT | PAGER_FAULT, text | PTE_COW, FEC_PR | FEC_WR, 3), OK);
	CHECK_EQ(claim(UTEXT | PAGER_FAULT, PTE_ZERO_FILL, FEC_WR, 3), OK);
	CHECK_EQ(claim(UTEXT | PAGER_FAULT, text | PTE_W, FEC_WR, 3), OK);
	CHECK_EQ(entry_of(UTEXT), text);

	page[5] = 9;
	pte_t data = entry_of(va);
	CHECK_EQ(data & (PTE_P | PTE_W), PTE_P | PTE_W);
	CHECK_EQ(claim(va | PAGER_FAULT, PTE_ZERO_FILL, FEC_WR, 3), OK);
	CHECK_EQ(page[5], 9);
	CHECK_EQ(claim(va | PAGER_FAULT, (data & ~PTE_W) | PTE_COW, FEC_WR, 3), OK);
	CHECK_EQ(entry_of(va), data);

	CHECK_EQ(claim(0x1000 | PAGER_FAULT, 0, FEC_WR, 3), E_FAULT);
	CHECK_EQ(claim(0x1000 | PAGER_FAULT, PTE_ZERO_FILL, FEC_WR, 3), OK); /* not so: 0 */
	CHECK_EQ(uvpd[0] & PTE_P ? uvpt[1] : 0, 0);
	CHECK_EQ(claim(UTOP | PAGER_FAULT, PTE_ZERO_FILL, FEC_WR, 3), E_FAULT);
	CHECK_EQ(claim(ENVPAGE | PAGER_FAULT, PTE_P | PTE_COW, FEC_WR, 3), E_FAULT);
	CHECK_EQ(claim(0xFFFFF000 | PAGER_FAULT, PTE_P | PTE_COW, FEC_WR, 3), E_FAULT);
	CHECK_EQ(claim(USTACKTOP | PAGER_FAULT, 0, FEC_WR, 3), E_FAULT);
	CHECK_EQ(claim((STACK_BOTTOM - PGSIZE) | PAGER_FAULT, 0, FEC_WR, 3), E_FAULT);
	CHECK_EQ(claim(STACK_BOTTOM | PAGER_FAULT, 0, FEC_WR, 3), OK);
	CHECK_EQ(claim(0, 0, 0, 3), E_NO_CALL);
	CHECK_EQ(claim(PAGER_OP_MASK, 0, 0, 3), E_NO_CALL);
	CHECK_EQ(claim(PAGER_FAULT, 0, 0, 2), E_INVAL);
	return 0;
}
