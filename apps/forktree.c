/* A binary tree of processes. Each node is named for the path to it, says so, forks two children
 * and waits for them; the tree has 2^(depth + 1) - 1 nodes. */
#include "libsys/args.h"
#include "libsys/process.h"
#include "libsys/status.h"
#include "libsys/stdio.h"

enum { DEPTH_DEFAULT = 3, DEPTH_MAX = 12 };

static char path[DEPTH_MAX + 1];

/* The node `path`, `level` steps below the root. Returns its status: 0, or 1 if a child could
 * not be had or failed. */
static int run_node(int level, int depth)
{
	int failed = 0, children = 0;

	printf("%d: I am '%s'\n", getpid(), path);
	for (char branch = '0'; level < depth && branch <= '1'; branch++) {
		pid_t child = fork();

		if (child < 0) {
			printf("%d: no child '%s%c': %s\n", getpid(), path, branch,
			       status_text(child));
			failed = 1;
			continue;
		}
		if (child == 0) {
			path[level] = branch;
			exit(run_node(level + 1, depth));
		}
		children++;
	}
	for (; children > 0; children--) {
		struct process_end end;

		if (wait(0, &end, 0) < 0 || end.status != 0) {
			failed = 1;
		}
	}
	return failed;
}

int main(int argc, char *argv[])
{
	int depth = DEPTH_DEFAULT;

	if (argc > 2 || (argc == 2 && !args_number(argv[1], 0, DEPTH_MAX, &depth))) {
		printf("usage: forktree [DEPTH, 0 to %d]\n", DEPTH_MAX);
		return 1;
	}
	return run_node(0, depth);
}
