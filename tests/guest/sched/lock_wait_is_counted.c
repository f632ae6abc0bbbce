/* The time that CPUs wait for the kernel lock is counted: on one CPU there is none, on several, two
 * that enter the kernel all the time meet there.
 * smp: 1 2 */
#include "libsys/process.h"
#include "libsys/syscall.h"
#include "libsys/time.h"
#include "tests/guest/check.h"

enum { CALLS = 10000, PATIENCE_MS = 50000 };

static uint32_t waited(uint32_t *ncpu)
{
	struct sysinfo info;

	CHECK_EQ(sys_sysinfo(&info), OK);
	*ncpu = info.ncpu;
	return info.lock_wait;
}

static void call_kernel(void)
{
	for (int i = 0; i < CALLS; i++) {
		(void)sys_self();
	}
}

int main(void)
{
	uint64_t until = clock_us() + PATIENCE_MS * 1000ull;
	uint32_t ncpu, before = waited(&ncpu);
	pid_t other = fork();

	CHECK(other >= 0);
	while (other == 0) {
		call_kernel();
	}
	do {
		call_kernel();
	} while (ncpu > 1 && waited(&ncpu) == before && clock_us() < until);
	CHECK_EQ(waited(&ncpu) > before, ncpu > 1);
	CHECK_EQ(kill(other), OK);
	CHECK_EQ(wait(other, NULL, 0), other);
	return 0;
}
