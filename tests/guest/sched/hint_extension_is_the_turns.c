/* A server that is extended on its client's turn gains nothing for the pair: the client, who began
 * the turn, pays with its next one. */
/* smp: 1 */
/* icount: 16 */
/* timeout: 60 */
#include "libsys/sched.h"
#include "tests/guest/peers.h"

static volatile uint32_t work, spun, extended;

static void unit(void)
{
	for (uint32_t i = 0; i < 500; i++) {
		asm volatile("");
	}
}

/* Replies when its slice has been extended; or after some time, and then without a word of it. */
static void serves(uint32_t arg)
{
	struct ipc_msg msg = {.nwords = 1};
	envid_t to = 0;

	for (;;) {
		CHECK_EQ(ipc_reply_recv(to, &msg, 0), OK);
		to = msg.from;
		env_page->preempt = arg;
		for (uint32_t i = 0; i < 400 && !(env_page->preempt & HINT_EXTENDED); i++) {
			unit();
			work++;
		}
		msg.nwords = 1;
		msg.w[0] = env_page->preempt & HINT_EXTENDED;
		extended += msg.w[0] != 0;
		env_page->preempt = 0;
	}
}

static uint32_t own_turns(void)
{
	struct sched_info info = {0};

	CHECK_EQ(sched_query(0, &info), OK);
	return info.slices;
}

/* Uses up the extension that its server got, until its own next turn. */
static void calls(uint32_t server)
{
	struct ipc_msg msg = {0};

	for (;;) {
		msg.nwords = 1;
		CHECK_EQ(ipc_call((envid_t)server, &msg, 0), OK);
		if (msg.w[0]) {
			for (uint32_t was = own_turns(); own_turns() == was; work++) {
				unit();
			}
		}
	}
}

static void spins(uint32_t arg)
{
	for (;; spun += arg) {
		unit();
	}
}

int main(void)
{
	envid_t server = peer_start(serves, HINT_NOT_NOW);

	(void)peer_start(calls, (uint32_t)server);
	(void)peer_start(spins, 1);
	sleep_ms(200);
	work = spun = 0;
	sleep_ms(3000);
	printf("pair %u, spinner %u, %u extensions\n", work, spun, extended);
	CHECK(extended > 50);
	CHECK(work * 100ull < spun * 105ull);
	return 0;
}
