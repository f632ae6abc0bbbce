/* A flood of hints on every CPU costs others no more than as many loops that leave the kernel
 * alone: not more than 10% of their IPC, on CPU 0.
 *
 * Three floods. Two keep their CPU as the loop does, so the pair makes as many round trips in a
 * time of whole laps: from the beginning of one of its turns to that of a later one. (A time that
 * begins and ends anywhere holds a turn more or less.) The third yields, which leaves the pair more
 * time; so what counts there is how long a round trip takes, in the median.
 *
 * Where instructions are counted the emulator runs one CPU after another, each up to some event, so
 * that what is executed in a time says little. It goes on to the next CPU at a `pause`; so all here
 * pause whenever they have run for CHUNK, and the CPUs are equally fast. It is shorter than what
 * the emulator allows by itself with 4 CPUs: else that ends the turns of some more often than those
 * of others. */
/* icount: 4 */
/* timeout: 120 */
#include "libsys/sched.h"
#include "tests/guest/peers.h"

enum { RUN_MS = 100, GRAIN = 16, BUCKETS = 4096, CHUNK = 12000 /* TSC counts */ };
enum { AWAY = 1000000 /* TSC counts; nobody is away for so long but who waits for its turn */ };

struct moment {
	uint32_t rounds, tsc;
};

struct result {
	uint32_t median;         /* TSC counts */
	uint32_t rounds, counts; /* round trips in so many TSC counts */
};

static volatile struct moment now;         /* the client's; round trips since it began */
static volatile struct moment first, last; /* of its turns that began since `turns` was 0 */
static volatile uint32_t turns;

static volatile uint32_t took[BUCKETS]; /* round trips of GRAIN counts each; the last: and longer */

static inline uint32_t tsc(void)
{
	uint32_t low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high));
	return low;
}

static inline void take_turns(uint32_t *since)
{
	if (tsc() - *since > CHUNK) {
		asm volatile("pause");
		*since = tsc();
	}
}

static void serves(uint32_t arg)
{
	struct ipc_msg msg = {.nwords = 1};
	envid_t to = 0;

	for (;;) {
		CHECK_EQ(ipc_reply_recv(to, &msg, 0), OK);
		to = msg.from;
		msg.nwords = 1 + arg;
	}
}

static void calls(uint32_t server)
{
	struct ipc_msg msg = {0};
	uint32_t since = tsc();

	for (now.tsc = since;; now.rounds++) {
		uint32_t start, counts;

		take_turns(&since);
		start = tsc();
		if (start - now.tsc > AWAY) {
			last.rounds = now.rounds;
			last.tsc = start;
			if (turns++ == 0) {
				first = last;
			}
		}
		now.tsc = start;
		msg.nwords = 1;
		CHECK_EQ(ipc_call((envid_t)server, &msg, 0), OK);
		counts = (tsc() - start) / GRAIN;
		took[counts < BUCKETS ? counts : BUCKETS - 1]++;
	}
}

static void asks_who_it_is(uint32_t arg)
{
	for (uint32_t since = tsc();; take_turns(&since)) {
		(void)sys_self();
		(void)arg;
	}
}

/* Each of these looks at the time after each call: if one went on for longer than the loop, its CPU
 * would get more. */
static void floods(uint32_t cpu)
{
	for (uint32_t since = tsc(), i = 0;; take_turns(&since)) {
		switch (i++ % 4) {
		case 0: (void)sched_weight(0, 1, 1000); break;
		case 1: (void)sched_cpu(0, cpu, 1000); break;
		case 2: (void)sched_next(0, 1000); break;
		default: (void)sched_weight(0x7FFFF000, 4, 1000); break;
		}
	}
}

static void floods_and_yields(uint32_t cpu)
{
	for (uint32_t since = tsc(), i = 0;; take_turns(&since)) {
		switch (i++ % 4) {
		case 0: (void)sched_yield_to(0x7FFFF000); break;
		case 1: (void)sched_next(0, 1000); break;
		case 2: (void)sched_cpu(0, cpu, 1000); break;
		default: (void)sched_yield_to(0); break;
		}
	}
}

