/* Reads lines, and single keys, from the keyboard; in the child too. */
#include <inc/lib.h>

static void talk(const char *prompt)
{
	char *line;

	while ((line = readline(prompt)) != NULL) {
		if (strcmp(line, "bye") == 0) {
			return;
		}
		cprintf("%d characters: %s\n", strlen(line), line);
	}
	cprintf("no more\n");
}

void umain(int argc, char **argv)
{
	envid_t child;
	int c;

	assert(iscons(0));
	talk("you: ");
	if ((child = fork()) == 0) {
		talk("child: ");
		ipc_send(thisenv->env_parent_id, 0, 0, 0);
		return;
	}
	ipc_recv(0, 0, 0);
	cprintf("a key: ");
	c = getchar();
	cputchar(c);
	cprintf(" is %d\n", c);
}
