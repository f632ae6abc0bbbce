/* timeout: 120 */
/* System calls 0..255 with random and extreme registers, from children that may
 * come to any harm: the machine goes on, and once they are gone all frames and
 * envs are back. The seeds are fixed. A child that has stopped making progress
 * (it waits, or has stopped itself) is killed. */
#include "libsys/stdlib.h"
#include "libsys/time.h"
#include "tests/guest/memory.h"

enum { CHILDREN = 60, CALLS = 400, IDLE_MS = 10 };

/* Shared: how many calls the child has made, and its seed. */
#define PROGRESS (words_at(AREA)[0])
#define SEED (words_at(AREA)[1])

static envid_t known[4];

static uint32_t random_bits(void)
{
	return rand() << 17 ^ rand() << 3 ^ rand();
}

static uint32_t random_value(void)
{
	static const uint32_t extremes[] = {0,
	                                    1,
	                                    2,
	                                    3,
	                                    7,
	                                    0xFF,
	                                    0x400,
	                                    0xFFF,
	                                    0x1000,
	                                    UTEXT,
	                                    OTHER,
	                                    OTHER | PTE_W,
	                                    OTHER | PTE_W | PTE_COW,
	                                    AREA | PAGE_COND,
	                                    UTOP - PGSIZE,
	                                    UTOP,
	                                    ENVPAGE,
	                                    UVPT,
	                                    ULIM,
	                                    KERNBASE,
	                                    0xFFFFF000,
	                                    0xFFFFFFFF,
	                                    0x80000000,
	                                    0x7FFFFFFF,
	                                    USTACKTOP,
	                                    UENVS};

	switch (rand() % 4) {
	case 0: return random_bits();
	case 1: return known[rand() % 4];
	case 2: return OTHER + (rand() % 64) * PGSIZE + (rand() % 2) * PTE_W;
	default: return extremes[rand() % (sizeof(extremes) / sizeof(extremes[0]))];
	}
}

static uint32_t random_operand(void)
{
	static const uint32_t extremes[] = {0, 1, 2, 1024, 1025, 0xFFFFFF, 0x800000, 0x1000, 64};

	return rand() % 2 ? extremes[rand() % 9] : random_bits() & 0xFFFFFF;
}

static void one_call(void)
{
	uint32_t number = rand() % 4 ? rand() % (SYS_COUNT + 1) : rand() % 256;
	uint32_t eax = number | random_operand() << 8;
	struct syscall_regs regs = {random_value(), random_value(), random_value(), random_value()};

	if (number == SYS_IPC) {
		regs.esi |= 0x100; /* no operation of a server: the power must stay on */
	}
	if (number == SYS_DEBUG_WRITE) {
		regs.esi |= 0x80000000; /* text at random is no use to anybody */
	}
	known[3] = syscall_raw(eax, &regs);
}

static void body(void)
{
	srand(SEED);
	known[0] = 0;
	known[1] = sys_self();
	known[2] = process_manager;
	while (PROGRESS < CALLS) {
		one_call();
		PROGRESS++;
	}
}

static void run_child(uint32_t seed)
{
	uint32_t seen = 0;
	pid_t child;

	SEED = seed;
	PROGRESS = 0;
	child = start_child(body);
	for (int idle = 0; wait(child, NULL, PM_WAIT_NOHANG) == 0; idle++) {
		sleep_ms(1);
		if (seen != PROGRESS) {
			seen = PROGRESS;
			idle = 0;
		}
		if (idle >= IDLE_MS) {
			(void)kill(child);
		}
	}
}

int main(void)
{
	struct sysinfo before, after;

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	run_child(1);
	before = settled_info();
	for (uint32_t seed = 1; seed <= CHILDREN; seed++) {
		run_child(seed * 7919);
	}
	after = settled_info();
	CHECK_EQ(after.envs, before.envs);
	CHECK_EQ(after.frames_free, before.frames_free);
	CHECK_EQ(after.frames_shared, before.frames_shared);
	return 0;
}
