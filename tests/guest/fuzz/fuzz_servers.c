/* boot: killservers
 * timeout: 120
 * Requests at random to procmgr, pager and console, right ones, wrong ones and rubbish, by process
 * trees that are killed meanwhile, as are pager and console: nothing is lost, and who does nothing
 * wrong ends well. `make fuzz` runs more of it. */
#include "protocols/console.h"
#include "protocols/pager.h"
#include "tests/guest/fuzz/fuzz.h"
#include "tests/guest/restart.h"

enum {
	STEPS = 250,
	CHILDREN = 4, /* that a process remembers */
	CHILD_STEPS = 24,
	WAIT_US = 1000,
	HEAP_PAGES = 24,
	KILL_ONCE_IN = 100,
};

#define WORK 0xB0000000u

static pid_t children[CHILDREN];
static envid_t servers[3];
static bool bounded; /* a child whose parent may be gone: nobody would end its wait */

static const char *const texts[] = {"fuzz_servers", "hello",           "README", "",
                                    "jos/hello",    "no such program", "cowtest"};

static uint32_t edge(struct dice *dice)
{
	static const uint32_t edges[] = {
		0,        1,          2,          3,          0xFF,       0xFFF,   0x1000,
		0x10000,  0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, WORK,       UTOP,    ENVPAGE,
		KERNBASE, PM_PID_MAX, UTEXT,      USTACKTOP,  0xFFFFF000, 0x10001, 61};

	return dice_once_in(dice, 8) ? dice_bits(dice) : DICE_OF(dice, edges);
}

static uint32_t pid(struct dice *dice)
{
	switch (dice_below(dice, 8)) {
	case 0: return edge(dice);
	case 1: return (uint32_t)getpid();
	case 2: return 0;
	case 3: return dice_below(dice, 64);
	default: return (uint32_t)children[dice_below(dice, CHILDREN)];
	}
}

/* Words 3.. of a message: text as procmgr takes it, or anything. How many words the message has. */
static uint32_t more_words(struct dice *dice)
{
	if (dice_once_in(dice, 2)) {
		const char *text = texts[dice_below(dice, sizeof(texts) / sizeof(texts[0]))];

		return ipc_put_bytes(text, strlen(text) + 1);
	}
	for (uint32_t i = 3; i < 10; i++) {
		env_page->msg[i] = edge(dice);
	}
	return dice_once_in(dice, 4) ? dice_below(dice, IPC_WORDS_MAX + 1)
	                             : 3 + dice_below(dice, 6);
}

/* One message, and the answer, if it comes in time. */
static void ask(struct dice *dice, envid_t server, struct ipc_msg *msg)
{
	static const uint32_t modes[] = {IPC_MODE_MAP, IPC_MODE_GRANT, IPC_MODE_COPY,
	                                 IPC_MODE_MAP | IPC_MODE_WRITABLE, 7};
	uint32_t flags = bounded || dice_below(dice, 16) ? IPC_RECV_TIMEOUT : 0;

	env_page->recv_us = dice_once_in(dice, 8) ? 1 : WAIT_US;
	if (dice_once_in(dice, 16)) {
		(void)sys_page_alloc(0, WORK | PTE_W, 4);
		env_page->send_va = WORK;
		env_page->send_npages = dice_below(dice, 5);
		env_page->send_mode = DICE_OF(dice, modes);
		flags |= IPC_PAGES;
	}
	envid_t self = env_page->id;
	(void)ipc_call(server, msg, flags);
	if (env_page->id != self) { /* a fork by rubbish: one is enough */
		fuzz_end();
	}
}

/* PM_SERVER_KILL is not left to chance: it has a share of its own (a kill by rubbish would be one
 * more, no harm). */
static void ask_procmgr(struct dice *dice)
{
	struct ipc_msg msg = {.nwords = more_words(dice)};

	msg.w[0] = dice_once_in(dice, 16) ? edge(dice) : dice_below(dice, PM_FOREGROUND + 3);
	msg.w[1] = dice_once_in(dice, 2) ? pid(dice) : edge(dice);
	msg.w[2] = dice_once_in(dice, 2) ? dice_below(dice, 64) : edge(dice);
	if (msg.w[0] == PM_SERVER_KILL) {
		return;
	}
	ask(dice, servers[0], &msg);
}

static void ask_pager(struct dice *dice)
{
	static const uint32_t entries[] = {0,
	                                   PTE_ZERO_FILL,
	                                   PTE_IMAGE,
	                                   PTE_IMAGE | PTE_IMAGE_WRITABLE,
	                                   PTE_KEPT,
	                                   PTE_COW | PTE_P,
	                                   PTE_P | PTE_U | PTE_COW,
	                                   7};
	static const uint32_t ops[] = {PAGER_FAULT, PAGER_FAULT, PAGER_FAULT_IPC, 0, 3, 0xFFF};
	struct ipc_msg msg = {.nwords = more_words(dice)};
	uint32_t va = dice_once_in(dice, 4) ? edge(dice) & ~(PGSIZE - 1)
	                                    : WORK + dice_below(dice, 8) * PGSIZE;

	msg.w[0] = va | DICE_OF(dice, ops);
	msg.w[1] = DICE_OF(dice, entries) |
	           (dice_once_in(dice, 2) ? dice_bits(dice) & ~(PGSIZE - 1) : 0);
	msg.w[2] = dice_below(dice, 8);
	ask(dice, servers[1], &msg);
}

