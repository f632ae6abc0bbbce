/* Whatever a program writes into its env page: page calls and IPC use it for no
 * more than the program could have asked for in earnest. */
#include "libsys/stdlib.h"
#include "tests/guest/memory.h"

enum { ROUNDS = 300 };

static envid_t child_env;

static uint32_t random_value(void)
{
	static const uint32_t extremes[] = {0,     1,       0xFFFFFFFF, UTOP,    UTOP - PGSIZE,
	                                    OTHER, ENVPAGE, KERNBASE,   UTEXT,   0xFFFFF000,
	                                    1024,  1025,    0x80000000, AREA | 2};

	return rand() % 3 ? extremes[rand() % 14] : rand() << 16 ^ rand();
}

static void scribble(void)
{
	volatile uint32_t *page = words_at(ENVPAGE);
	uint32_t upcalls[2] = {env_page->upcall, env_page->xupcall};

	for (uint32_t i = 0; i < WORDS; i++) {
		page[i] = random_value();
	}
	env_page->upcall = upcalls[0];
	env_page->xupcall = upcalls[1];
	env_page->send_us = rand() % 200;
	env_page->recv_us = rand() % 200;
}

static void use_it(void)
{
	const uint32_t bounded = IPC_SEND_TIMEOUT | IPC_RECV_TIMEOUT | IPC_PAGES | IPC_WINDOW;
	struct syscall_regs regs = {.ebx = child_env};
	envid_t self = sys_self();
	uint32_t words = rand() % 70;

	(void)syscall_raw(SYS_IPC | IPC_SEND | bounded | IPC_WORDS(words), &regs);
	regs = (struct syscall_regs){.ebx = self};
	(void)syscall_raw(SYS_IPC | IPC_RECV | bounded, &regs);
	regs = (struct syscall_regs){.ebx = 0};
	(void)syscall_raw(SYS_IPC | IPC_RECV | bounded, &regs);
	(void)sys_page_alloc(0, AREA | PTE_W | PAGE_COND, 3);
	(void)sys_page_unmap(0, AREA | PAGE_COND, 3);
	regs = (struct syscall_regs){.ebx = child_env, .esi = 1};
	(void)syscall_raw(SYS_ENV_REGS, &regs);
	CHECK_EQ(sys_self(), self);
}

static void scribbler(void)
{
	srand(4711);
	child_env = bare_empty(64);
	for (int round = 0; round < ROUNDS; round++) {
		scribble();
		use_it();
	}
	bare_destroy(child_env);
	CHECK_EQ(sys_self(), env_infos[ENV_SLOT(sys_self())].id);
	for (;;) {
		(void)sys_env_destroy(0, 42);
	}
}

int main(void)
{
	struct process_end ended = end_of(start_child(scribbler));
	struct sysinfo before = settled_info(), after;

	CHECK_EQ(ended.status, 42);
	ended = end_of(start_child(scribbler));
	CHECK_EQ(ended.status, 42);
	after = settled_info();
	CHECK_EQ(after.envs, before.envs);
	CHECK_EQ(after.frames_free, before.frames_free);
	return 0;
}
