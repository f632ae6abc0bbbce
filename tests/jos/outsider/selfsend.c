/* A send to 0, which names the caller: it does not receive while it sends, so that lasts for ever, and is no error. */
#include <inc/lib.h>

void umain(int argc, char **argv)
{
	envid_t child = fork();

	if (child == 0) {
		cprintf("the child sends to itself\n");
		ipc_send(0, 1, 0, 0);
		panic("sent to itself");
	}
	while (envs[ENVX(child)].env_status == ENV_RUNNABLE ||
	       envs[ENVX(child)].env_status == ENV_RUNNING)
		sys_yield();
	if (envs[ENVX(child)].env_id == child && envs[ENVX(child)].env_status == ENV_NOT_RUNNABLE)
		cprintf("still sending\n");
	sys_env_destroy(child);
	cprintf("done\n");
}
