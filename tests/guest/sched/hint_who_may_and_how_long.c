/* Who may give which hint; what is ignored is counted and harms nobody; hints expire. */
/* icount: 1 */
#include "libsys/sched.h"
#include "tests/guest/peers.h"

static volatile envid_t other;
static volatile bool lowered;

static void waits(uint32_t arg)
{
	(void)recv_word(0, NULL);
	(void)arg;
}

static uint32_t ignored(void)
{
	struct sched_info info;

	CHECK_EQ(sched_query(0, &info), OK);
	return info.ignored;
}

static uint32_t weight_of(envid_t id)
{
	struct sched_info info;

	CHECK_EQ(sched_query(id, &info), OK);
	return info.weight;
}

/* Its controller gave it weight 3. */
static void is_no_controller(uint32_t arg)
{
	uint32_t before = ignored();

	CHECK_EQ(sched_weight(0, 4, 1000), 0);
	CHECK_EQ(sched_weight(0, 3, 1000), 0); /* not even longer */
	CHECK_EQ(sched_next(0, 1000), 0);
	CHECK_EQ(sched_weight(other, 1, 1000), 0);
	CHECK_EQ(sched_cpu(other, 0, 1000), 0);
	CHECK_EQ(sched_next(other, 1000), 0);
	CHECK_EQ(sched_next(0x7FFFF000, 1000), 0); /* nobody */
	CHECK_EQ(ignored(), before + 7);
	CHECK_EQ(weight_of(0), 3);
	CHECK_EQ(sched_weight(0, 2, HINT_MS_MAX), 1);
	CHECK_EQ(weight_of(0), 2);
	CHECK_EQ(sched_cpu(0, 0, 1000), 1);
	lowered = true;
	(void)recv_word(0, NULL);
	CHECK_EQ(weight_of(0), 1); /* lowering does not make it last */
	(void)arg;
}

int main(void)
{
	struct syscall_regs regs = {0};
	struct sched_cpu_info cpu;
	struct sched_info info;
	envid_t id;

	other = peer_start(waits, 0);
	id = peer_make(is_no_controller, 0);
	CHECK_EQ(sched_weight(id, 3, 300), 1);
	CHECK_EQ(weight_of(id), 3);
	env_run(id);
	while (!lowered) {
		relax();
	}
	sleep_ms(500);
	CHECK_EQ(weight_of(id), 1);
	CHECK_EQ(send_word(id, 0, 0), 0);
	peer_join(id);

	CHECK_EQ(sched_next(other, 1), 1);
	CHECK_EQ(sched_cpu(other, 0, 1), 1);
	CHECK_EQ(sched_query(other, &info), OK);
	CHECK(info.next && info.cpu == 0);
	sleep_ms(200);
	CHECK_EQ(sched_query(other, &info), OK);
	CHECK(!info.next && info.cpu == -1);
	CHECK_EQ(weight_of(sys_env_fork(other, PEER_LIMIT)), 1);

	CHECK_EQ(sched_weight(other, 0, 1000), E_INVAL);
	CHECK_EQ(sched_weight(other, 5, 1000), E_INVAL);
	CHECK_EQ(sched_weight(other, ~0u, 1000), E_INVAL);
	CHECK_EQ(sched_cpu(other, NCPU_MAX, 1000), E_INVAL);
	CHECK_EQ(sched_query_cpu(NCPU_MAX, &cpu), E_INVAL);
	CHECK_EQ(sched_query(0x7FFFF000, &info), E_BAD_ENV);
	regs.esi = 0xFFFFFF01;
	CHECK_EQ(syscall_raw(SYS_HINT | HINT_NEXT << 8, &regs), E_INVAL);
	CHECK_EQ(syscall_raw(SYS_HINT | HINT_KINDS << 8, &regs), E_INVAL);
	CHECK_EQ(syscall_raw(SYS_HINT | 100 << 8, &regs), E_INVAL);
	CHECK_EQ(syscall_raw(SYS_HINT | 0xFFFFFF00, &regs), E_INVAL);
	CHECK_EQ(send_word(other, 0, 0), 0);
	peer_join(other);
	return 0;
}
