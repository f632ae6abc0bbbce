/* A run that is not one (unaligned, beyond UTOP, wrapped, empty, too long, of an unknown mode) is
 * E_INVAL; one that the sender does not have is E_PERM; nothing is delivered, also of a call and of
 * a reply, whether the partner waits or not. */
#include "tests/guest/pages.h"

static const struct {
	vaddr_t va;
	uint32_t npages, mode;
	int error;
} bad[] = {
	{AREA + 1, 1, IPC_MODE_MAP, E_INVAL},
	{AREA + PTE_W, 1, IPC_MODE_MAP, E_INVAL},
	{AREA + 2048, 1, IPC_MODE_COPY, E_INVAL},
	{AREA, 0, IPC_MODE_MAP, E_INVAL},
	{AREA, IPC_PAGES_MAX + 1, IPC_MODE_MAP, E_INVAL},
	{AREA, 0x80000000, IPC_MODE_MAP, E_INVAL},
	{AREA, 0xFFFFFFFF, IPC_MODE_MAP, E_INVAL},
	{AREA, 1, 3, E_INVAL},
	{AREA, 1, 0x200, E_INVAL},
	{AREA, 1, 0xFFFFFFFF, E_INVAL},
	{UTOP, 1, IPC_MODE_MAP, E_INVAL},
	{UENVS, 1, IPC_MODE_COPY, E_INVAL},
	{ENVPAGE, 1, IPC_MODE_MAP, E_INVAL},
	{UVPT, 1, IPC_MODE_COPY, E_INVAL},
	{KERNBASE, 1, IPC_MODE_COPY, E_INVAL},
	{0xFFFFF000, 1, IPC_MODE_MAP, E_INVAL},
	{0xFFFFF000, 2, IPC_MODE_MAP, E_INVAL},
	{UTOP - PGSIZE, 2, IPC_MODE_MAP, E_INVAL},
	{UTOP - PGSIZE, 1024, IPC_MODE_MAP, E_INVAL},
	{AREA + 2 * PGSIZE, 1, IPC_MODE_MAP, E_PERM},
	{AREA, 3, IPC_MODE_MAP, E_PERM},
	{AREA, 3, IPC_MODE_GRANT, E_PERM},
	{AREA, 3, IPC_MODE_COPY, E_PERM},
	{0x50000000, 1, IPC_MODE_COPY, E_PERM},
	{0, 1, IPC_MODE_COPY, E_PERM},
	{AREA, 2, IPC_MODE_MAP | IPC_MODE_WRITABLE, E_PERM}, /* page 1 is read only */
	{AREA + PGSIZE, 1, IPC_MODE_GRANT | IPC_MODE_WRITABLE, E_PERM},
};

static void receiver(uint32_t arg)
{
	(void)arg;
	CHECK_EQ(recv_pages(WINDOW | PTE_W, 1), 0);
	CHECK_EQ(entry_at(WINDOW), 0);
}

static void try_all(envid_t to)
{
	for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		static const uint32_t phases[] = {IPC_SEND, IPC_SEND | IPC_SEND_NOWAIT,
		                                  IPC_SEND | IPC_RECV,
		                                  IPC_SEND | IPC_RECV | IPC_REPLY};

		set_run(bad[i].va, bad[i].npages, bad[i].mode);
		for (uint32_t p = 0; p < sizeof(phases) / sizeof(phases[0]); p++) {
			int result = raw_ipc(phases[p] | IPC_PAGES, to);

			if (result != bad[i].error) {
				printf("run %u, phases 0x%x: %s, not %s\n", i, phases[p],
				       STATUS(result), STATUS(bad[i].error));
				exit(1);
			}
		}
	}
}

int main(void)
{
	envid_t waiting = peer_start(receiver, 0), stopped = peer_make(receiver, 0);

	make_area(2, 1);
	CHECK_EQ(sys_page_mark(0, AREA + PGSIZE, 0, 1), 1);
	await_ipc(waiting, 0);
	try_all(waiting);
	try_all(stopped);
	CHECK(record(waiting)->waits);
	check_area(AREA, 2, 1);
	env_run(stopped);
	CHECK_EQ(send_word(waiting, 1, 0), 0);
	CHECK_EQ(send_word(stopped, 1, 0), 0);
	peers_end();
	return 0;
}
