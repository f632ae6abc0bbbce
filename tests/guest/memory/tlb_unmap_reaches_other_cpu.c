/* smp: 2 4 */
/* timeout: 120 */
/* When PAGE_UNMAP returns, an env on another CPU that was writing the page
 * writes it no more: the frame stays as it is, and the env ends by its next
 * write. */
#include "tests/guest/spinner.h"

enum { ROUNDS = 200 };

int main(void)
{
	spin_prepare();
	for (int round = 0; round < ROUNDS; round++) {
		envid_t env = spin_start();

		CHECK_EQ(sys_page_unmap(env, SPIN_VA, 1), 1);
		spin_check_stopped();
		spin_check_death(env, 0);
	}
	return 0;
}