/* Text at random would be no help to anybody: what is written is dots. */
static void ask_console(struct dice *dice)
{
	struct ipc_msg msg = {
		.w = {dice_below(dice, CONSOLE_DRAIN + 2), pid(dice), dice_bits(dice)},
		.nwords = 4};

	env_page->msg[3] = 0x2E2E2E2E;
	if (msg.w[0] == CONSOLE_WRITE) {
		msg.w[1] = dice_once_in(dice, 4) ? edge(dice) : dice_below(dice, 4);
	} else if (dice_once_in(dice, 4)) {
		msg.nwords = dice_below(dice, IPC_WORDS_MAX + 1);
	}
	ask(dice, servers[2], &msg);
}

/* ---- processes ---- */

static void remember(struct dice *dice, pid_t child)
{
	if (child > 0) {
		children[dice_below(dice, CHILDREN)] = child;
	}
}

static void fork_child(struct dice *dice, uint32_t lane)
{
	static const char *const answer[] = {"fuzz_servers", "answer=1"};
	uint32_t kind = dice_below(dice, 4), steps = dice_below(dice, CHILD_STEPS);
	pid_t child = fork();

	if (child == 0) {
		uint32_t helper = FUZZ_LANES + lane % FUZZ_LANES;

		bounded = true;
		if (kind == 0) {
			(void)exec(2, answer);
		}
		while (kind == 1 && steps-- > 0) {
			uint32_t next =
				__atomic_fetch_add(&fuzz_lanes[helper].next, 1, __ATOMIC_RELAXED);

			if (next >= fuzz_steps_a_lane) {
				break;
			}
			fuzz_step(helper, next);
		}
		_Exit(FUZZ_WELL);
	}
	remember(dice, child);
}

static void spawn_child(struct dice *dice)
{
	const char *const arguments[] = {"fuzz_servers", "answer=1"};
	static const enum fault_path paths[] = {FAULT_PATH_PAGER, FAULT_PATH_SELF, FAULT_PATH_IPC,
	                                        FAULT_PATH_INHERIT};

	remember(dice, spawn_on(paths[dice_below(dice, 4)], 2, arguments));
}

static void use_memory(struct dice *dice)
{
	uint32_t pages = dice_below(dice, HEAP_PAGES) + 1, bytes = pages * PGSIZE;
	volatile uint32_t *block = malloc(bytes);

	if (block == NULL) {
		return;
	}
	for (uint32_t i = 0; i < bytes / 4; i += WORDS / 2) {
		block[i] = i ^ pages;
	}
	for (uint32_t i = 0; i < bytes / 4; i += WORDS / 2) {
		CHECK_EQ(block[i], i ^ pages);
	}
	free((void *)block);
}

static void files(struct dice *dice)
{
	struct file_info info;
	char bytes[64];

	(void)file_list(dice_once_in(dice, 4) ? edge(dice) : dice_below(dice, 40), &info);
	(void)file_read(texts[dice_below(dice, 4)], dice_below(dice, 9000), bytes, sizeof(bytes));
}

static void step(uint32_t lane, uint32_t number)
{
	struct dice dice = fuzz_dice(lane, number);

	if (dice_once_in(&dice, KILL_ONCE_IN)) {
		(void)process_server_kill(dice_once_in(&dice, 2) ? PM_SERVER_PAGER
		                                                 : PM_SERVER_CONSOLE);
		return;
	}
	if (dice_once_in(&dice, 150)) {
		fuzz_end();
	}
	for (uint32_t i = 0; i < 3; i++) {
		servers[i] = i == 0 ? process_manager
		                    : process_server(i == 1 ? PM_SERVER_PAGER : PM_SERVER_CONSOLE);
	}
	switch (dice_below(&dice, 16)) {
	case 0:
	case 1: fork_child(&dice, lane); break;
	case 2: spawn_child(&dice); break;
	case 3:
	case 4: (void)wait((pid_t)pid(&dice), NULL, PM_WAIT_NOHANG); break;
	case 5: (void)kill(children[dice_below(&dice, CHILDREN)]); break;
	case 6: use_memory(&dice); break;
	case 7: files(&dice); break;
	case 8:
	case 9: ask_pager(&dice); break;
	case 10:
	case 11: ask_console(&dice); break;
	default: ask_procmgr(&dice); break;
	}
}

static void begin(uint32_t lane)
{
	(void)lane;
	memset(children, 0, sizeof(children));
}

/* What a family forks may not kill servers. */
static void kill_one(void)
{
	static struct dice dice;

	if (dice_once_in(&dice, 4)) {
		kill_server(dice_once_in(&dice, 2) ? PM_SERVER_PAGER : PM_SERVER_CONSOLE);
	}
}

static void drained(void)
{
	CHECK_EQ(stdout_drain(), OK);
}

/* On path `self` procmgr forgets what the dead of a family started when one of it starts something
 * next. */
static void forget(void)
{
	const char *const arguments[] = {"fuzz_servers", "answer=1"};

	CHECK_EQ(end_of(spawn(2, arguments)).status, FUZZ_WELL);
}

int main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "answer=1") == 0) {
		return FUZZ_WELL;
	}
	fuzz.steps = 2000;
	fuzz_arguments(argc, argv);
	kill_server(PM_SERVER_PAGER);
	kill_server(PM_SERVER_CONSOLE);
	fuzz_bystander_too = drained;
	if (self_path()) {
		fuzz_settle = forget;
		fuzz_at_look = kill_one;
	}
	fuzz_run(begin, step, STEPS);
	printf("restarts: pager %u, console %u\n", process_server_restarts(PM_SERVER_PAGER),
	       process_server_restarts(PM_SERVER_CONSOLE));
	return 0;
}
