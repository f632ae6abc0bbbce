/* A limit of pages ends what goes beyond it, a limit of children makes fork fail; they are
 * inherited and only go down. */
#include "libsys/syscall.h"
#include "tests/guest/check.h"

static volatile char memory[400 * PGSIZE];

static void touch_all(void)
{
	for (uint32_t i = 0; i < sizeof(memory); i += PGSIZE) {
		memory[i] = 1;
	}
}

int main(void)
{
	struct process_end end;
	pid_t child = fork();

	CHECK(child >= 0);
	if (child == 0) {
		CHECK_EQ(process_limit(getpid(), 100, 0), OK);
		CHECK_EQ(process_limit(getpid(), 200, 0), E_PERM);
		touch_all();
		exit(0);
	}
	CHECK_EQ(wait(child, &end, 0), child);
	printf("%s\n", end.why);
	CHECK_EQ(end.how, PM_END_FAULT);
	CHECK(strstr(end.why, ": limit reached") != NULL);

	child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		CHECK_EQ(process_limit(getpid(), 300, 0), OK);
		child = fork();
		CHECK(child >= 0);
		if (child == 0) {
			touch_all();
			exit(0);
		}
		CHECK_EQ(wait(child, &end, 0), child);
		exit(end.status);
	}
	CHECK_EQ(wait(child, &end, 0), child);
	CHECK_EQ(end.status, PM_STATUS_FAULT);

	CHECK_EQ(process_limit(getpid(), 0, 3), OK);
	pid_t children[3];
	for (int i = 0; i < 3; i++) {
		children[i] = fork();
		CHECK(children[i] >= 0);
		if (children[i] == 0) {
			for (;;) {
				sys_yield();
			}
		}
	}
	CHECK_EQ(fork(), E_LIMIT);
	CHECK_EQ(process_limit(children[0], 50, 1), OK);
	CHECK_EQ(kill(children[0]), OK);
	CHECK_EQ(fork(), E_LIMIT); /* the dead count until waited for */
	CHECK_EQ(wait(0, NULL, 0), children[0]);
	child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		exit(0);
	}
	CHECK_EQ(wait(child, NULL, 0), child);
	for (int i = 1; i < 3; i++) {
		CHECK_EQ(kill(children[i]), OK);
		CHECK_EQ(wait(children[i], NULL, 0), children[i]);
	}
	return 0;
}
