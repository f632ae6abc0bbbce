/* A second free, a wild free and an overrun each end the process with a panic (status 97). */
#include "libsys/stdlib.h"
#include "tests/guest/check.h"

enum { PANIC_STATUS = 97 };

static void free_twice(void)
{
	void *block = malloc(10);

	free(block);
	free(block);
}

static void free_twice_after_join(void)
{
	void *first = malloc(10), *second = malloc(10);

	free(first);
	free(second);
	free(second);
}

static void free_the_middle(void)
{
	char *block = calloc(1, 100);

	free(block + 16);
}

static void free_the_stack(void)
{
	char bytes[16];
	void *volatile wild = bytes;

	free(malloc(1));
	free(wild);
}

static void overrun(void)
{
	char *low = malloc(24), *high = malloc(24);

	memset(low, 'x', 40);
	free(high);
}

static void check_ends(void (*misuse)(void))
{
	struct process_end end;
	pid_t child = fork();

	CHECK(child >= 0);
	if (child == 0) {
		misuse();
		exit(0);
	}
	CHECK_EQ(wait(child, &end, 0), child);
	CHECK_EQ(end.status, PANIC_STATUS);
}

int main(void)
{
	check_ends(free_twice);
	check_ends(free_twice_after_join);
	check_ends(free_the_middle);
	check_ends(free_the_stack);
	check_ends(overrun);
	return 0;
}
