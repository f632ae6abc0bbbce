/* Nobody becomes its own pager or controller, directly or through others. */
#include "tests/guest/peers.h"

static volatile envid_t parent, grandchild;

static void middle(uint32_t arg)
{
	(void)arg;
	grandchild = sys_env_fork(0, 16);
	CHECK(grandchild > 0);
	CHECK_EQ(sys_env_set(grandchild, ENV_CONTROLLER, (uint32_t)grandchild), E_INVAL);
	(void)recv_word(parent, NULL);
}

int main(void)
{
	envid_t a, b, c;

	parent = env_page->id;
	a = peer_start(middle, 0);
	await_ipc(a, parent);
	CHECK_EQ(sys_env_set(a, ENV_CONTROLLER, (uint32_t)a), E_INVAL);
	CHECK_EQ(sys_env_set(a, ENV_CONTROLLER, (uint32_t)grandchild), E_INVAL);
	CHECK_EQ(record(a)->controller, parent);
	CHECK_EQ(send_word(a, 0, 0), 0);
	peers_end();
	a = sys_env_fork(0, 16);
	b = sys_env_fork(0, 16);
	c = sys_env_fork(0, 16);
	CHECK(a > 0 && b > 0 && c > 0);
	CHECK_EQ(sys_env_set(a, ENV_PAGER, (uint32_t)a), E_INVAL);
	CHECK_EQ(sys_env_set(a, ENV_PAGER, (uint32_t)b), OK);
	CHECK_EQ(sys_env_set(b, ENV_PAGER, (uint32_t)a), E_INVAL);
	CHECK_EQ(sys_env_set(b, ENV_PAGER, (uint32_t)c), OK);
	CHECK_EQ(sys_env_set(c, ENV_PAGER, (uint32_t)a), E_INVAL);
	CHECK_EQ(sys_env_set(c, ENV_PAGER, (uint32_t)b), E_INVAL);
	CHECK_EQ(sys_env_set(b, ENV_PAGER, 0), OK);
	CHECK_EQ(sys_env_set(c, ENV_PAGER, (uint32_t)a), OK);
	CHECK_EQ(record(c)->pager, a);
	CHECK_EQ(sys_env_set(0, ENV_PAGER, (uint32_t)env_page->id), E_INVAL);
	CHECK_EQ(sys_env_set(0, ENV_PAGER, (uint32_t)INT32_MIN), E_BAD_ENV);
	return 0;
}
