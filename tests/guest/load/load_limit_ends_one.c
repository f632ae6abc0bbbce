/* A page of the program counts like any other: who has no room for it ends with the reason, and who
 * is near its limit gets no pages that it did not ask for. */
#include "tests/guest/loading.h"

static volatile uint32_t ran;

static void touch_beyond_limit(void)
{
	const volatile struct env_info *own = &env_infos[ENV_SLOT(env_page->id)];

	ran++; /* what this function needs is there */
	CHECK_EQ(process_limit(getpid(), own->pages + 2, 0), OK);
	CHECK_EQ(constants[8][0], CONST_WORD(8));
	CHECK_EQ(constants[12][0], CONST_WORD(12));
	CHECK_EQ(is_there(constants[9]) || is_there(constants[13]), false);
	CHECK_EQ(own->pages, own->limit);
	(void)constants[16][0];
}

int main(void)
{
	uint32_t before = free_frames();

	check_child_faults(touch_beyond_limit, "limit reached");
	CHECK_EQ(free_frames(), before);
	check_constants();
	return 0;
}
