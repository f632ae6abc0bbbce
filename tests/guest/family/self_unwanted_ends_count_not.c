/* An env of a family starts processes and ends without a wait: their ends, which nobody can ask
 * for, leave the family's first env its limit of children. */
/* smp: 1 2 */
#include "tests/guest/self.h"

enum { CHILDREN = 250, MORE = 20 };

static pid_t start_leaf(void)
{
	const char *const words[] = {program_name, "leaf"};

	return spawn(2, words);
}

static void leaf(void)
{
}

static void first(void)
{
	pid_t member = fork();

	CHECK(member >= 0);
	if (member == 0) {
		for (int i = 0; i < CHILDREN; i++) {
			CHECK(start_leaf() > 0);
		}
		exit(0);
	}
	CHECK_EQ(wait(member, NULL, 0), member);
	for (int i = 0; i < MORE; i++) {
		CHECK(start_leaf() > 0);
	}
	while (wait(0, NULL, 0) > 0) {}
}

static const struct role roles[] = {{"first", first}, {"leaf", leaf}};

int main(int argc, char *argv[])
{
	program_name = argv[0];
	play_role(argc, argv, roles, 2);
	check_role("first", 0);
	return 0;
}
