/* A program that nobody allowed to see the trace gets E_PERM for every operation, and procmgr
 * allows only the first process. */
#include "tests/guest/check.h"

#include "libsys/process.h"
#include "libsys/syscall.h"

static char page[PGSIZE] __attribute__((aligned(PGSIZE)));

int main(void)
{
	page[0] = 'x';
	for (uint32_t op = 0; op < 32; op++) {
		CHECK(sys_trace(op, 1, (vaddr_t)page) == E_PERM);
	}
	for (uint32_t what = 0; what < 8; what++) {
		CHECK(process_trace(what, 1) == E_PERM);
	}
	CHECK(page[0] == 'x');
	return 0;
}
