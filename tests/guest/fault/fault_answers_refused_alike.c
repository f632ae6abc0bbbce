/* smp: 1 2
 * An answer to a fault that ipc.h does not know is refused by sysenter as by int: flags without
 * FAULT_ALLOC, and more words than there are, with a page and without. */
#define PEERS_MAX 4
#include "tests/guest/clients.h"
#include "tests/guest/sysenter.h"

ENTER_BOTH_WAYS;

/* How the pager answers: operand of SYS_IPC beside the phases, and word 0. */
static const struct answer {
	uint32_t flags, w0;
	bool accepted;
} answers[] = {
	{IPC_WORDS(3), FAULT_ALLOC | PTE_W, true},
	{IPC_WORDS(3), PTE_W, false},
	{IPC_WORDS(3), 0x40000000, false},
	{IPC_WORDS(3), FAULT_ALLOC | PAGE_NOCACHE, false},
	{IPC_WORDS(3) | IPC_PAGES, 0, true},
	{IPC_WORDS(3) | IPC_PAGES, PTE_W, false},
	{IPC_WORDS(3) | IPC_PAGES, FAULT_ALLOC | PTE_W, true},
	{IPC_WORDS(IPC_WORDS_MAX + 1) | IPC_PAGES, 0, false}, /* no such call */
	{IPC_WORDS(IPC_WORDS_MAX + 1), FAULT_ALLOC | PTE_W, false},
};

static const struct answer *answer;
static volatile uint32_t touched;

static void client(uint32_t arg)
{
	*words_at(arg) = 5;
	touched = 1;
}

static void pager_loop(uint32_t arg)
{
	const uint32_t phases = SYS_IPC | IPC_SEND | IPC_RECV | IPC_REPLY;
	struct entry e = {.eax = phases | IPC_WORDS(3), .flags = 0x202};

	env_page->send_va = OTHER;
	env_page->send_npages = 1;
	env_page->send_mode = IPC_MODE_MAP | IPC_MODE_WRITABLE;
	for (;;) {
		(arg ? by_sysenter : by_int)(&e);
		bool failed = (int)e.eax < 0;

		e = (struct entry){.eax = phases | answer->flags,
		                   .ebx = e.ebx,
		                   .esi = answer->w0,
		                   .flags = 0x202};
		if (failed) {
			e.eax = phases | IPC_WORDS(1);
			e.esi = (uint32_t)E_NO_MEM;
		}
	}
}

static void check_answer(uint32_t way)
{
	envid_t pager = peer_make(pager_loop, way), id;
	struct env_death death;

	CHECK_EQ(sys_page_alloc(pager, OTHER | PTE_W, 1), 1);
	env_run(pager);
	await_ipc(pager, 0);
	id = client_make(client, AREA, pager);
	CHECK_EQ(sys_page_alloc(id, AREA + PGSIZE, 1), 1); /* the table is there */
	touched = 0;
	env_run(id);
	await_death(id);
	CHECK_EQ(touched, answer->accepted);
	while (sys_env_reap(&death) == OK) {}
	peer_of(id)->id = 0;
	peer_kill(pager);
}

int main(void)
{
	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	for (uint32_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		answer = &answers[i];
		check_answer(0);
		check_answer(1);
	}
	return 0;
}
