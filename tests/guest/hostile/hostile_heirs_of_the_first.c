/* Whoever is made after the first process has ended is not the first: the machine is nobody's then.
 * Side by side, without a shell: the first process, which ends at once; a victim, which waits; and
 * an attacker, which starts a process when the first one is gone. What that one may not do ends the
 * machine with another status, or never. */
/* faults: self */
/* args: first & hostile_heirs_of_the_first victim & hostile_heirs_of_the_first attack */
#include "libsys/ipc.h"
#include "libsys/time.h"
#include "tests/guest/check.h"

enum { VICTIM = 2, ATTACKER = 3, LOOK_MS = 5 };

static bool lives(pid_t pid)
{
	struct pm_info info;

	return process_next(pid - 1, &info) == pid;
}

static void await_end(pid_t pid)
{
	while (lives(pid)) {
		sleep_ms(LOOK_MS);
	}
}

static void refused(const char *what, int status)
{
	if (status != E_PERM) {
		printf("%s: %s\n", what, STATUS(status));
		for (;;) {
			sleep_ms(1000);
		}
	}
}

static void be_heir(void)
{
	struct ipc_msg msg = {.w = {PM_POWEROFF, 1}, .nwords = 2};

	CHECK_EQ(ipc_call(process_manager, &msg, 0), OK);
	refused("poweroff", (int)msg.w[0]);
	refused("server kill", process_server_kill(PM_SERVER_PAGER));
	refused("kill", kill(VICTIM));
}

int main(int argc, char *argv[])
{
	const char *role = argc == 2 ? argv[1] : "";
	const char *const heir[] = {argv[0], "heir"};

	if (strcmp(role, "victim") == 0) {
		await_end(ATTACKER);
	} else if (strcmp(role, "attack") == 0) {
		await_end(1);
		CHECK(spawn(2, heir) > 0);
		CHECK(wait(0, NULL, 0) > 0);
	} else if (strcmp(role, "heir") == 0) {
		be_heir();
	}
	return 0;
}
