/* Parent and child send a counter to and fro, each adding one, until it has reached the number of
 * rounds. A message needs the partner's env id: the child knows its parent's from before the fork,
 * the parent learns the child's from the first message. */
#include "libsys/args.h"
#include "libsys/ipc.h"
#include "libsys/process.h"
#include "libsys/status.h"
#include "libsys/stdio.h"

enum { ROUNDS_DEFAULT = 10, ROUNDS_MAX = 1000000 };

static int report(const char *what, int status)
{
	printf("pingpong: %s: %s\n", what, status_text(status));
	return 1;
}

/* Receives a counter from `partner` and sends it back plus one, until it is `rounds`. */
static int play(envid_t partner, uint32_t rounds)
{
	struct ipc_msg msg = {.nwords = 1};

	for (;;) {
		int status = ipc_recv(partner, &msg, 0);

		if (status < 0) {
			return report("receive", status);
		}
		printf("%08x got %u from %08x\n", sys_self(), msg.w[0], msg.from);
		if (msg.w[0] >= rounds) {
			return 0;
		}
		msg.w[0]++;
		msg.nwords = 1;
		status = ipc_send(partner, &msg, 0);
		if (status < 0) {
			return report("send", status);
		}
		if (msg.w[0] >= rounds) {
			return 0;
		}
	}
}

static int run_child(envid_t parent, uint32_t rounds)
{
	struct ipc_msg hello = {.nwords = 0};
	int status = ipc_send(parent, &hello, 0);

	return status < 0 ? report("send", status) : play(parent, rounds);
}

static int run_parent(uint32_t rounds)
{
	struct ipc_msg msg;
	int status;

	do {
		status = ipc_recv(0, &msg, 0);
	} while (status >= 0 && msg.from == 0);
	if (status < 0) {
		return report("receive", status);
	}
	printf("send 0 from %08x to %08x\n", sys_self(), msg.from);
	msg.w[0] = 0;
	msg.nwords = 1;
	status = ipc_send(msg.from, &msg, 0);
	if (status < 0) {
		return report("send", status);
	}
	return rounds == 0 ? 0 : play(msg.from, rounds);
}

int main(int argc, char *argv[])
{
	int rounds = ROUNDS_DEFAULT;
	envid_t parent = sys_self();
	struct process_end end;
	int failed;
	pid_t child;

	if (argc > 2 || (argc == 2 && !args_number(argv[1], 0, ROUNDS_MAX, &rounds))) {
		puts("usage: pingpong [ROUNDS]");
		return 1;
	}
	child = fork();
	if (child < 0) {
		return report("fork", child);
	}
	if (child == 0) {
		return run_child(parent, (uint32_t)rounds);
	}
	failed = run_parent((uint32_t)rounds);
	if (wait(child, &end, 0) < 0 || end.status != 0) {
		failed = 1;
	}
	return failed;
}
