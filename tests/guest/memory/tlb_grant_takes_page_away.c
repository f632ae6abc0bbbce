/* smp: 1 2 4 */
/* timeout: 120 */
/* A page granted by IPC is gone for its sender as soon as the receiver has it,
 * though the sender wrote it just before: whoever of the two comes first, and
 * wherever each runs. */
#include "tests/guest/memory.h"

enum { ROUNDS = 100, OLD = 0x01D, NEW = 0x4E3 };

static envid_t test;

/* Writes a page, grants it, and writes again, which must be its end. */
static void granter(void)
{
	struct ipc_msg msg = {.nwords = 0};

	words_at(OTHER)[0] = OLD;
	env_page->send_va = OTHER;
	env_page->send_npages = 1;
	env_page->send_mode = IPC_MODE_GRANT | IPC_MODE_WRITABLE;
	int result = ipc_send(test, &msg, IPC_PAGES);
	words_at(OTHER)[0] = result == 1 ? NEW : NEW + 1;
	for (;;) {
		(void)sys_env_destroy(0, 1);
	}
}

int main(void)
{
	test = sys_self();
	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	for (int round = 0; round < ROUNDS; round++) {
		envid_t env = bare_stopped(granter);
		struct ipc_msg msg;
		struct env_death death;

		CHECK_EQ(sys_page_alloc(env, OTHER | PTE_W, 1), 1);
		bare_run(env);
		while (round % 2 && !env_infos[ENV_SLOT(env)].waits) {
			sys_yield();
		}
		env_page->recv_va = AREA | PTE_W;
		env_page->recv_npages = 1;
		CHECK_EQ(ipc_recv(env, &msg, IPC_WINDOW), OK);
		CHECK_EQ(msg.npages, 1);
		death = next_death();
		CHECK_EQ(death.cause, DEATH_NO_UPCALL);
		CHECK_EQ(death.va_or_status, OTHER);
		CHECK_EQ(words_at(AREA)[0], OLD);
		free_frames();
		CHECK_EQ(mappings_of(AREA), 1);
	}
	return 0;
}
