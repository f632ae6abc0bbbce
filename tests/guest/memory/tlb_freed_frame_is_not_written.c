/* smp: 2 4 */
/* timeout: 120 */
/* A frame taken from an env that writes it on another CPU is given out again
 * only when that CPU has forgotten it: the next owner's zeros stay zeros. */
#include "tests/guest/spinner.h"

enum { ROUNDS = 200, FRESH = 4 };

static bool reused;

static void check_fresh_pages(pte_t old)
{
	uint32_t wrong = 0;

	for (int i = 0; i < FRESH; i++) {
		reused |= PTE_ADDR(entry_of(OTHER + i * PGSIZE)) == PTE_ADDR(old);
	}
	for (int again = 0; again < 500; again++) {
		for (int i = 0; i < FRESH; i++) {
			wrong += words_at(OTHER + i * PGSIZE)[SPINNER_WORD] != 0;
		}
	}
	CHECK_EQ(wrong, 0);
}

int main(void)
{
	spin_prepare();
	CHECK_EQ(sys_page_mark(0, OTHER, 0, 1), 1); /* the table */
	for (int round = 0; round < ROUNDS; round++) {
		envid_t env = spin_start();
		pte_t old = entry_of(VIEW_VA);

		CHECK_EQ(sys_page_unmap(0, VIEW_VA, 1), 1); /* the spinner's is the only one now */
		if (round % 2) {
			CHECK_EQ(sys_page_unmap(env, SPIN_VA, 1), 1);
		} else {
			bare_destroy(env);
		}
		CHECK_EQ(sys_page_alloc(0, OTHER | PTE_W, FRESH), FRESH);
		check_fresh_pages(old);
		if (round % 2) {
			spin_check_death(env, 0);
		}
		CHECK_EQ(sys_page_unmap(0, OTHER, FRESH), FRESH);
		CHECK_EQ(sys_page_alloc(0, VIEW_VA | PTE_W, 1), 1);
	}
	CHECK(reused); /* else this has shown nothing */
	return 0;
}
