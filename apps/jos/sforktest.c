/* What sfork shares and what not: all memory but the stack; thisenv is each env's own; and a fork
 * after it copies, while the sharers go on sharing. */
#include <inc/lib.h>

enum { RIGHTS = PTE_P | PTE_U | PTE_W };

int shared = 1;
static char *const area = (char *)0xA00000;

static void expect(bool right, const char *what)
{
	if (!right) {
		panic("%s", what);
	}
	cprintf("%s\n", what);
}

static void tell(envid_t to)
{
	ipc_send(to, 0, 0, 0);
}

static void wait_for(envid_t from)
{
	envid_t who;

	ipc_recv(&who, 0, 0);
	if (who != from) {
		panic("%08x instead of %08x", who, from);
	}
}

static void sharer(envid_t parent, volatile int *on_stack)
{
	expect(thisenv->env_id == sys_getenvid() && thisenv != &envs[ENVX(parent)],
	       "child: thisenv is my own");
	expect(thisenv->env_parent_id == parent, "child: my parent is who it was");
	shared = 2;
	*on_stack = 2;
	strcpy(area, "written by the child");
	tell(parent);
	wait_for(parent);
	expect(shared == 3, "child: sees what the parent wrote later");
	tell(parent);
	wait_for(parent);
}

/* A copy of an env that shares: it has its own. */
static void copier(envid_t parent)
{
	shared = 10;
	expect(strcmp(area, "written by the child") == 0, "copy: has what was there");
	strcpy(area, "written by the copy");
	tell(parent);
}

void umain(int argc, char **argv)
{
	const envid_t me = sys_getenvid();
	volatile int on_stack = 1;
	envid_t child, copy;

	sys_page_alloc(0, area, RIGHTS);
	child = sfork();
	if (child == 0) {
		sharer(me, &on_stack);
		return;
	}
	wait_for(child);
	expect(thisenv->env_id == me, "parent: thisenv is my own");
	expect(shared == 2, "parent: sees what the child wrote");
	expect(strcmp(area, "written by the child") == 0, "parent: in other pages too");
	expect(on_stack == 1, "parent: has its own stack");
	copy = fork();
	if (copy == 0) {
		copier(me);
		return;
	}
	wait_for(copy);
	expect(shared == 2, "parent: sees nothing of a copy");
	shared = 3;
	tell(child);
	wait_for(child);
	expect(strcmp(area, "written by the child") == 0, "parent: all is well");
	tell(child);
}
