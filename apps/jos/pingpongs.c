/* The same between two envs that share memory: the number lies there, the messages only say whose
 * turn it is. Each has a thisenv of its own all the same. */
#include <inc/lib.h>

enum { LAST = 10 };

uint32_t value;

void umain(int argc, char **argv)
{
	const envid_t child = sfork();

	if (child != 0) {
		cprintf("i am %08x; thisenv is %p\n", sys_getenvid(), thisenv);
		cprintf("send 0 from %x to %x\n", sys_getenvid(), child);
		ipc_send(child, 0, 0, 0);
	}
	for (;;) {
		envid_t from;
		bool last;

		ipc_recv(&from, 0, 0);
		cprintf("%x got %d from %x (thisenv is %p %x)\n", sys_getenvid(), value, from,
		        thisenv, thisenv->env_id);
		if (value == LAST) {
			return;
		}
		value++;
		last = value == LAST; /* once that is sent, the other may go on first */
		ipc_send(from, 0, 0, 0);
		if (last) {
			return;
		}
	}
}
