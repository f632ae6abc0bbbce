/* $(become PROGRAM): GNU make itself turns into PROGRAM.
 *
 * make ends with 2 whatever the status of a recipe was, but `make run` promises the status of the
 * program that ran in the guest. As the last goal's recipe it therefore ends as make and goes on as
 * scripts/run, with the options as environment. A loadable object for make (GNU make manual, 12.2). */
#include <gnumake.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int plugin_is_GPL_compatible; /* make refuses objects without this symbol */

/* What make would export to a recipe: the variables that OPTIONS names. */
static void export_options(void)
{
	char *names = gmk_expand("$(OPTIONS)");
	for (char *name = strtok(names, " "); name != NULL; name = strtok(NULL, " ")) {
		char reference[64];
		snprintf(reference, sizeof(reference), "$(%s)", name);
		char *value = gmk_expand(reference);
		setenv(name, value, 1);
		gmk_free(value);
	}
	gmk_free(names);
}

static char *become(const char *name, unsigned int count, char **arguments)
{
	sigset_t none;
	char *command[] = {arguments[0], NULL};
	(void)name;
	(void)count;
	export_options();
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
