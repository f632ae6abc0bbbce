/* However much there is in procmgr's log, the console does other things between two parts of it. */
/* smp: 2 */
#include "libsys/time.h"
#include "tests/guest/console/foreground.h"
#include "tests/guest/hostile/busy_procmgr.h"

enum { CRASHERS = 40, FORKERS = 5, ROUNDS = 12, QUESTIONS_MAX = 8 };

static envid_t console;

static void crash_orphans(void)
{
	for (;;) {
		pid_t pid = fork();

		if (pid == 0) {
			for (int i = 0; i < 4; i++) {
				if (fork() == 0) {
					while (getppid() != 0) {
						sys_yield();
					}
					asm volatile("ud2");
				}
			}
			exit(0);
		}
		(void)wait(0, NULL, 0);
	}
}

int main(void)
{
	pid_t others[CRASHERS + FORKERS];
	uint64_t start, ask = 0, take = 0, most = 0;

	console = process_server(PM_SERVER_CONSOLE);
	for (int i = 0; i < CRASHERS + FORKERS; i++) {
		others[i] = start_child(i < CRASHERS ? crash_orphans : fork_wide);
	}
	sleep_ms(200);
	for (int i = 0; i < ROUNDS; i++) {
		struct ipc_msg msg = {.w = {CONSOLE_READ_CHAR}, .nwords = 1};

		start = clock_us();
		ask_procmgr();
		ask += clock_us() - start;
		start = clock_us();
		CHECK_EQ(ipc_call(console, &msg, 0), OK);
		start = clock_us() - start;
		take += start;
		most = start > most ? start : most;
		sleep_ms(5);
	}
	for (int i = 0; i < CRASHERS + FORKERS; i++) {
		(void)kill(others[i]);
	}
	printf("a question to procmgr %u us, the console %u us, %u at most\n",
	       (uint32_t)ask / ROUNDS, (uint32_t)take / ROUNDS, (uint32_t)most);
	CHECK(take <= ask * QUESTIONS_MAX);
	return 0;
}
