/* timeout: 120
 * Pagers of one's own are killed at moments drawn from a fixed seed, while their clients touch,
 * write and fork. Every client ends with the right answer, and in the end nothing is missing. One
 * client lasts as long as the round: a pager ends with its last client, which may be before the
 * next one starts. */
#include "libsys/stdlib.h"
#include "libsys/string.h"
#include "tests/guest/pager/own_pagers.h"

enum { ROUNDS = 40, CLIENTS = 3, PAGES = 12, FORKS = 4, PAUSE_US = 12000 };

static volatile uint32_t data[PAGES][WORDS];

static void change_data(void)
{
	for (uint32_t i = 0; i < PAGES; i++) {
		CHECK_EQ(data[i][0], i + 1);
		data[i][0] = 100;
	}
}

static int play_client(void)
{
	volatile uint32_t *heap = sbrk(PAGES * PGSIZE);

	for (uint32_t i = 0; i < PAGES; i++) {
		data[i][0] = i + 1;
		heap[i * WORDS] = i + 2;
	}
	for (int i = 0; i < FORKS; i++) {
		check_child(change_data);
	}
	for (uint32_t i = 0; i < PAGES; i++) {
		CHECK_EQ(data[i][0], i + 1);
		CHECK_EQ(heap[i * WORDS], i + 2);
	}
	return 0;
}

static _Noreturn void play_lasting_client(void)
{
	for (;;) {
		ipc_sleep_us(1000000);
	}
}

static void play_round(uint32_t pause_us)
{
	pid_t pager = start_quiet_pager();
	pid_t lasting = start_paged(pager, FAULT_PATH_PAGER, "own_pager_random_kills", "lasting");
	pid_t clients[CLIENTS];

	for (int i = 0; i < CLIENTS; i++) {
		clients[i] = start_paged(pager, paged_paths[i % PAGED_PATHS],
		                         "own_pager_random_kills", "client");
	}
	ipc_sleep_us(pause_us);
	(void)kill(pager);
	for (int i = 0; i < CLIENTS; i++) {
		check_ended(clients[i], 0);
	}
	CHECK_EQ(wait(pager, NULL, 0), pager);
	CHECK_EQ(kill(lasting), OK);
	CHECK_EQ(wait(lasting, NULL, 0), lasting);
}

int main(int argc, char *argv[])
{
	if (argc > 1) {
		if (strcmp(argv[1], "lasting") == 0) {
			play_lasting_client();
		}
		return play_client();
	}
	srand(11);
	play_round(0);

	uint32_t before = free_frames(), processes = count_processes();

	for (int i = 0; i < ROUNDS; i++) {
		play_round(rand() % PAUSE_US);
	}
	CHECK_EQ(free_frames(), before);
	CHECK_EQ(count_processes(), processes);
	return 0;
}
