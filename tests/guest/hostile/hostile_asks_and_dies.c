/* Who asks procmgr for something and is dead before it is done costs nobody anything: each request,
 * on each path, with an end by itself at once, by a fault, by a kill meanwhile, or by one more
 * request. Nothing is left afterwards. */
#include "libsys/args.h"
#include "libsys/time.h"
#include "tests/guest/memory.h"

static const uint32_t ops[] = {PM_FORK, PM_SPAWN, PM_EXEC, PM_WAIT, PM_KILL, PM_PAGER};
enum { OPS = sizeof(ops) / sizeof(ops[0]), BY_KILL = 3, ENDS };

static const enum fault_path paths[] = {FAULT_PATH_PAGER, FAULT_PATH_SELF, FAULT_PATH_IPC};

/* What is to be started ends at once. */
static void ask(uint32_t op)
{
	static const char text[] = "hostile_asks_and_dies\0x";
	struct ipc_msg msg = {.w = {op, 2, sizeof(text)},
	                      .nwords = ipc_put_bytes(text, sizeof(text))};

	(void)ipc_send(process_manager, &msg, 0);
}

static void ask_and_die(uint32_t op, uint32_t end)
{
	ask(op);
	switch (end) {
	case 0: (void)sys_env_destroy(0, 0); break;
	case 1: *words_at(OTHER) = 1; break;
	case 2: ask(PM_EXIT); break;
	default: break; /* who started us does it */
	}
	for (;;) {
		ipc_sleep_us(1000000);
	}
}

static void try_one(const char *program, enum fault_path path, uint32_t op, uint32_t end)
{
	char op_text[12], end_text[12];
	const char *const words[] = {program, op_text, end_text};
	pid_t pid;

	snprintf(op_text, sizeof(op_text), "%u", op);
	snprintf(end_text, sizeof(end_text), "%u", end);
	pid = spawn_on(path, 3, words);
	CHECK(pid > 0);
	if (end == BY_KILL) {
		sys_yield();
	} else {
		for (int ms = 0; ms < 100 && wait(pid, NULL, PM_WAIT_NOHANG) == 0; ms++) {
			sys_yield();
		}
	}
	(void)kill(pid);
	(void)wait(pid, NULL, 0);
}

static void try_all(const char *program)
{
	for (uint32_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		for (uint32_t op = 0; op < OPS; op++) {
			for (uint32_t end = 0; end < ENDS; end++) {
				/* A child copied while its parent asks for its end goes on behind
				 * that. */
				bool lasts = ops[op] == PM_FORK && end >= 2;

				if (!lasts) {
					try_one(program, paths[i], ops[op], end);
				}
			}
		}
	}
}

int main(int argc, char *argv[])
{
	struct sysinfo before, after;
	uint32_t count;
	int op, end;

	if (argc == 2) {
		return 0;
	}
	if (argc == 3) {
		CHECK(args_number(argv[1], 0, PM_INTERRUPT, &op) &&
		      args_number(argv[2], 0, ENDS, &end));
		ask_and_die((uint32_t)op, (uint32_t)end);
	}
	try_one(argv[0], FAULT_PATH_SELF, 0, 0);
	count = count_processes();
	before = settled_info();
	try_all(argv[0]);
	for (int ms = 0; ms < 3000; ms++) {
		after = settled_info();
		if (after.envs == before.envs && after.frames_free == before.frames_free &&
		    count_processes() == count) {
			return 0;
		}
		sleep_ms(1);
	}
	printf("%u envs, %u frames, %u processes; %u, %u, %u before\n", after.envs,
	       after.frames_free, count_processes(), before.envs, before.frames_free, count);
	struct pm_info info;

	for (int cursor = 0; (cursor = process_next(cursor, &info)) > 0;) {
		printf("%d %s: path %u state %u env %x\n", info.pid, info.name, info.path,
		       info.state, info.env);
	}
	return 1;
}
