/* smp: 4 */
/* timeout: 120 */
/* Many rounds of spawn, fork and kill give every page and slot back. */
#include "libsys/syscall.h"
#include "tests/guest/check.h"

static void settle(struct sysinfo *info)
{
	do {
		CHECK_EQ(sys_sysinfo(info), 0);
		sys_yield();
	} while (info->dying != 0);
}

int main(void)
{
	static const char *spin[] = {"spin"};
	struct sysinfo before, after;

	settle(&before);
	for (int i = 0; i < 1000; i++) {
		pid_t a = spawn(1, spin), b = i % 4 == 0 ? fork() : 0;

		if (i % 4 == 0 && b == 0) {
			for (;;) {}
		}
		CHECK(a > 0 && b >= 0);
		CHECK_EQ(kill(a), OK);
		CHECK_EQ(wait(a, NULL, 0), a);
		if (b > 0) {
			CHECK_EQ(kill(b), OK);
			CHECK_EQ(wait(b, NULL, 0), b);
		}
	}
	settle(&after);
	CHECK_EQ(after.envs, before.envs);
	CHECK_EQ(after.frames_free, before.frames_free);
	return 0;
}
