/* Which fault paths there are, and that a copy of an env has that of the original, and shows it. */
#include "tests/guest/clients.h"

static void shows(uint32_t path)
{
	CHECK_EQ(env_page->fault_path, path);
}

int main(void)
{
	envid_t id = client_make(shows, FAULTS_IPC, 0), copy;

	CHECK_EQ(sys_env_set(id, ENV_FAULTS, FAULTS_KERNEL + 1), E_INVAL);
	CHECK_EQ(sys_env_set(id, ENV_FAULTS, 0xFFFFFFFF), E_INVAL);
	copy = peer_make(shows, FAULTS_UPCALL);
	env_run(id);
	env_run(copy);
	peers_end();
	id = sys_env_fork(0, 16);
	CHECK_EQ(sys_env_set(id, ENV_FAULTS, FAULTS_IPC), OK);
	copy = sys_env_fork(id, 16);
	CHECK_EQ(sys_env_set(copy, ENV_PAGER, (uint32_t)env_page->id), OK);
	env_run(copy); /* it has no memory at all */
	CHECK_EQ(fault_take().from, copy);
	CHECK_EQ(sys_env_destroy(copy, 0), OK);
	CHECK_EQ(sys_env_destroy(id, 0), OK);
	CHECK_EQ(sys_env_set(env_page->controller, ENV_FAULTS, FAULTS_IPC), E_PERM);
	return 0;
}
