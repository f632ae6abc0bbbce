/* smp: 2 4 */
/* timeout: 120 */
/* When PAGE_MAP over a page that an env on another CPU writes returns, the old
 * frame is written no more; mapped read only over itself, neither. */
#include "tests/guest/spinner.h"

enum { ROUNDS = 100 };

int main(void)
{
	spin_prepare();
	CHECK_EQ(sys_page_alloc(0, OTHER | PTE_W, 1), 1);
	for (int round = 0; round < ROUNDS; round++) {
		envid_t env = spin_start();
		uint32_t start = words_at(OTHER)[SPINNER_WORD];

		CHECK_EQ(sys_page_map(0, OTHER, env, SPIN_VA | PTE_W, 1), 1);
		spin_check_stopped();
		while (words_at(OTHER)[SPINNER_WORD] == start) {}
		CHECK_EQ(sys_page_map(0, VIEW_VA, env, SPIN_VA | PTE_W, 1), 1);
		spin_wait();
		CHECK_EQ(sys_page_map(env, SPIN_VA, env, SPIN_VA, 1), 1);
		spin_check_stopped();
		spin_check_death(env, FEC_PR);
	}
	return 0;
}
