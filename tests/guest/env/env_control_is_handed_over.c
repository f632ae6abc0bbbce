/* Who hands control over loses it, the new controller has it; only the controller can. */
#include "tests/guest/peers.h"

static volatile envid_t handed;
static envid_t parent;

static void heir(uint32_t arg)
{
	(void)arg;
	handed = (envid_t)recv_word(parent, NULL);
	CHECK_EQ(record(handed)->controller, env_page->id);
	CHECK_EQ(sys_env_set(handed, ENV_RUN, 1), OK);
	await_ipc(handed, handed);
	CHECK_EQ(sys_env_set(handed, ENV_RUN, 0), OK);
	(void)recv_word(parent, NULL);
	CHECK_EQ(sys_env_set(handed, ENV_CONTROLLER, (uint32_t)parent), OK);
	CHECK_EQ(sys_env_set(handed, ENV_RUN, 0), E_PERM);
	CHECK_EQ(sys_env_destroy(handed, 0), E_PERM);
}

static void sleeper(uint32_t arg)
{
	(void)arg;
	(void)raw_ipc(IPC_RECV, env_page->id);
}

int main(void)
{
	envid_t new_controller = peer_make(heir, 0), child = peer_make(sleeper, 0);

	parent = env_page->id;
	env_run(new_controller);
	await_ipc(new_controller, parent);
	CHECK_EQ(sys_env_set(child, ENV_CONTROLLER, (uint32_t)new_controller), OK);
	CHECK_EQ(sys_env_set(child, ENV_RUN, 1), E_PERM);
	CHECK_EQ(sys_env_destroy(child, 0), E_PERM);
	CHECK_EQ(sys_env_set(child, ENV_CONTROLLER, (uint32_t)parent), E_PERM);
	CHECK_EQ(send_word(new_controller, (uint32_t)child, 0), 0);
	CHECK_EQ(send_word(new_controller, 0, 0), 0);
	peer_join(new_controller);
	CHECK_EQ(record(child)->controller, parent);
	peer_kill(child);
	return 0;
}
