/* $(become PROGRAM): GNU make itself turns into PROGRAM.
 *
 * make ends with 2 whatever the status of a recipe was, but `make run` promises the status of the
 * program that ran in the guest. As the last goal's recipe it therefore ends as make and goes on as
 * scripts/run, with the options as arguments. A loadable object for make (GNU make manual, 12.2). */
#include <gnumake.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int plugin_is_GPL_compatible; /* make refuses objects without this symbol */

enum { OPTIONS_MAX = 64 };

/* The options that have a value, as arguments NAME=VALUE from `command[1]` on. */
static void add_options(char *command[])
{
	char *names = gmk_expand("$(OPTIONS)");
	int count = 1;
	for (char *name = strtok(names, " "); name != NULL && count < OPTIONS_MAX;
	     name = strtok(NULL, " ")) {
		char reference[96];
		snprintf(reference, sizeof(reference), "$(if $(%s),%s=$(%s))", name, name, name);
		char *option = gmk_expand(reference);
		if (*option != '\0') {
			command[count++] = option;
		}
	}
	command[count] = NULL;
}

static char *become(const char *name, unsigned int count, char **arguments)
{
	sigset_t none;
	char *command[OPTIONS_MAX + 1] = {arguments[0]};
	(void)name;
	(void)count;
	add_options(command);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv(command[0], command);
	perror(command[0]);
	exit(2);
}

int become_gmk_setup(const gmk_floc *where)
{
	(void)where;
	gmk_add_function("become", become, 1, 1, GMK_FUNC_DEFAULT);
	return 1;
}
