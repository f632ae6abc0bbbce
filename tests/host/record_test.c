/* libsys/record.c while the kernel writes: an env dies, is torn down, and its slot is given to
 * another, each step before any read of the record. The compiler calls us at each read
 * (-fsanitize=thread, whose library is not linked). */
#include "libsys/record.h"

#include <sys/mman.h>

#include "kernel/abi/memlayout.h"
#include "tests/host/host_check.h"

enum { SLOT = 5, OLD = 0x2000 | SLOT, NEW = 0x3000 | SLOT, STEPS = 5, READS_MOST = 16 };

static struct env_info *const record = (struct env_info *)UENVS + SLOT;
static int steps, reads;   /* done so far */
static int at_read[STEPS]; /* when each is done */

/* All that a record says of an env, told from its id. */
static struct env_info living(envid_t id)
{
	uint32_t word = (uint32_t)id;

	return (struct env_info){.id = id,
	                         .status = ENV_RUNNABLE,
	                         .parent = id + 1,
	                         .runs = word + 2,
	                         .controller = id + 3,
	                         .pager = id + 4,
	                         .label = word + 5,
	                         .waits = word + 6};
}

/* As kernel/life/life.c and kernel/env/state.h do. */
static void take_step(int step)
{
	switch (step) {
	case 0: record->status = ENV_DYING; break;
	case 1: record->status = ENV_FREE; break;
	case 2: record->id = 0; break;
	case 3:
		*record = living(NEW);
		record->id = 0;
		break;
	case 4: record->id = NEW; break;
	}
}

static void before_read(void)
{
	reads++;
	while (steps < STEPS && at_read[steps] <= reads) {
		take_step(steps++);
	}
}

static void read_by_the_code(void *address)
{
	if ((char *)address >= (char *)record && (char *)address < (char *)(record + 1)) {
		before_read();
	}
}

/* What the compiler calls. */
void __tsan_init(void)
{
}
void __tsan_func_entry(void *from)
{
	(void)from;
}
void __tsan_func_exit(void)
{
}
void __tsan_read4(void *address)
{
	(void)address;
}
void __tsan_write1(void *address)
{
	(void)address;
}
void __tsan_write4(void *address)
{
	(void)address;
}
void __tsan_write8(void *address)
{
	(void)address;
}
void __tsan_write16(void *address)
{
	(void)address;
}
void __tsan_write_range(void *address, unsigned long size)
{
	(void)address, (void)size;
}
void __tsan_volatile_read1(void *address)
{
	read_by_the_code(address);
}
void __tsan_volatile_read4(void *address)
{
	read_by_the_code(address);
}

static void check_read(void)
{
	struct env_info copy;

	if (record_read(SLOT, &copy)) {
		struct env_info right = living(copy.id);

		CHECK_EQ(copy.id == OLD || copy.id == NEW, true);
		CHECK_EQ(memcmp(&copy, &right, sizeof(copy)), 0);
		CHECK_EQ(copy.id == OLD && at_read[0] == 0, false); /* dead before the call */
	} else {
		CHECK_EQ(steps > 0 && at_read[STEPS - 1] > 0, true);
	}
}

static void check_lives(void)
{
	if (record_env_lives(OLD)) {
		CHECK_EQ(at_read[0] > 0, true);
	} else {
		CHECK_EQ(steps > 0, true);
	}
}

/* Each way to put the steps from `step` on before reads, none before an earlier step; runs `check`
 * in each. */
static int try_all(int step, int first, void (*check)(void))
{
	int ways = 0;

	if (step == STEPS) {
		*record = living(OLD);
		steps = reads = 0;
		while (steps < STEPS && at_read[steps] == 0) {
			take_step(steps++);
		}
		check();
		CHECK_EQ(reads > 1 && reads < READS_MOST, true);
		return 1;
	}
	for (int read = first; read <= READS_MOST; read++) {
		at_read[step] = read;
		ways += try_all(step + 1, read, check);
	}
	return ways;
}

static void what_is_read_is_of_one_env(void)
{
	printf("%d ways\n", try_all(0, 0, check_read));
}

static void only_who_lived_lives(void)
{
	printf("%d ways\n", try_all(0, 0, check_lives));
}

int main(void)
{
	const struct host_test tests[] = {TEST(what_is_read_is_of_one_env),
	                                  TEST(only_who_lived_lives)};
	size_t size = (NENV * sizeof(struct env_info) + PGSIZE - 1) & ~(size_t)(PGSIZE - 1);

	if (mmap((void *)(uintptr_t)UENVS, size, PROT_READ | PROT_WRITE,
	         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	return host_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
