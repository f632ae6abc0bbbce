/* smp: 2 4 */
/* timeout: 120 */
/* When PAGE_MARK that drops W returns, an env on another CPU writes the page no
 * more. */
#include "tests/guest/spinner.h"

enum { ROUNDS = 200 };

int main(void)
{
	spin_prepare();
	for (int round = 0; round < ROUNDS; round++) {
		envid_t env = spin_start();

		CHECK_EQ(sys_page_mark(env, SPIN_VA, PTE_COW, 1), 1);
		spin_check_stopped();
		spin_check_death(env, FEC_PR);
	}
	return 0;
}
