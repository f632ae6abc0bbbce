/* failhook: 1
 * smp: 1 2
 * A slot that has used up a block of ids rests, so that no id comes again soon; if the block lasted
 * long enough it goes on with the next one, whose ids are as good. After the last block comes the
 * first. */
#include "tests/guest/fail.h"

enum { LAST = (1 << (31 - ENV_GENSHIFT)) - 1, OTHERS = 40, GENERATION = 1 << ENV_GENSHIFT };

static int age(envid_t env, uint32_t generation)
{
	struct syscall_regs regs = {.ebx = (uint32_t)env, .esi = generation};

	return syscall_raw(SYS_FAIL | FAIL_AGE << 8, &regs);
}

static envid_t make_and_destroy(void)
{
	envid_t env = sys_env_fork(0, 4);

	CHECK(env >= GENERATION);
	bare_destroy(env);
	while (env_infos[ENV_SLOT(env)].status != ENV_FREE) {
		sys_yield();
	}
	return env;
}

/* The last env of the slot's block. */
static envid_t use_up(uint32_t slot, uint32_t more)
{
	CHECK_EQ(age((envid_t)slot, (LAST - 1) | more), OK);
	envid_t last = make_and_destroy();

	CHECK_EQ(ENV_SLOT(last), slot);
	CHECK_EQ(last >> ENV_GENSHIFT, LAST);
	return last;
}

int main(void)
{
	envid_t first = make_and_destroy();
	uint32_t slot = ENV_SLOT(first), block = 0;
	envid_t next = 0;

	CHECK_EQ(age(env_page->id, 1), E_BUSY);
	for (uint32_t i = 0; i < 5; i++) { /* blocks that lasted long */
		envid_t last = use_up(slot, FAIL_AGE_LONG);

		CHECK_EQ((last >> ENV_BLOCKSHIFT) & 3, block % 4);
		next = make_and_destroy();
		block++;
		CHECK_EQ(next, GENERATION | (block % 4) << ENV_BLOCKSHIFT | slot);
		CHECK_EQ(sys_env_destroy(last, 0), E_BAD_ENV);
	}
	use_up(slot, 0); /* one that did not */
	for (int i = 0; i < OTHERS; i++) {
		CHECK(ENV_SLOT(make_and_destroy()) != slot);
	}
	return 0;
}
