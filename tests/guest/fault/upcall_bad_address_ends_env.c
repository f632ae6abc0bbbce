/* An upcall that points nowhere, or into the kernel, ends the env that set it, and nobody else. */
#include "tests/guest/upcalls.h"

INSTRUCTION(store, "movl %eax, 0x12345000")

int main(void)
{
	static const uint32_t bad[] = {1, 0x1000, UTOP, UVPT, KERNBASE + 0x100000, 0xFFFFFFFF};

	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		envid_t id = bare_env();

		give_xstack(id);
		CHECK_EQ(sys_env_set(id, ENV_UPCALL, bad[i]), OK);
		CHECK_EQ(sys_env_set(id, ENV_XUPCALL, bad[i]), OK);
		CHECK_EQ(start_at(id, (vaddr_t)store, 0), OK);
		env_run(id);
		for (uint64_t end = clock_us() + 100000; env_lives(id) && clock_us() < end;) {
			relax();
		}
		if (env_lives(id)) { /* UVPT's contents happen to run */
			CHECK_EQ(sys_env_destroy(id, 0), OK);
		}
	}
	CHECK(getpid() > 0);
	return 0;
}
