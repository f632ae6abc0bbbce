/* What the linker collects is run: .preinit_array, constructors by priority, main, what atexit was
 * given, and destructors the other way round; with a stack as C wants it, in a fork and after an
 * exec, too. The program ends with 0 only if its last destructor finds all of it. */
#include "tests/guest/sse.h"

static char order[32];
static int steps;
static char **arguments;

static void note(char c)
{
	sse_use_stack();
	if (steps < (int)sizeof(order) - 1) {
		order[steps++] = c;
	}
}

static void first(int argc, char *argv[])
{
	CHECK(argc > 0);
	arguments = argv;
	note('0');
}

__attribute__((section(".preinit_array"), used)) static void (*const preinit)(int,
                                                                              char *[]) = first;

__attribute__((constructor)) static void without_priority(void)
{
	note('3');
}

__attribute__((constructor(500))) static void later(void)
{
	note('2');
}

__attribute__((constructor(101))) static void sooner(void)
{
	note('1');
}

__attribute__((destructor(101))) static void last(void)
{
	const char *wanted = "0123mBAdcb";

	note('b');
	if (strcmp(order, wanted) != 0) {
		printf("%s, not %s\n", order, wanted);
		_Exit(2);
	}
	CHECK_EQ(stdout_flush(), OK);
	_Exit(0);
}

__attribute__((destructor(500))) static void sooner_than_last(void)
{
	note('c');
	exit(3); /* goes on with the next */
}

__attribute__((destructor)) static void first_to_end(void)
{
	note('d');
}

static void at_exit_a(void)
{
	note('A');
}

static void at_exit_b(void)
{
	note('B');
}

static void run_child(void)
{
	const char *again[] = {"constructors_run", "leaf"};
	struct process_end end;
	pid_t child = fork();

	if (child == 0) {
		return;
	}
	CHECK_EQ(wait(child, &end, 0), child);
	CHECK_EQ(end.status, 0);
	child = fork();
	if (child == 0) {
		CHECK_EQ(exec(2, again), OK);
	}
	CHECK_EQ(wait(child, &end, 0), child);
	CHECK_EQ(end.status, 0);
}

int main(int argc, char *argv[])
{
	CHECK(arguments == argv);
	note('m');
	CHECK_EQ(atexit(at_exit_a), OK);
	CHECK_EQ(atexit(at_exit_b), OK);
	if (argc == 1) {
		run_child();
	}
	return 1;
}
