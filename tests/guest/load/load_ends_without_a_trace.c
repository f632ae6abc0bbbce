/* Many instances at once, which touch everything, and programs that become the next one: all right,
 * and afterwards not a frame is missing. */
#include "tests/guest/loading.h"

enum { INSTANCES = 24, EXECS = 6 };

static void touch_all(void)
{
	for (uint32_t i = 0; i < DATA_PAGES; i += 2) {
		CHECK_EQ(data[i][3], 0);
		data[i][3] = i + 1;
	}
	check_constants();
	for (uint32_t i = 0; i < DATA_PAGES; i++) {
		CHECK_EQ(data[i][0], DATA_WORD(i));
		CHECK_EQ(data[i][3], i % 2 ? 0 : i + 1);
	}
}

/* Becomes itself so many times. */
static int become(const char *times)
{
	static const char *const digits[] = {"0", "1", "2", "3", "4", "5", "6"};
	const char *words[] = {"load_ends_without_a_trace", NULL};
	int left;

	touch_all();
	CHECK(args_number(times, 0, EXECS, &left));
	if (left == 0) {
		return 0;
	}
	words[1] = digits[left - 1];
	return exec(2, words) < 0 ? 1 : 0;
}

static void run_all(const char *argument)
{
	const char *const words[] = {"load_ends_without_a_trace", argument};
	pid_t pids[INSTANCES];

	for (int i = 0; i < INSTANCES; i++) {
		pids[i] = spawn(2, words);
		CHECK(pids[i] > 0);
	}
	for (int i = 0; i < INSTANCES; i++) {
		check_ended_well(pids[i]);
	}
}

int main(int argc, char *argv[])
{
	if (argc > 1) {
		return become(argv[1]);
	}

	uint32_t before = free_frames();

	run_all("0");
	CHECK_EQ(free_frames(), before);
	run_all("6");
	CHECK_EQ(free_frames(), before);
	return 0;
}
