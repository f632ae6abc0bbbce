/* Start several of it: the second env receives for ever, the others send to it for ever. None of them
 * may be left out. */
#include <inc/lib.h>

static void receive(envid_t me)
{
	envid_t who;

	for (;;) {
		ipc_recv(&who, 0, 0);
		cprintf("%x recv from %x\n", me, who);
	}
}

void umain(int argc, char **argv)
{
	const envid_t me = sys_getenvid(), receiver = envs[1].env_id;

	if (thisenv == &envs[1]) {
		receive(me);
	}
	cprintf("%x loop sending to %x\n", me, receiver);
	for (;;) {
		ipc_send(receiver, 0, 0, 0);
	}
}
