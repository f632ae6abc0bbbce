/* exec gives the process another program, with its arguments, under the pid it
 * had; its children stay its children, and its old memory is gone. */
#include "tests/guest/memory.h"

static void wait_forever(void)
{
	struct ipc_msg msg;

	(void)ipc_recv(0, &msg, 0);
}

/* Runs as "proc_exec_keeps_pid PID CHILD". */
static int check_second_life(const char *pid, const char *child)
{
	char text[16];
	pid_t mine = 0;

	snprintf(text, sizeof(text), "%d", getpid());
	CHECK_TEXT(pid, text);
	for (; *child != '\0'; child++) {
		mine = mine * 10 + *child - '0';
	}
	CHECK_EQ(entry_of(AREA), 0);
	CHECK_EQ(kill(mine), OK);
	CHECK_EQ(wait(0, NULL, 0), mine);
	return 42;
}

static void change(void)
{
	char pid[16], child[16];
	const char *argv[] = {"proc_exec_keeps_pid", pid, child};

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	snprintf(pid, sizeof(pid), "%d", getpid());
	snprintf(child, sizeof(child), "%d", start_child(wait_forever));
	printf("exec: %s\n", STATUS(exec(3, argv)));
	exit(1);
}

int main(int argc, char *argv[])
{
	uint32_t before;

	if (argc == 3) {
		return check_second_life(argv[1], argv[2]);
	}
	CHECK_EQ(end_of(start_child(change)).status, 42);
	before = free_frames();
	CHECK_EQ(end_of(start_child(change)).status, 42);
	CHECK_EQ(free_frames(), before);
	return 0;
}
