/* A fork made by hand from system calls, which copies every page at once. */
#include <inc/lib.h>

enum { PARENT_LINES = 10, CHILD_LINES = 20 };

extern unsigned char end[]; /* of the program, set by the linker */

static void must(int result, const char *what)
{
	if (result < 0) {
		panic("%s: %e", what, result);
	}
}

/* Puts a copy of our page at `page` into the child. */
static void copy_page(envid_t child, void *page)
{
	const int rights = PTE_P | PTE_U | PTE_W;

	must(sys_page_alloc(child, page, rights), "sys_page_alloc");
	must(sys_page_map(child, page, 0, UTEMP, rights), "sys_page_map");
	memmove(UTEMP, page, PGSIZE);
	must(sys_page_unmap(0, UTEMP), "sys_page_unmap");
}

static envid_t copy_myself(void)
{
	char here; /* on the one page of stack */
	envid_t child = sys_exofork();

	must(child, "sys_exofork");
	if (child == 0) {
		thisenv = &envs[ENVX(sys_getenvid())]; /* the copied one is the parent's */
		return 0;
	}
	for (unsigned char *page = (unsigned char *)UTEXT; page < end; page += PGSIZE) {
		copy_page(child, page);
	}
	copy_page(child, ROUNDDOWN(&here, PGSIZE));
	must(sys_env_set_status(child, ENV_RUNNABLE), "sys_env_set_status");
	return child;
}

void umain(int argc, char **argv)
{
	const bool parent = copy_myself() != 0;

	for (int line = 0; line < (parent ? PARENT_LINES : CHILD_LINES); line++) {
		cprintf("%d: I am the %s!\n", line, parent ? "parent" : "child");
		sys_yield();
	}
}
