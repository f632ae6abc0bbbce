/* Neither its clients nor strangers can hurt a pager of one's own: false claims, operations that it
 * does not have, messages of all lengths. It serves on, and nobody's pages have changed. */
#include "libsys/stdlib.h"
#include "tests/guest/pager/own_pagers.h"

static volatile uint32_t data_word = 77;

static int ask(envid_t pager, uint32_t w0, uint32_t entry, uint32_t err, uint32_t nwords)
{
	struct ipc_msg msg = {.w = {w0, entry, err}, .nwords = nwords};

	CHECK_EQ(ipc_call(pager, &msg, 0), OK);
	return (int)msg.w[0];
}

static void ask_much(envid_t pager)
{
	srand(5);
	for (uint32_t i = 0; i < 1500; i++) {
		uint32_t op = i % 3 == 0 ? FAULT_OP_STUB : i % 3 == 1 ? FAULT_OP : rand() & 0xFFF;
		vaddr_t va = PTE_ADDR(AREA + rand() * 4096u % 0x10000000);

		(void)ask(pager, va | op, rand() % 2 ? rand() : 0, rand(), rand() % 65);
	}
}

static int play_client(envid_t parent)
{
	envid_t pager = env_page->pager;
	vaddr_t va = PTE_ADDR((vaddr_t)&data_word);

	data_word = 78;
	ask_much(pager);
	CHECK_EQ(ask(pager, va | FAULT_OP_STUB, PTE_ZERO_FILL, FEC_WR, 3), OK);
	CHECK_EQ(ask(pager, va | FAULT_OP_STUB, PTE_P | PTE_COW, FEC_PR | FEC_WR, 3), OK);
	CHECK_EQ(ask(pager, UTOP | FAULT_OP_STUB, PTE_ZERO_FILL, FEC_WR, 3), E_FAULT);
	CHECK_EQ(ask(pager, va | 0x333, 0, 0, 3), E_NO_CALL);
	CHECK_EQ(ask(pager, va | FAULT_OP_STUB, 0, 0, 2), E_INVAL);
	CHECK_EQ(data_word, 78);
	tell(parent, (uint32_t)pager);
	hear(2);
	return *(volatile uint32_t *)(USTACKTOP - 30 * PGSIZE) == 0 ? 0 : 1; /* a fault */
}

int main(int argc, char *argv[])
{
	struct ipc_msg msg;

	if (argc > 2) {
		return play_client(env_of_argument(argv[2]));
	}
	for (int i = 0; i < PAGED_PATHS; i++) {
		pid_t pager = start_quiet_pager();
		pid_t client = start_paged(pager, paged_paths[i], "own_pager_withstands_clients",
		                           "client");

		CHECK_EQ(ipc_recv(0, &msg, 0), OK);
		CHECK_EQ(ask((envid_t)msg.w[0], AREA | FAULT_OP_STUB, PTE_ZERO_FILL, FEC_WR, 3),
		         E_PERM);
		tell(msg.from, 2);
		check_ended(client, 0);
		check_ended(pager, 0);
	}
	return 0;
}
