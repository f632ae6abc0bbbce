/* The same between two envs that share memory: the number lies there, the messages only say whose
 * turn it is. Each has a thisenv of its own all the same. Who has sent looks at what it made of the
 * number, not at the number, which the other may have changed by then if a turn ended in between. */
#include <inc/lib.h>

enum { LAST = 10 };

uint32_t value;

void umain(int argc, char **argv)
{
	envid_t other = sfork();

	if (other != 0) {
		cprintf("i am %08x; thisenv is %p\n", sys_getenvid(), thisenv);
		cprintf("send 0 from %x to %x\n", sys_getenvid(), other);
		ipc_send(other, 0, 0, 0);
	}
	for (;;) {
		ipc_recv(&other, 0, 0);
		cprintf("%x got %d from %x (thisenv is %p %x)\n", sys_getenvid(), value, other,
		        thisenv, thisenv->env_id);
		if (value == LAST) {
			return;
		}
		uint32_t sent = ++value;
		ipc_send(other, 0, 0, 0);
		if (sent == LAST) {
			return;
		}
	}
}
