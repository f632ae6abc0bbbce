/* timeout: 120 */
/* Hundreds of JOS programs, ended by themselves, by faults, by exceptions, and killed at any moment
 * of their families' lives, give back all frames and envs. */
#include "libsys/ipc.h"
#include "libsys/stdlib.h"
#include "tests/guest/self.h"

enum { ROUNDS = 12, KILLS = 120, MOMENT_US = 3000 };

static const char *const ending[] = {
	"jos/hello",        "jos/yield",
	"jos/dumbfork",     "jos/faultread",
	"jos/faultnostack", "jos/forktree",
	"jos/divzero",      "jos/faultalloc",
	"jos/faultregs",    "jos/evilhello",
	"jos/sforktest",    "jos/matrix",
	"jos/buggyhello2",  "jos/faultevilhandler",
	"jos/sendpage",     "jos/testbss",
	"jos/exceptions",   "jos/breakpoint",
};
static const char *const killed[] = {
	"jos/spin",   "jos/idle",        "jos/forktree",  "jos/sforktest",
	"jos/matrix", "jos/stresssched", "jos/pingpongs",
};
enum { NENDING = sizeof(ending) / sizeof(ending[0]), NKILLED = sizeof(killed) / sizeof(killed[0]) };

static pid_t start(const char *name)
{
	const char *const argv[] = {name};
	pid_t pid = spawn(1, argv);

	CHECK(pid > 0);
	return pid;
}

static void run_all(void)
{
	for (uint32_t i = 0; i < NENDING; i++) {
		(void)end_of(start(ending[i]));
	}
}

static void kill_at_some_moment(const char *name)
{
	pid_t pid = start(name);

	ipc_sleep_us(rand() % MOMENT_US);
	(void)kill(pid);
	(void)end_of(pid);
}

int main(void)
{
	struct sysinfo before;

	run_all();
	before = settled_info();
	for (int round = 0; round < ROUNDS; round++) {
		run_all();
		check_all_back(&before, "programs that end");
	}
	for (uint32_t i = 0; i < KILLS; i++) {
		kill_at_some_moment(killed[i % NKILLED]);
		check_all_back(&before, killed[i % NKILLED]);
	}
	return 0;
}
