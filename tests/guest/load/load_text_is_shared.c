/* Two instances of a program have the same frames for what they only read: a further instance that
 * touches all of it needs no more memory than its own pages. */
#include "tests/guest/loading.h"

enum { PAGES_OF_ITS_OWN = 16 };

static uint32_t frames_seen[CONST_PAGES];

static void find_frames(void)
{
	check_constants();
	for (uint32_t i = 0; i < CONST_PAGES; i++) {
		CHECK_EQ(rights_of(entry_at(constants[i])), PTE_P);
		frames_seen[i] = PTE_ADDR(entry_at(constants[i]));
	}
}

int main(int argc, char *argv[])
{
	static uint32_t frames_of_child[CONST_PAGES];
	struct ipc_msg msg;

	find_frames();
	if (argc > 1) {
		tell_parent(argv[1], frames_seen, CONST_PAGES);
		(void)ipc_recv(env_page->id, &msg, 0); /* until it is killed */
		return 1;
	}

	uint32_t before = free_frames();
	pid_t child = start_another("load_text_is_shared");

	hear_child(frames_of_child, CONST_PAGES);
	for (uint32_t i = 0; i < CONST_PAGES; i++) {
		CHECK_EQ(frames_of_child[i], frames_seen[i]);
	}
	CHECK(before - free_frames() <= PAGES_OF_ITS_OWN);
	CHECK_EQ(kill(child), OK);
	CHECK_EQ(wait(child, NULL, 0), child);
	CHECK_EQ(free_frames(), before);
	return 0;
}
