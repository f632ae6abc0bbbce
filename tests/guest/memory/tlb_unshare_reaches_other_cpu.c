/* smp: 2 4 */
/* timeout: 120 */
/* An env that runs on another CPU loses W on a page that PAGE_UNSHARE keeps for
 * it read only: its next write is its end. */
#include "tests/guest/spinner.h"

enum { ROUNDS = 100 };

int main(void)
{
	spin_prepare();
	for (int round = 0; round < ROUNDS; round++) {
		envid_t env = spin_start();

		CHECK_EQ(sys_page_unmap(0, VIEW_VA, 1), 1); /* now it is the only mapping */
		CHECK_EQ(sys_page_fill(env, SPIN_VA | PAGE_UNSHARE, env, SPIN_VA, 1), 1);
		spin_check_death(env, FEC_PR); /* or never */
		CHECK_EQ(sys_page_alloc(0, VIEW_VA | PTE_W, 1), 1);
	}
	return 0;
}
