/* failhook: 1
 * smp: 1
 * When a new env has no memory until the last of a dead one's goes, the dead one's slot is there
 * for the next env: last freed, first used. */
#include "tests/guest/fail.h"

enum {
	PORTION = 1024, /* entries that teardown frees at a time */
	BIG = PORTION * 5 /
	      2, /* a portion when it dies, one when the next is made, one for want of memory */
	SECOND_ALLOCATION = 2, /* after the env itself: the first frame */
	SMALL = ENV_FIXED_PAGES + 1,
};

/* A new env, whose memory is the last of the one that had the slot *dead. 0: a tick freed that
 * before. */
static envid_t make_of_a_dead_one(uint32_t *dead)
{
	envid_t big = sys_env_fork(0, BIG + SMALL + 8), next;
	uint32_t left;

	CHECK(big > 0);
	*dead = ENV_SLOT(big);
	CHECK_EQ(page_alloc_all(big, AREA, BIG), OK);
	(void)settled_info();
	fail_at(0, 1, FAIL_ON); /* so that nothing is kept that a dead env left behind */
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), E_NO_MEM);
	fail_at(0, 0, 0);
	CHECK_EQ(sys_env_destroy(big, 0), OK);
	fail_at(0, SECOND_ALLOCATION, FAIL_ONCE);
	next = sys_env_fork(0, SMALL);
	left = fail_at(0, 0, 0);
	if (next > 0 && left == 0) {
		return next;
	}
	CHECK(next == E_NO_MEM || (next > 0 && sys_env_destroy(next, 0) == OK));
	return 0;
}

int main(void)
{
	uint32_t dead;
	envid_t next;

	while (make_of_a_dead_one(&dead) == 0) {}
	next = sys_env_fork(0, SMALL);
	CHECK(next > 0);
	CHECK_EQ(ENV_SLOT(next), dead);
	return 0;
}
