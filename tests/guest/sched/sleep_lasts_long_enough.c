/* sleep_ms lasts at least as long as asked, and the clock does not go back. */
#include "libsys/time.h"
#include "tests/guest/check.h"

int main(void)
{
	uint64_t last = clock_us();

	for (int i = 0; i < 1000; i++) {
		uint64_t now = clock_us();

		CHECK(now >= last);
		last = now;
	}
	for (uint32_t ms = 0; ms <= 40; ms += 8) {
		uint64_t start = clock_us();

		sleep_ms(ms);
		CHECK(clock_us() - start >= (uint64_t)ms * 1000);
	}
	return 0;
}
