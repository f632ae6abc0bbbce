/* A panic, a failed assertion or a breakpoint in a program ends that program;
 * its parent, the servers and other programs go on. */
#include "libsys/assert.h"
#include "tests/guest/memory.h"

static void do_panic(void)
{
	panic("wanted");
}

static void fail_assertion(void)
{
	assert(env_page->id == 0);
}

static void do_breakpoint(void)
{
	asm volatile("int3");
}

static void check_all_is_well(void)
{
	static const char *const hello[] = {"hello"};

	CHECK_EQ(end_of(spawn(1, hello)).status, 0);
}

int main(void)
{
	struct process_end ended;

	ended = end_of(start_child(do_panic));
	CHECK_EQ(ended.status, 97);
	check_all_is_well();
	ended = end_of(start_child(fail_assertion));
	CHECK_EQ(ended.status, 97);
	check_all_is_well();
	ended = end_of(start_child(do_breakpoint));
	CHECK_EQ(ended.status, PM_STATUS_FAULT);
	check_all_is_well();
	return 0;
}
