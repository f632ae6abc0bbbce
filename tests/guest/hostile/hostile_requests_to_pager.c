/* The pager believes nothing: operations, lengths, addresses and entries that
 * are not true change no page, and it serves on. A page that is not asked for
 * by the one who owns it stays. */
#include "libsys/stdlib.h"
#include "protocols/pager.h"
#include "tests/guest/memory.h"

static int request(uint32_t w0, uint32_t entry, uint32_t err, uint32_t nwords)
{
	struct ipc_msg msg = {.w = {w0, entry, err}, .nwords = nwords};

	CHECK_EQ(ipc_call(env_page->pager, &msg, 0), OK);
	return (int)msg.w[0];
}

static void check_unknown_operations(void)
{
	for (uint32_t nwords = 3; nwords <= IPC_WORDS_MAX; nwords++) {
		CHECK_EQ(request(AREA, 0, 0, nwords), E_NO_CALL);
		CHECK_EQ(request(AREA | 3, PTE_ZERO_FILL, FEC_WR, nwords), E_NO_CALL);
		CHECK_EQ(request(0xFFFFFFFF, 0, 0, nwords), E_NO_CALL);
	}
	for (uint32_t nwords = 0; nwords < 3; nwords++) {
		CHECK_EQ(request(AREA | PAGER_FAULT, PTE_ZERO_FILL, FEC_WR, nwords), E_INVAL);
	}
}

static void check_false_entries(void)
{
	static const vaddr_t outside[] = {UTOP, ENVPAGE, UENVS, UVPT, ULIM, KERNBASE, 0xFFFFF000};
	pte_t shared;

	for (uint32_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		CHECK_EQ(request(outside[i] | PAGER_FAULT, PTE_ZERO_FILL, FEC_WR, 3), E_FAULT);
		CHECK_EQ(request(outside[i] | PAGER_FAULT, PTE_P | PTE_COW, FEC_WR, 3), E_FAULT);
	}
	CHECK_EQ(request(AREA | PAGER_FAULT, 0, FEC_WR, 3), E_FAULT);
	CHECK_EQ(request(AREA | PAGER_FAULT, PTE_ZERO_FILL, FEC_WR, 3), OK); /* "changed" */
	CHECK_EQ(entry_of(AREA), 0);

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	CHECK_EQ(sys_page_map(0, AREA, 0, OTHER, 1), 1); /* read only, not COW */
	shared = entry_of(OTHER);
	CHECK_EQ(request(OTHER | PAGER_FAULT, shared, FEC_WR | FEC_PR, 3), E_FAULT);
	CHECK_EQ(request(OTHER | PAGER_FAULT, shared | PTE_COW, FEC_WR | FEC_PR, 3), OK);
	CHECK_EQ(request(OTHER | PAGER_FAULT, PTE_ZERO_FILL, FEC_WR | FEC_PR, 3), OK);
	CHECK_EQ(rights_of(entry_of(OTHER)), PTE_P);
	CHECK_EQ(PTE_ADDR(entry_of(OTHER)), PTE_ADDR(shared));
	CHECK_EQ(rights_of(entry_of(UTEXT)), PTE_P);
}

static void check_random_requests(void)
{
	srand(99);
	for (int i = 0; i < 2000; i++) {
		uint32_t w0 = rand() << 12 | (rand() % 2 ? PAGER_FAULT : rand() & 0xFFF);

		w0 = PTE_ADDR(w0) >= 0x10000000 ? w0 : w0 | 0xB0000000; /* not our program */
		(void)request(PTE_ADDR(w0) < 0xD0000000 ? w0 : w0 & 0xBFFFFFFF,
		              rand() % 3 ? rand() : 0, rand(), rand() % (IPC_WORDS_MAX + 1));
	}
}

/* Not a client of the pager's: it may do nothing to it. */
static volatile int bare_answer;

static void ask_barely(void)
{
	struct ipc_msg msg = {.w = {(USTACKTOP - PGSIZE) | PAGER_FAULT, 0, FEC_WR}, .nwords = 3};
	envid_t pager = env_page->pager;

	CHECK_EQ(sys_env_set(0, ENV_PAGER, 0), OK);
	(void)ipc_call(pager, &msg, 0);
	bare_answer = (int)msg.w[0];
	(void)sys_env_destroy(0, 0);
}

int main(void)
{
	check_unknown_operations();
	check_false_entries();
	check_random_requests();
	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	bare_run(bare_stopped(ask_barely));
	CHECK_EQ(next_death().cause, DEATH_EXIT);
	CHECK_EQ(bare_answer, E_FAULT);
	CHECK_EQ(request((USTACKTOP - 20 * PGSIZE) | PAGER_FAULT, 0, FEC_WR, 3), OK);
	CHECK_EQ(rights_of(entry_of(USTACKTOP - 20 * PGSIZE)), PTE_P | PTE_W);
	return 0;
}
