/* A process keeps its counts of page faults over exec, though that gives it another env; a stranger
 * cannot begin them anew, and paths that there are not have none. */
#include "tests/guest/check.h"

#include "kernel/abi/page.h"
#include "libsys/syscall.h"

enum { PAGES = 30 };

static volatile char *const area = (volatile char *)0x20000000;

static uint32_t own_zeros(void)
{
	struct pm_info info;
	pid_t self = getpid();

	CHECK_EQ(process_next(self - 1, &info), self);
	CHECK_EQ(info.pid, self);
	return info.faults.done[FAULT_ZERO];
}

int main(int argc, char *argv[])
{
	const char *const again[] = {argv[0], "again", NULL};
	struct fault_counts faults;

	if (argc > 1) {
		const volatile struct env_info *env = &env_infos[ENV_SLOT(env_page->id)];

		CHECK(env->faults.done[FAULT_ZERO] < PAGES);
		CHECK(own_zeros() >= PAGES);
		return 0;
	}
	CHECK_EQ(process_faults(FAULT_PATH_PAGER, true, &faults), E_PERM);
	CHECK_EQ(process_faults(FAULT_PATHS, false, &faults), E_INVAL);
	CHECK_EQ(page_mark_all(0, (vaddr_t)area, PTE_ZERO_FILL, PAGES), OK);
	for (uint32_t i = 0; i < PAGES; i++) {
		area[i * PGSIZE] = 1;
	}
	CHECK(own_zeros() >= PAGES);
	return exec(2, again);
}
