/* A pager can be paged by another, and faults while it serves: both faults are answered. Without
 * any pager a fault on path `ipc` goes to the upcall, or ends the env. */
#include "tests/guest/clients.h"

enum { PAGES = 8 };

static void write_pages(uint32_t arg)
{
	for (uint32_t i = 0; i < PAGES; i++) {
		words_at(AREA + i * PGSIZE)[0] = arg;
		CHECK_EQ(words_at(AREA + i * PGSIZE)[0], arg);
	}
}

/* Notes each fault in memory that it must be given first. */
static void forgetful_pager(uint32_t arg)
{
	(void)arg;
	for (uint32_t i = 0; i < PAGES; i++) {
		struct fault fault = fault_take();

		words_at(OTHER + i * PGSIZE)[0] = fault.va;
		CHECK_EQ(words_at(OTHER + i * PGSIZE)[0], AREA + i * PGSIZE);
		fault_zero(fault.from);
	}
}

int main(void)
{
	envid_t pager = client_start(forgetful_pager, 0), id;

	await_ipc(pager, 0);
	id = client_make(write_pages, 5, pager);
	env_run(id);
	for (uint32_t i = 0; i < PAGES; i++) {
		(void)fault_take_from(pager, OTHER + i * PGSIZE);
		fault_zero(pager);
	}
	peers_end();

	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	id = client_make(write_there, AREA, 0);
	env_run(id);
	CHECK_EQ(death_of(id).cause, DEATH_NO_UPCALL);
	id = client_start(write_there, AREA); /* taken away while it waits */
	(void)fault_take_from(id, AREA);
	CHECK_EQ(sys_env_set(id, ENV_PAGER, 0), OK);
	CHECK_EQ(death_of(id).cause, DEATH_NO_UPCALL);
	return 0;
}
