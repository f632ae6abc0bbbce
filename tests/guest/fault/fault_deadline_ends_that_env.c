/* A fault that is not answered in time ends its env, not before and not much later, whether the
 * pager has taken it or not; what the time-out is is the controller's to say. Faults answered in
 * time, and others that wait, are not touched. */
/* icount: 16 */
#include "tests/guest/clients.h"

enum {
	BOUND_US = 100000,
	LATE_US = 100000,
	LONG_US = 700000,
	FAULTS = 2000,
	PAUSES = 10,
	ROUNDS = 20,
};

static envid_t parent;

static envid_t bounded_client(peer_fn *fn, uint32_t arg, uint32_t us)
{
	envid_t id = client_make(fn, arg, parent);

	CHECK_EQ(sys_env_set(id, ENV_FAULT_US, us), OK);
	env_run(id);
	return id;
}

static void check_late(envid_t id, uint64_t start)
{
	uint64_t took;

	check_refused(id, AREA, E_TIMEOUT);
	took = clock_us() - start;
	if (took < BOUND_US || took > BOUND_US + LATE_US) {
		printf("ended after %llu us\n", (unsigned long long)took);
		exit(1);
	}
}

static void check_queued_and_taken(void)
{
	envid_t other = client_start(write_there, AREA); /* without bound */
	uint64_t start = clock_us();
	envid_t id = bounded_client(write_there, AREA, BOUND_US);

	await_ipc(other, parent);
	check_late(id, start); /* in the queue */
	(void)fault_take_from(other, AREA);

	start = clock_us();
	id = bounded_client(write_there, AREA, BOUND_US);
	(void)fault_take_from(id, AREA);
	check_late(id, start);
	CHECK_EQ(fault_answer(id, 0, 0, 0, 0), E_NOT_WAITING);

	start = clock_us();
	id = bounded_client(write_there, AREA,
	                    BOUND_US); /* taken half way: one clock for all of it */
	ipc_sleep_us(BOUND_US / 2);
	(void)fault_take_from(id, AREA);
	check_late(id, start);

	CHECK(env_lives(other));
	fault_zero(other);
	peer_join(other);
}

static void touch_often(uint32_t arg)
{
	for (uint32_t i = 0; i < FAULTS; i++) {
		words_at(AREA)[0] = arg;
		CHECK_EQ(sys_page_unmap(0, AREA, 1), 1);
	}
}

/* Each fault has a clock of its own: together they take much longer. */
static void check_in_time(void)
{
	envid_t id = bounded_client(touch_often, 0, LONG_US);

	for (uint32_t i = 0; i < FAULTS; i++) {
		(void)fault_take_from(id, AREA);
		if (i % (FAULTS / PAUSES) == 0) {
			ipc_sleep_us(BOUND_US);
		}
		fault_zero(id);
	}
	peer_join(id);
}

/* It takes its end like any other event: when it runs. */
static void check_stopped(void)
{
	envid_t id = bounded_client(write_there, AREA, BOUND_US);

	(void)fault_take_from(id, AREA);
	CHECK_EQ(sys_env_set(id, ENV_RUN, 0), OK);
	ipc_sleep_us(BOUND_US * 3);
	CHECK(env_lives(id) && !record(id)->waits);
	CHECK_EQ(fault_answer(id, 0, 0, 0, 0), E_NOT_WAITING);
	env_run(id);
	check_refused(id, AREA, E_TIMEOUT);
}

static void tries_itself(uint32_t arg)
{
	(void)arg;
	CHECK_EQ(sys_env_set(0, ENV_FAULT_US, 1), E_PERM);
}

int main(void)
{
	parent = env_page->id;
	peer_join(peer_start(tries_itself, 0));
	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	check_queued_and_taken();
	check_in_time();
	check_stopped();
	for (uint32_t i = 0; i < ROUNDS;
	     i++) { /* a slot that was noted comes back as another env */
		envid_t id = bounded_client(write_there, AREA, BOUND_US);

		(void)fault_take_from(id, AREA);
		peer_kill(id);
	}
	ipc_sleep_us(BOUND_US * 2);
	return 0;
}
