/* Arguments arrive as given; errors of spawn and exec change nothing. */
#include "libsys/ipc.h"
#include "libsys/syscall.h"
#include "tests/guest/check.h"

#define SELF "exec_and_spawn_arguments"

static int check_arguments(int argc, char **argv)
{
	CHECK_EQ(argc, 5);
	CHECK_TEXT(argv[0], SELF);
	CHECK_TEXT(argv[1], "args");
	CHECK_TEXT(argv[2], "");
	CHECK_TEXT(argv[3], "two words");
	CHECK_TEXT(argv[4], "\xff\n\t");
	CHECK(argv[5] == NULL);
	return 42;
}

static void refuses(void)
{
	static char big[PM_BYTES_MAX];
	const char *none[] = {"no_such_program"}, *text[] = {"README"}, *empty[] = {""};

	memset(big, 'x', sizeof(big) - 1);
	const char *too_big[] = {SELF, big};

	CHECK_EQ(spawn(1, none), E_NOT_FOUND);
	CHECK_EQ(spawn(1, empty), E_NOT_FOUND);
	CHECK_EQ(spawn(1, text), E_BAD_EXE);
	CHECK_EQ(spawn(2, too_big), E_TOO_BIG);
	CHECK_EQ(spawn(0, none), E_INVAL);
	CHECK_EQ(exec(1, none), E_NOT_FOUND);
	CHECK_EQ(exec(1, text), E_BAD_EXE);
	CHECK_EQ(exec(2, too_big), E_TOO_BIG);
	CHECK_EQ(wait(0, NULL, 0), E_NO_CHILD);
}

static int manager(uint32_t w0, uint32_t w1, uint32_t w2, const char *bytes, uint32_t nbytes)
{
	struct ipc_msg msg = {.w = {w0, w1, w2}, .nwords = ipc_put_bytes(bytes, nbytes)};
	int status = ipc_call(process_manager, &msg, 0);

	return status < 0 ? status : (int)msg.w[0];
}

/* Messages that no library sends. */
static void hostile(void)
{
	CHECK_EQ(manager(PM_SPAWN, 1, 4, "sh", 2), E_INVAL);
	CHECK_EQ(manager(PM_SPAWN, 1, 0xFFFFFFFF, "sh", 4), E_INVAL);
	CHECK_EQ(manager(PM_SPAWN, 2, 3, "sh", 4), E_INVAL);
	CHECK_EQ(manager(PM_SPAWN, 1, 0, "", 0), E_INVAL);
	CHECK_EQ(manager(PM_SPAWN, 0xFFFFFFFF, 4, "sh\0", 4), E_TOO_BIG);
	CHECK_EQ(manager(PM_EXEC, 1, 300, "sh", 4), E_INVAL);
	CHECK_EQ(manager(PM_FILE_READ, 0, 4, "README..", 8), E_INVAL);
	CHECK_EQ(manager(PM_FILE_READ, 0xFFFFFFF0, 0xFFFFFFFF, "README", 8), 0);
	CHECK_EQ(manager(PM_FILE_LIST, 0xFFFFFFFF, 0, "", 0), E_NOT_FOUND);
	CHECK_EQ(manager(PM_LOG_READ, 0, 0, "", 0), E_PERM);
	CHECK_EQ(manager(PM_LOOKUP, 0, 0, "", 0), E_NOT_FOUND);
	CHECK_EQ(manager(PM_LOOKUP, 0x80000000, 0, "", 0), E_NOT_FOUND);
	CHECK_EQ(manager(PM_LIMIT, 1, 1, "\0\0\0", 4), E_PERM);
	CHECK_EQ(manager(PM_LIMIT, (uint32_t)getpid(), 0x7FFFFFFF, "\0\0\0", 4), E_PERM);
	CHECK_EQ(manager(0, 0, 0, "", 0), E_NO_CALL);
	CHECK_EQ(manager(0xFFFFFFFF, 0, 0, "", 0), E_NO_CALL);
	CHECK_EQ(manager(1000, 0, 0, "", 0), E_NO_CALL);
	struct ipc_msg msg = {.w = {PM_SPAWN, 1, 3}, .nwords = 2};
	CHECK_EQ(ipc_call(process_manager, &msg, 0), OK);
	CHECK_EQ((int)msg.w[0], E_INVAL);
}

int main(int argc, char **argv)
{
	static const char *args[] = {SELF, "args", "", "two words", "\xff\n\t"};
	struct process_end end;

	if (argc > 1 && strcmp(argv[1], "args") == 0) {
		return check_arguments(argc, argv);
	}
	refuses();
	hostile();
	pid_t child = spawn(5, args);
	CHECK(child > 0);
	CHECK_EQ(wait(child, &end, 0), child);
	CHECK_EQ(end.status, 42);

	child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		exit(exec(5, args));
	}
	CHECK_EQ(wait(child, &end, 0), child);
	CHECK_EQ(end.status, 42);

	char text[16];
	CHECK_EQ(file_read("nosuch", 0, text, 4), E_NOT_FOUND);
	CHECK_EQ(file_read("README", 0x7FFFFFFF, text, 4), 0);
	CHECK_EQ(file_read("README", 0, text, 0), 0);
	CHECK_EQ(file_read("README", 0, text, sizeof(text)), sizeof(text));
	return 0;
}
