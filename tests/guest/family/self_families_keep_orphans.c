/* Two families end their first envs in the same moment, and each leaves an env behind whose parent
 * has died before: each env goes to its own family, which lasts as long as it. */
#include "libsys/args.h"
#include "libsys/ipc.h"
#include "tests/guest/self.h"

enum { ROUNDS = 3, PATIENCE_MS = 50000 };

static void send_nothing(const char *to, uint32_t flags)
{
	struct ipc_msg msg = {.nwords = 0};
	int env;

	CHECK(args_number(to, 1, INT32_MAX, &env));
	while (ipc_send(env, &msg, flags) == E_NOT_WAITING) {
		sleep_ms(1);
	}
}

/* Leaves an env that its parent leaves to us; it lives until `env`, if there is one, has heard of
 * it. */
static void leave_grandchild(const char *env)
{
	pid_t child = fork();

	if (child == 0) {
		if (fork() == 0 && env != NULL) {
			send_nothing(env, 0);
		}
		exit(1);
	}
	CHECK_EQ(wait(child, NULL, 0), child);
}

static int play(const char *role, const char *env)
{
	struct ipc_msg msg;

	if (strcmp(role, "longer") == 0) {
		leave_grandchild(env);
		CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	} else {
		leave_grandchild(NULL);
		send_nothing(env, IPC_SEND_NOWAIT); /* its first env ends, and this one too */
	}
	return 0;
}

static pid_t start(const char *role, envid_t env)
{
	char number[12];
	const char *const words[] = {program_name, role, number};

	snprintf(number, sizeof(number), "%d", env);

	pid_t pid = spawn_on(FAULT_PATH_SELF, 3, words);

	CHECK(pid > 0);
	return pid;
}

static void run_both(void)
{
	struct process_end end;
	struct ipc_msg msg;
	pid_t longer = start("longer", env_page->id);
	pid_t shorter = start("shorter", info_of(longer).env);
	pid_t ended = 0;

	for (int ms = 0; ended == 0 && ms < PATIENCE_MS; ms++) {
		sleep_ms(1);
		ended = wait(0, &end, PM_WAIT_NOHANG);
	}
	CHECK_EQ(ended, shorter);
	CHECK_EQ(end.status, 0);
	CHECK_EQ(wait(longer, &end, PM_WAIT_NOHANG), 0);
	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	CHECK_EQ(wait(longer, &end, 0), longer);
	CHECK_EQ(end.status, 0);
}

int main(int argc, char *argv[])
{
	if (argc == 3) {
		return play(argv[1], argv[2]);
	}

	struct sysinfo before = settled_info();

	for (int i = 0; i < ROUNDS; i++) {
		run_both();
	}
	check_all_back(&before, "two families");
	return 0;
}
