/* A write to a page that nobody maps ends the process, with the status of a fault.
 * status: 98 */
#include "kernel/abi/types.h"
#include "libsys/stdio.h"

int main(void)
{
	volatile vaddr_t nowhere = 0x10;

	*(volatile uint32_t *)nowhere = 1;
	puts("the write went through");
	return 1;
}