/* Without limit, so none of it may take the lock. */
static void asks_and_talks_nonsense(uint32_t cpu)
{
	enum { NO_KIND = 77 };
	struct sched_cpu_info cpu_info;
	struct sched_info info;

	for (uint32_t since = tsc(), i = 0;; take_turns(&since)) {
		struct syscall_regs regs = {0};

		switch (i++ % 4) {
		case 0: CHECK_EQ(sched_query(0, &info), OK); break;
		case 1: CHECK_EQ(sched_query_cpu(cpu, &cpu_info), OK); break;
		case 2: CHECK_EQ(syscall_raw(SYS_HINT | NO_KIND << 8, &regs), E_INVAL); break;
		default: CHECK_EQ(sched_weight(0, HINT_WEIGHT_MAX + 1, 1000), E_INVAL); break;
		}
	}
}

static envid_t start_on(uint32_t cpu, peer_fn *fn, uint32_t arg)
{
	envid_t id = peer_make(fn, arg);

	CHECK_EQ(sched_cpu(id, cpu, HINT_MS_MAX), 1);
	env_run(id);
	return id;
}

/* What was done since `begin`: of all round trips the median's time; how many there were in whole
 * laps, or in all the time, if the pair gave up no turn. */
static struct result evaluate(struct moment begin)
{
	struct moment end = now;
	struct result result = {0};
	uint32_t all = 0, sum = 0;

	if (turns >= 2) {
		begin = first;
		end = last;
	}
	result.rounds = end.rounds - begin.rounds;
	result.counts = end.tsc - begin.tsc;

	for (uint32_t i = 0; i < BUCKETS; i++) {
		all += took[i];
	}
	while (sum <= all / 2) {
		sum += took[result.median++];
	}
	result.median *= GRAIN;
	return result;
}

/* The pair's work while that runs on every CPU. */
static struct result measure(const char *what, uint32_t ncpu, peer_fn *beside)
{
	envid_t server = start_on(0, serves, 0), client = start_on(0, calls, (uint32_t)server);
	envid_t others[PEERS_MAX];
	struct moment begin;
	struct result result;

	for (uint32_t i = 0; i < ncpu; i++) {
		others[i] = start_on(i, beside, i);
	}
	sleep_ms(RUN_MS / 4);
	for (uint32_t i = 0; i < BUCKETS; i++) {
		took[i] = 0;
	}
	begin = now;
	turns = 0;
	sleep_ms(RUN_MS);
	result = evaluate(begin);
	for (uint32_t i = 0; i < ncpu; i++) {
		peer_kill(others[i]);
	}
	peer_kill(client);
	peer_kill(server);
	printf("%s: %u round trips in %u counts, half of them within %u\n", what, result.rounds,
	       result.counts, result.median);
	return result;
}

static void check_slowed(const struct result *quiet, struct result flooded)
{
	CHECK((uint64_t)flooded.rounds * quiet->counts * 10 >=
	      (uint64_t)quiet->rounds * flooded.counts * 9);
	CHECK(flooded.median <= quiet->median + quiet->median / 10);
}

int main(void)
{
	struct sysinfo info;
	struct result quiet;

	CHECK_EQ(sys_sysinfo(&info), OK);
	CHECK(info.ncpu + 2 <= PEERS_MAX);
	quiet = measure("beside loops", info.ncpu, asks_who_it_is);
	CHECK(quiet.rounds > 500);
	check_slowed(&quiet, measure("beside floods", info.ncpu, floods));
	check_slowed(&quiet,
	             measure("beside queries and nonsense", info.ncpu, asks_and_talks_nonsense));
	check_slowed(&quiet, measure("beside yielding floods", info.ncpu, floods_and_yields));
	return 0;
}
