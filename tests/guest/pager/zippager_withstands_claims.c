/* Claims about page 0, where a program's first page may be, do not end zippager: that a place has
 * it which is free, and that one has it which does not exist. */
#include "tests/guest/pager/own_pagers.h"

static const uint32_t places[] = {5, 4095, 4096, 0xFFFFF};

static void claim(void)
{
	for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct ipc_msg msg = {.w = {0 | FAULT_OP_STUB, places[i] << PGSHIFT | PTE_KEPT, 0},
		                      .nwords = 3};

		CHECK_EQ(ipc_call(env_page->pager, &msg, 0), OK);
		CHECK_EQ((int)msg.w[0], E_FAULT);
	}
	exit(0);
}

int main(int argc, char *argv[])
{
	struct process_end end;
	pid_t pager;

	if (argc == 3) {
		claim();
	}
	pager = start_zippager();
	end = end_of(start_paged(pager, FAULT_PATH_PAGER, argv[0], "claims"));
	CHECK_EQ(end.how, PM_END_EXIT);
	CHECK_EQ(end.status, 0);
	end = end_of(pager);
	CHECK_EQ(end.how, PM_END_EXIT);
	CHECK_EQ(end.status, 0);
	return 0;
}
