/* A sleeper wakes in time while two others exchange messages across CPUs, each busy and idle in
 * turns shorter than a tick. */
/* icount: 2 */
#include "libsys/ipc.h"
#include "libsys/process.h"
#include "libsys/time.h"
#include "tests/guest/check.h"

enum { RUN_US = 800000, SLEEP_US = 100000 };

static uint64_t rounds;

static void work(void)
{
	for (volatile int i = 0; i < 100000; i++) {}
}

static void play(envid_t partner, uint64_t end, bool first)
{
	struct ipc_msg msg = {.nwords = 1};

	while (clock_us() < end) {
		if (!first && ipc_recv(partner, &msg, 0) < 0) {
			return;
		}
		first = false;
		msg.nwords = 1;
		work();
		if (ipc_send(partner, &msg, 0) < 0) {
			return;
		}
		rounds++;
		work(); /* after the message, before waiting for the next */
	}
}

int main(void)
{
	envid_t self = env_page->id;
	uint64_t end = clock_us() + RUN_US;
	struct process_end how;
	struct ipc_msg msg;
	pid_t sleeper = fork(), other;

	if (sleeper == 0) {
		uint64_t worst = 0;

		while (clock_us() < end) {
			uint64_t before = clock_us();

			ipc_sleep_us(SLEEP_US);
			uint64_t took = clock_us() - before;
			worst = took > worst ? took : worst;
		}
		printf("worst sleep of %u us took %u us\n", SLEEP_US, (uint32_t)worst);
		exit(worst > 4 * SLEEP_US);
	}
	other = fork();
	if (other == 0) {
		msg.nwords = 0;
		(void)ipc_send(self, &msg, 0);
		play(self, end, false);
		exit(0);
	}
	do {
		(void)ipc_recv(0, &msg, 0);
	} while (msg.from == 0);
	play(msg.from, end, true);
	printf("%u rounds\n", (uint32_t)rounds);
	kill(other);
	CHECK(wait(sleeper, &how, 0) == sleeper);
	return how.status;
}
