/* Constructors and destructors, by the System V ABI: arrays of functions that the linker collects,
 * those with priorities (101 first) before those without (libsys/user.ld). A server has none: its
 * link fails.
 *
 * A fork copies what is left to run, and an exec drops it. Who ends by a fault, a panic or a kill
 * runs nothing. */
#include "libsys/init.h"

#include "kernel/abi/status.h"
#include "libsys/stdlib.h"

typedef void start_fn(int argc, char *argv[], char *environment[]);
typedef void end_fn(void);

/* From the linker. */
extern start_fn *const preinit_array_start[], *const preinit_array_end[];
extern start_fn *const init_array_start[], *const init_array_end[];
extern end_fn *const fini_array_start[], *const fini_array_end[];

enum { ATEXIT_MAX = 32 }; /* as ISO C promises */

static end_fn *at_exit[ATEXIT_MAX];
static uint32_t nat_exit;
static bool ending;              /* fini_left counts */
static end_fn *const *fini_left; /* up to here .fini_array has not been run */

static void start(start_fn *const *next, start_fn *const *end, int argc, char *argv[])
{
	char *nothing[] = {NULL};

	for (; next < end; next++) {
		(*next)(argc, argv, nothing);
	}
}

void init_begin(int argc, char *argv[])
{
	start(preinit_array_start, preinit_array_end, argc, argv);
	start(init_array_start, init_array_end, argc, argv);
}

void init_end(void)
{
	while (nat_exit > 0) {
		at_exit[--nat_exit]();
	}
	if (!ending) {
		ending = true;
		fini_left = fini_array_end;
	}
	while (fini_left > fini_array_start) {
		(*--fini_left)();
	}
}

int atexit(void (*function)(void))
{
	if (nat_exit == ATEXIT_MAX) {
		return E_LIMIT;
	}
	at_exit[nat_exit++] = function;
	return OK;
}
