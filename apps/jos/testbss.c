/* Static memory is there and zero, and behind it there is nothing. */
#include <inc/lib.h>

enum { WORDS = 1024 * 1024 };

uint32_t bigarray[WORDS];

void umain(int argc, char **argv)
{
	cprintf("Making sure bss works right...\n");
	for (int i = 0; i < WORDS; i++) {
		if (bigarray[i] != 0) {
			panic("bigarray[%d] isn't cleared!\n", i);
		}
	}
	for (int i = 0; i < WORDS; i++) {
		bigarray[i] = i;
	}
	for (int i = 0; i < WORDS; i++) {
		if (bigarray[i] != i) {
			panic("bigarray[%d] didn't hold its value!\n", i);
		}
	}
	cprintf("Yes, good.  Now doing a wild write off the end...\n");
	((volatile uint32_t *)bigarray)[WORDS + 1024] = 0;
	panic("SHOULD HAVE TRAPPED!!!");
}
