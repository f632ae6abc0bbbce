/* smp: 2 4 */
/* timeout: 120 */
/* Stopping an env that runs on another CPU: it does nothing more when the call
 * returns, and goes on where it was when it is started again. */
#include "tests/guest/spinner.h"

enum { ROUNDS = 200 };

int main(void)
{
	envid_t env;
	struct env_regs regs;

	spin_prepare();
	env = spin_start();
	for (int round = 0; round < ROUNDS; round++) {
		CHECK_EQ(sys_env_set(env, ENV_RUN, 0), OK);
		spin_check_stopped();
		CHECK_EQ(sys_env_get_regs(env, &regs), OK);
		CHECK_EQ(regs.esp & ~(PGSIZE - 1), BARE_STACK);
		CHECK_EQ(sys_env_set(env, ENV_RUN, 1), OK);
		spin_wait();
		CHECK_EQ(sys_env_get_regs(env, &regs), OK); /* while it runs, too */
		CHECK_EQ(regs.esp & ~(PGSIZE - 1), BARE_STACK);
	}
	bare_destroy(env);
	return 0;
}
