/* A binary tree of forks; each names itself by the way that leads to it. */
#include <inc/lib.h>

enum { DEPTH = 3 };

static void grow(const char *way);

static void branch(const char *way, char turn)
{
	char longer[DEPTH + 1];

	if (strlen(way) >= DEPTH) {
		return;
	}
	snprintf(longer, sizeof(longer), "%s%c", way, turn);
	if (fork() == 0) {
		grow(longer);
		exit();
	}
}

static void grow(const char *way)
{
	cprintf("%04x: I am '%s'\n", sys_getenvid(), way);
	branch(way, '0');
	branch(way, '1');
}

void umain(int argc, char **argv)
{
	grow("");
}
