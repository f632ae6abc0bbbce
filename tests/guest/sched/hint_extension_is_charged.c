/* Who asks not to be preempted is extended and told, but gains no time by it. */
/* smp: 1 */
/* icount: 4 */
/* timeout: 60 */
#include "libsys/sched.h"
#include "tests/guest/peers.h"

static volatile uint32_t count[2], extended;

/* The same work for both, but number 0 asks not to be preempted, all the time. */
static void spins(uint32_t arg)
{
	uint32_t word = arg == 0 ? HINT_NOT_NOW : 0;

	for (;;) {
		count[arg]++;
		env_page->preempt = word;
	}
}

/* As a lock is held: for a moment, again and again. */
static void holds_now_and_then(uint32_t arg)
{
	for (;;) {
		sched_hold();
		for (int i = 0; i < 100; i++) {
			count[arg]++;
		}
		extended += env_page->preempt & HINT_EXTENDED ? 1 : 0;
		sched_release();
		CHECK_EQ(env_page->preempt, 0);
	}
}

static struct sched_info info[2];

/* Both run for a while, beside each other. */
static void run(peer_fn *holds, peer_fn *does_not)
{
	peer_fn *const fn[] = {holds, does_not};
	envid_t id[2];

	for (uint32_t i = 0; i < 2; i++) {
		count[i] = 0;
		id[i] = peer_start(fn[i], i);
	}
	sleep_ms(2000);
	for (uint32_t i = 0; i < 2; i++) {
		CHECK_EQ(sched_query(id[i], &info[i]), OK);
		CHECK(info[i].longest_us < 20000);
		peer_kill(id[i]);
	}
	printf("holds: %u in %u turns; does not: %u in %u turns\n", count[0], info[0].slices,
	       count[1], info[1].slices);
}

int main(void)
{
	run(spins, spins);
	CHECK(count[0] * 100ull < count[1] * 105ull && count[1] * 100ull < count[0] * 105ull);
	run(holds_now_and_then, spins);
	CHECK(extended > 10);
	CHECK(info[0].slices < info[1].slices * 2); /* no turns lost, none gained */
	return 0;
}
