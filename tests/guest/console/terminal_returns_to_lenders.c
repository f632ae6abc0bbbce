/* Who owned the terminal, and let a program have it, gets it back: also if that one leaves it to
 * somebody who outlives it, and when that one ends. The first process could, in any case; this is
 * about a shell below it. */
#include "tests/guest/console/foreground.h"
#include "tests/guest/memory.h"

static envid_t console;

static int set_oneself(void)
{
	return set_foreground(console, (uint32_t)getpid());
}

static void take_it(void)
{
	while (set_oneself() != OK) {
		sys_yield();
	}
}

/* Nobody is in the foreground before: the child has nothing to take until we have let it. */
static pid_t start_in_foreground(body_fn *body)
{
	CHECK_EQ(set_foreground(console, 0), OK);
	pid_t pid = start_child(body);
	CHECK_EQ(set_foreground(console, (uint32_t)pid), OK);
	return pid;
}

static envid_t shell_env;

static void tell(envid_t env)
{
	struct ipc_msg msg = {.nwords = 1};

	CHECK_EQ(ipc_send(env, &msg, 0), 0);
}

/* Is nobody's child when it says that it has the terminal; then it stays until it is told. */
static void outlive_its_parent(void)
{
	struct ipc_msg msg;

	CHECK_EQ(set_oneself(), OK);
	tell(env_page->parent);
	while (getppid() != 0) {
		sys_yield();
	}
	tell(shell_env);
	CHECK_EQ(ipc_recv(shell_env, &msg, 0), OK);
}

static void leave_it_to_a_child(void)
{
	struct ipc_msg msg;

	take_it();
	(void)start_child(outlive_its_parent);
	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
}

static void stranger(void)
{
	CHECK_EQ(set_oneself(), E_PERM);
}

static void be_a_shell(bool wait_for_its_end)
{
	struct ipc_msg msg;

	take_it();
	shell_env = env_page->id;

	pid_t pid = start_in_foreground(leave_it_to_a_child);

	CHECK_EQ(end_of(pid).status, 0);
	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	if (wait_for_its_end) {
		tell(msg.from);
		while (env_infos[ENV_SLOT(msg.from)].id == msg.from &&
		       env_infos[ENV_SLOT(msg.from)].status > ENV_DYING) {
			sys_yield();
		}
	}
	CHECK_EQ(set_foreground(console, 0), OK);
	check_child(stranger);
	if (!wait_for_its_end) {
		tell(msg.from);
	}
	CHECK_EQ(set_oneself(), OK);
}

static void shell(void)
{
	be_a_shell(false);
}

static void shell_that_waits(void)
{
	be_a_shell(true);
}

static void run(body_fn *body)
{
	pid_t pid = start_in_foreground(body);

	CHECK_EQ(end_of(pid).status, 0);
	CHECK_EQ(set_oneself(), OK);
}

int main(void)
{
	console = process_server(PM_SERVER_CONSOLE);
	await_the_shell();
	run(shell);
	run(shell_that_waits);
	return 0;
}
