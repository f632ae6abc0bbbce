/* smp: 2 4 */
/* timeout: 120 */
/* When PAGE_ALLOC over a page that an env on another CPU writes returns, the
 * old frame is written no more, and the new one is. */
#include "tests/guest/spinner.h"

enum { ROUNDS = 200 };

int main(void)
{
	envid_t env;

	spin_prepare();
	env = spin_start();
	for (int round = 0; round < ROUNDS; round++) {
		CHECK_EQ(sys_page_alloc(env, SPIN_VA | PTE_W, 1), 1);
		spin_check_stopped();
		CHECK_EQ(sys_page_map(env, SPIN_VA, 0, VIEW_VA | PTE_W, 1), 1);
		spin_wait();
	}
	bare_destroy(env);
	spin_check_stopped();
	return 0;
}
