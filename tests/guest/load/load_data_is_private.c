/* What a program writes to its data is its own: other instances and the file keep what was there. A
 * page that was only read costs no memory, where programs come on demand. */
#include "tests/guest/loading.h"

int main(int argc, char *argv[])
{
	uint32_t entries[2];
	struct ipc_msg msg;

	if (argc > 1) {
		check_data();
		entries[0] = entry_at(data[0]);
		data[0][2] = 77;
		entries[1] = entry_at(data[0]);
		tell_parent(argv[1], entries, 2);
		env_page->recv_us = 20000;
		CHECK_EQ(ipc_recv(env_page->id, &msg, IPC_RECV_TIMEOUT), E_TIMEOUT);
		check_page(data[1], DATA_WORD(1));
		return data[0][2] == 77 ? 0 : 1;
	}

	data[1][3] = 55; /* the first touch is a write */
	CHECK_EQ(rights_of(entry_at(data[1])), PTE_P | PTE_W);
	CHECK_EQ(mappings_of((vaddr_t)data[1]), 1);
	CHECK_EQ(data[1][0], DATA_WORD(1));
	check_page(data[0], DATA_WORD(0)); /* the first touch is a read */
	CHECK_EQ(rights_of(entry_at(data[0])), PTE_P | (on_demand() ? PTE_COW : PTE_W));

	pid_t child = start_another("load_data_is_private");

	hear_child(entries, 2);
	CHECK_EQ(PTE_ADDR(entries[0]) == PTE_ADDR(entry_at(data[0])), on_demand());
	CHECK_EQ(rights_of(entries[1]), PTE_P | PTE_W);
	CHECK_EQ(PTE_ADDR(entries[1]) != PTE_ADDR(entries[0]), on_demand());
	check_page(data[0], DATA_WORD(0));
	data[0][2] = 66;
	check_ended_well(child);
	CHECK_EQ(data[0][2], 66);
	CHECK_EQ(data[1][3], 55);

	char number[4];

	CHECK_EQ(file_read("load_data_is_private", 0, number, 4), 4);
	CHECK(memcmp(number,
	             "\x7f"
	             "ELF",
	             4) == 0);
	pid_t again = start_another("load_data_is_private");

	hear_child(entries, 2);
	check_ended_well(again);
	return 0;
}
