/* Programs whose files are made in ways that no linker chooses (tests/odd/make.py) run right, or
 * are refused as no programs, by spawn and by exec; nothing is left of either. */
#include "libsys/args.h"
#include "tests/guest/memory.h"

#define EXTRA 0x00C00000u

enum { CONSTS = 2 * PGSIZE / 4, DATAS = 2 * PGSIZE / 4 };

/* More than two pages each, so that there are whole ones. */
static const uint32_t consts[CONSTS + 5] = {[0] = 1, [CONSTS / 2] = 2, [CONSTS + 4] = 3};
static volatile uint32_t datas[DATAS + 5] = {[0] = 4, [DATAS / 2] = 5, [DATAS + 4] = 6};
static volatile uint32_t zeros[2 * PGSIZE / 4];

struct extra {
	uint32_t offset, size, memory_size, writable;
};

static const struct odd {
	const char *name;
	struct extra extra;
} good[] = {
	{"plain", {0}},
	{"moved4", {0}},
	{"moved1", {0}},
	{"one", {0}},
	{"joined", {0}},
	{"pieces", {0}},
	{"unaligned", {0x123, 9000, 9000, 0}},
	{"within", {0x800, 100, 100, 0}},
	{"bss", {0xF00, 300, 9000, 1}},
	{"bssonly", {0x234, 0, 20000, 1}},
	{"bssread", {0x10, 100, 6000, 0}},
	{"pages", {0, 3 * PGSIZE, 3 * PGSIZE, 1}},
	{"pagesodd", {0, 3 * PGSIZE, 3 * PGSIZE, 1}},
	{"huge", {0, PGSIZE, 0x20000000, 1}},
};

/* ---- In the odd program ---- */

static uint32_t sum_of(const volatile uint32_t *words, uint32_t count)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < count; i++) {
		sum += words[i];
	}
	return sum;
}

static void check_own_memory(void)
{
	CHECK_EQ(sum_of(zeros, sizeof(zeros) / 4), 0);
	CHECK_EQ(sum_of((const volatile uint32_t *)consts, CONSTS + 5), 6);
	CHECK_EQ(consts[0] + consts[CONSTS / 2] * 10 + consts[CONSTS + 4] * 100, 321);
	CHECK_EQ(sum_of(datas, DATAS + 5), 15);
	for (uint32_t i = 0; i < DATAS + 5; i += 500) {
		datas[i] += 7;
		zeros[i % (sizeof(zeros) / 4)]++;
	}
	CHECK_EQ(sum_of(datas, DATAS + 5), 15 + 7 * ((DATAS + 4) / 500 + 1));
}

static void check_extra(const struct extra *extra)
{
	volatile uint8_t *bytes = (volatile uint8_t *)(EXTRA + extra->offset);
	uint32_t step = extra->memory_size > 100000 ? 0x123457 : 1;

	for (uint32_t i = 0; i < extra->size; i++) {
		CHECK_EQ(bytes[i], (uint8_t)((EXTRA + extra->offset + i) * 7 + 3));
	}
	for (uint32_t i = extra->size; i < extra->memory_size; i += step) {
		CHECK_EQ(bytes[i], 0);
	}
	for (uint32_t i = 0; extra->writable && i < extra->memory_size; i += 1000 + step) {
		bytes[i] = (uint8_t)(bytes[i] + 9);
	}
	if (extra->writable && extra->size > 0) {
		CHECK_EQ(bytes[0], (uint8_t)((EXTRA + extra->offset) * 7 + 3 + 9));
	}
	for (vaddr_t va = PTE_ADDR(EXTRA + extra->offset); va < EXTRA + extra->offset; va++) {
		CHECK_EQ(*(volatile uint8_t *)va, 0); /* before it on its page */
	}
}

static struct extra wanted;

static void check_all(void)
{
	check_own_memory();
	check_extra(&wanted);
}

static int play_odd(const char *number)
{
	int which;

	CHECK(args_number(number, 0, sizeof(good) / sizeof(good[0]) - 1, &which));
	wanted = good[which].extra;
	check_child(check_all); /* before anything has been touched here */
	check_all();
	return 7;
}

/* ---- In the test ---- */

static void run_good(int which, enum fault_path path)
{
	char name[PM_NAME_MAX], number[4];
	const char *const words[] = {name, number};

	snprintf(name, sizeof(name), "odd/good-%s", good[which].name);
	snprintf(number, sizeof(number), "%d", which);

	struct process_end end = end_of(spawn_on(path, 2, words));

	if (end.status != 7) {
		printf("%s on path %d: %d, %s\n", name, path, end.status, end.why);
		exit(1);
	}
}

static const char *bad_name;

static void exec_bad(void)
{
	const char *const words[] = {bad_name};

	CHECK_EQ(exec(1, words), E_BAD_EXE);
}

static int refuse_all_bad(void)
{
	struct file_info info;
	int count = 0;

	for (uint32_t i = 0; file_list(i, &info) >= 0; i++) {
		const char *const words[] = {info.name};

		if (strncmp(info.name, "odd/bad-", 8) != 0) {
			continue;
		}
		int result = spawn(1, words);

		if (result != E_BAD_EXE) {
			printf("%s: %s\n", info.name, STATUS(result));
			exit(1);
		}
		bad_name = info.name;
		check_child(exec_bad);
		count++;
	}
	return count;
}

int main(int argc, char *argv[])
{
	if (argc > 1) {
		return play_odd(argv[1]);
	}
	CHECK(refuse_all_bad() >= 25);

	uint32_t before = free_frames();

	for (int which = 0; which < (int)(sizeof(good) / sizeof(good[0])); which++) {
		run_good(which, FAULT_PATH_PAGER);
		run_good(which, FAULT_PATH_IPC);
		if (good[which].extra.memory_size < 100000) {
			run_good(which, FAULT_PATH_SELF); /* all present */
		}
	}
	CHECK_EQ(refuse_all_bad() > 0, true);
	CHECK_EQ(free_frames(), before);
	return 0;
}
