/* smp: 2 4 */
/* timeout: 120 */
/* When PAGE_SHARE of the memory of an env that runs on another CPU returns,
 * that env writes no page that lost W: what was shared stays as it was at that
 * moment. */
#include "tests/guest/spinner.h"

enum { ROUNDS = 200 };

int main(void)
{
	spin_prepare();
	for (int round = 0; round < ROUNDS; round++) {
		envid_t env = spin_start();

		CHECK_EQ(sys_page_share(env, SPIN_VA, 0, OTHER | PTE_COW, 1), 1);
		spin_check_stopped();
		CHECK_EQ(words_at(OTHER)[SPINNER_WORD], spin_count());
		CHECK_EQ(rights_of(entry_of(OTHER)), PTE_P | PTE_COW);
		spin_check_death(env, FEC_PR);
	}
	return 0;
}
