/* A panic ends the process with status 97, not by a fault, whatever the frame pointers say. */
#include "libsys/assert.h"
#include "libsys/syscall.h"
#include "tests/guest/check.h"

enum { PANIC_STATUS = 97 };

/* Bends the caller's saved frame pointer to `target`, then panics. */
static void __attribute__((noinline)) panic_with_chain(uint32_t target)
{
	uint32_t *frame = __builtin_frame_address(0);

	frame[0] = target;
	panic("chain leads to 0x%08x", target);
}

static void check_survives(uint32_t target)
{
	struct process_end end;
	pid_t child = fork();

	CHECK(child >= 0);
	if (child == 0) {
		panic_with_chain(target);
	}
	CHECK_EQ(wait(child, &end, 0), child);
	CHECK_EQ(end.how, PM_END_EXIT);
	CHECK_EQ(end.status, PANIC_STATUS);
}

int main(void)
{
	static uint32_t loop[2];

	loop[0] = (uint32_t)loop;
	loop[1] = 0x12345678;
	check_survives(0);
	check_survives(0x10);
	check_survives(0xDEADBEEF);
	check_survives(0xFFFFFFFC);
	check_survives(USTACKTOP - 2);
	check_survives(UVPT);
	check_survives((uint32_t)loop);
	return 0;
}
