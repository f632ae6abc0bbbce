/* A process cannot raise its own limit of pages by giving half of it to an env of its own, asking
 * procmgr for the old limit, and getting the half back at that env's death. */
#include "libsys/process.h"
#include "libsys/syscall.h"
#include "tests/guest/check.h"

int main(void)
{
	const volatile struct env_info *own = &env_infos[ENV_SLOT(env_page->id)];
	uint32_t had = own->limit;

	for (int n = 0; n < 3; n++) {
		envid_t sub = sys_env_fork(0, had - own->pages - 20);

		CHECK(sub > 0);
		CHECK_EQ(process_limit(getpid(), had, 0), E_PERM);
		CHECK_EQ(sys_env_destroy(sub, 0), OK);
		CHECK_EQ(own->limit, had);
	}
	CHECK_EQ(process_limit(getpid(), had - 1, 0), OK);
	CHECK_EQ(own->limit, had - 1);
	return 0;
}
