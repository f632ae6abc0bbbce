/* An env that becomes ready while a CPU is idle waits less than a tick, also if it prefers a busy
 * CPU. */
/* smp: 2 4 */
/* icount: 1 */
#include "libsys/sched.h"
#include "tests/guest/peers.h"

static void ends(uint32_t arg)
{
	(void)recv_word(0, NULL);
	(void)arg;
}

int main(void)
{
	struct sched_info info;
	struct sysinfo system;

	CHECK_EQ(sys_sysinfo(&system), OK);
	for (uint32_t i = 0; i < 20; i++) {
		envid_t id = peer_make(ends, 0);

		if (i % 2) {
			CHECK_EQ(sched_cpu(id, record(env_page->id)->cpu, 1000), 1);
		}
		env_run(id); /* we run on: another CPU must take it */
		await_ipc(id, 0);
		CHECK(record(id)->cpu != record(env_page->id)->cpu);
		CHECK_EQ(sched_query(id, &info), OK);
		CHECK(info.longest_us < system.tick_us);
		CHECK_EQ(send_word(id, 0, 0), 0);
		peer_join(id);
	}
	return 0;
}
