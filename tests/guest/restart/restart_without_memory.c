/* boot: killservers
 * mem: 32
 * Pager and console are started again when processes have taken all memory, and want the frames of
 * the dead ones too: the kernel keeps enough for both. */
#include "tests/guest/memory.h"
#include "tests/guest/restart.h"

enum { HOGS = 3, MOST_PAGES = 0x8000, KILLS = 8 };

#define GATE (words_at(OTHER)) /* shared: 1 when the hogs may begin */

/* Touches fresh pages until there are none; then tries again as soon as there might be. Ends only
 * by a kill. */
static void take_all(void)
{
	uint32_t page = 0;

	while (GATE[0] == 0) {
		sys_yield();
	}
	for (;;) {
		if (page < MOST_PAGES &&
		    sys_page_alloc(0, (AREA + page * PGSIZE) | PTE_W, 1) == 1) {
			page++;
		} else {
			sys_yield();
		}
	}
}

/* Makes all that this program writes to its own, as it must need no memory later. */
static void touch_all(void)
{
	for (vaddr_t va = UTEXT; va < (vaddr_t)end; va += PGSIZE) {
		if (!(uvpt[va >> PGSHIFT] & PTE_P) || uvpt[va >> PGSHIFT] & PTE_COW) {
			*(volatile char *)va = *(volatile char *)va;
		}
	}
	volatile char frame[PGSIZE];
	frame[0] = frame[PGSIZE - 1] = 0;
}

static uint32_t frames_now(void)
{
	struct sysinfo info;

	CHECK_EQ(sys_sysinfo(&info), OK);
	return info.frames_free;
}

int main(void)
{
	pid_t hogs[HOGS];
	uint32_t before, kept;

	kill_server(PM_SERVER_PAGER);
	kill_server(PM_SERVER_CONSOLE);
	CHECK_EQ(stdout_drain(), OK);
	CHECK_EQ(sys_page_alloc(0, OTHER | PTE_W | PTE_SHARE, 1), 1);
	touch_all();
	before = free_frames();
	for (uint32_t i = 0; i < HOGS; i++) {
		hogs[i] = start_child(take_all);
	}
	touch_all();
	GATE[0] = 1;
	for (kept = before; kept != frames_now();) { /* until nobody gets any more */
		kept = frames_now();
		ipc_sleep_us(20000);
	}
	for (uint32_t i = 0; i < KILLS; i++) {
		kill_server(PM_SERVER_PAGER);
		CHECK(process_server(PM_SERVER_PAGER) > 0);
		kill_server(PM_SERVER_CONSOLE);
		CHECK(process_server(PM_SERVER_CONSOLE) > 0);
		CHECK_EQ(stdout_drain(), OK);
	}
	for (uint32_t i = 0; i < HOGS; i++) {
		CHECK_EQ(kill(hogs[i]), OK);
		(void)end_of(hogs[i]);
	}
	CHECK_EQ(free_frames(), before);
	return 0;
}
