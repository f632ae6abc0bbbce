/* smp: 2 4 */
/* timeout: 120 */
/* Destroying an env that runs on another CPU at that moment: it has stopped
 * when the call returns, and all its frames come back. */
#include "tests/guest/spinner.h"

enum { ROUNDS = 300 };

int main(void)
{
	uint32_t before;

	spin_prepare();
	bare_destroy(spin_start());
	before = free_frames();
	for (int round = 0; round < ROUNDS; round++) {
		bare_destroy(spin_start());
		spin_check_stopped();
		CHECK_EQ(mappings_of(VIEW_VA), 1);
	}
	CHECK_EQ(free_frames(), before);
	return 0;
}
