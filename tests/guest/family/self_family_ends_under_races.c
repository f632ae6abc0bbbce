/* timeout: 120 */
/* The end of a family is seen, and not too early, though its envs end on several CPUs while procmgr
 * looks at them: nobody in these trees waits for anybody, so most envs outlive those that made
 * them. */
#include "tests/guest/self.h"

enum { TREES = 200, TOGETHER = 4, DEPTH = 3 };

/* The leaves of a tree count themselves here. */
static uint32_t *const leaves = (uint32_t *)0x30000000;

static void grow(void)
{
	struct ipc_msg done = {.nwords = 1};
	envid_t test = info_of(getppid()).env;

	CHECK(sys_page_alloc(0, (vaddr_t)leaves | PTE_W | PTE_SHARE, 1) >= 0);
	for (int depth = 0; depth < DEPTH; depth++) {
		if (fork() > 0 && fork() > 0) {
			exit(0);
		}
	}
	if (__sync_add_and_fetch(leaves, 1) == 1 << DEPTH) {
		CHECK_EQ(ipc_send(test, &done, 0), OK);
	}
}

/* Some trees at once: all of their leaves live to count themselves, and then each tree ends. */
static void grow_some(void)
{
	pid_t trees[TOGETHER];
	struct ipc_msg done;

	for (int i = 0; i < TOGETHER; i++) {
		trees[i] = start_on_self("grow");
	}
	for (int i = 0; i < TOGETHER; i++) {
		CHECK_EQ(ipc_recv(0, &done, 0), OK);
	}
	for (int i = 0; i < TOGETHER; i++) {
		CHECK_EQ(end_of(trees[i]).how, PM_END_EXIT);
	}
}

static const struct role roles[] = {{"grow", grow}};

int main(int argc, char *argv[])
{
	struct sysinfo before;

	play_role(argc, argv, roles, 1);
	grow_some();
	before = settled_info();
	for (int i = 0; i < TREES; i += TOGETHER) {
		grow_some();
	}
	check_all_back(&before, "trees");
	return 0;
}
