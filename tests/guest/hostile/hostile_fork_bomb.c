/* timeout: 120 */
/* Processes that fork as often as they can get an error in the end, no panic
 * and no hang; when they have gone, all is as before. */
#include "libsys/time.h"
#include "tests/guest/memory.h"

enum { WAIT_MS = 50000 };

/* Shared by all of them. */
#define OVER (words_at(AREA)[0])   /* somebody got an error */
#define FORKED (words_at(AREA)[1]) /* roughly how many there were */

static void bomb(void)
{
	while (!OVER) {
		int pid = fork();

		if (pid < 0) {
			CHECK(pid == E_LIMIT || pid == E_NO_ENV || pid == E_NO_MEM);
			OVER = 1;
		}
		FORKED++;
	}
}

static void wait_for_the_end(uint32_t processes)
{
	for (int ms = 0; count_processes() != processes; ms += 10) {
		CHECK(ms < WAIT_MS);
		sleep_ms(10);
	}
}

int main(void)
{
	static const char *const hello[] = {"hello"};
	struct sysinfo before, after;
	uint32_t processes;

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	CHECK_EQ(end_of(spawn(1, hello)).status, 0);
	OVER = 1;
	check_child(bomb);
	processes = count_processes();
	before = settled_info();
	OVER = 0;
	FORKED = 0;
	check_child(bomb);
	wait_for_the_end(processes);
	CHECK(FORKED > 100);
	after = settled_info();
	CHECK_EQ(after.envs, before.envs);
	CHECK_EQ(after.frames_free, before.frames_free);
	CHECK_EQ(end_of(spawn(1, hello)).status, 0);
	return 0;
}
