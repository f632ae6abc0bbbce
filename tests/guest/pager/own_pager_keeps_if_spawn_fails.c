/* A spawn that fails leaves the pager that it named as it was, without clients yet. */
/* smp: 1 2 */
#include "tests/guest/pager/own_pagers.h"

int main(int argc, char *argv[])
{
	const char *const words[] = {argv[0], "client"};
	pid_t pager, client;

	if (argc > 1) {
		return 0;
	}
	pager = start_quiet_pager();
	CHECK_EQ(pager_await(pager, 5000), OK);
	CHECK_EQ(spawn_paged(pager, FAULT_PATH_KERNEL, 2, words), E_INVAL); /* no such path here */
	CHECK_EQ(pager_await(pager, 5000), OK);
	sys_yield();
	client = spawn_paged(pager, FAULT_PATH_PAGER, 2, words);
	CHECK(client > 0);
	check_ended(client, 0);
	CHECK_EQ(wait(pager, NULL, 0), pager);
	return 0;
}
