/* status: 98 */
/* args: fault */
/* timeout: 60 */
/* Prints the line that ends a child whose pager, this process, does not answer. With `fault` it is
 * its own: ended likewise, by a pager that is another env of its own. */
#include "tests/guest/memory.h"

static envid_t silent;

static void touch(void)
{
	CHECK_EQ(sys_env_set(0, ENV_PAGER, (uint32_t)silent), OK);
	words_at(AREA)[0] = 1;
}

int main(int argc, char *argv[])
{
	(void)argv;
	if (argc > 1) {
		silent = bare_empty(16);
		CHECK(process_deadline(0, 100) >= 0);
		touch();
		return 1;
	}
	silent = env_page->id;
	env_page->serve = 1;
	puts(end_of(start_child(touch)).why);
	return 0;
}
