/* A process finds nothing of what others, living and dead, had: in its registers and FPU state, at
 * its start and after system calls by either way, faults and waits; in fresh pages, page tables,
 * stacks and its env page; in the public records; in what servers answer. The others fill all that
 * they can with a mark. It is handed over inverted, so that it is nowhere else. */
#include "libsys/args.h"
#include "libsys/stdlib.h"
#include "libsys/time.h"
#include "protocols/console.h"
#include "tests/guest/memory.h"

enum {
	ROUNDS = 2,
	VICTIMS = 4,
	STRANGERS = 3,
	LOOPS = 16,
	PAGES = 24,
	XSTACK = UXSTACKTOP - PGSIZE,
	TEXT_MAX = PM_BYTES_MAX,
	FXSAVE_XMM = 160 / 4, /* SDM vol. 1, 10.5.1 */
	FXSAVE_X87 = 32 / 4,
};

/* In the order of `regs` of the calls below. */
enum reg { EAX, EBX, ECX, EDX, ESI, EDI, EBP, REGS };

/* A system call with these registers; what all of them are behind it. */
#define CALL(name, instructions)                                                                   \
	asm(".text\n" #name ": pushl %ebp; pushl %edi; pushl %esi; pushl %ebx\n"                   \
	    "movl 20(%esp), %ecx; pushl %ecx; movl (%ecx), %eax; movl 4(%ecx), %ebx\n"             \
	    "movl 12(%ecx), %edx; movl 16(%ecx), %esi; movl 20(%ecx), %edi\n"                      \
	    "movl 24(%ecx), %ebp; movl 8(%ecx), %ecx\n" instructions "xchgl %ecx, (%esp)\n"        \
	    "movl %eax, (%ecx); movl %ebx, 4(%ecx); movl %edx, 12(%ecx)\n"                         \
	    "movl %esi, 16(%ecx); movl %edi, 20(%ecx); movl %ebp, 24(%ecx)\n"                      \
	    "popl 8(%ecx); popl %ebx; popl %esi; popl %edi; popl %ebp; ret\n");                    \
	void name(uint32_t regs[REGS])

CALL(call_by_int, "int $0x30\n");
CALL(call_by_sysenter, "movl %esp, %ecx; movl $1f, %edx; sysenter; int $0x30; 1:\n");
/* No call, but a fault on (%esi), with the same in all other registers. */
CALL(touch, "movl %eax, (%esi)\n");

static uint32_t inverted;

/* So that the mark itself does not come into being here. */
static bool is_mark(uint32_t word)
{
	uint32_t differs = word ^ inverted;

	asm volatile("" : "+r"(differs));
	return differs + 1 == 0;
}

static void look_at(const char *where, const volatile void *start, uint32_t bytes)
{
	const volatile uint32_t *word = start;

	for (uint32_t i = 0; i < bytes / 4; i++) {
		if (is_mark(word[i])) {
			printf("a mark is in %s, at byte %u\n", where, i * 4);
			exit(1);
		}
	}
}

static void look_at_zeros(const char *where, const volatile void *start, uint32_t bytes)
{
	const volatile uint32_t *word = start;

	for (uint32_t i = 0; i < bytes / 4; i++) {
		if (word[i] != 0) {
			printf("%s: byte %u is 0x%x\n", where, i * 4, word[i]);
			exit(1);
		}
	}
}

static void fill(volatile uint32_t *word, uint32_t bytes, uint32_t mark)
{
	for (uint32_t i = 0; i < bytes / 4; i++) {
		word[i] = mark;
	}
}

/* ---- who has something to lose ---- */

static void fill_fpu(uint32_t mark)
{
	uint32_t vector[4] = {mark, mark, mark, mark};

	asm volatile(
		"movups %0, %%xmm0; movups %0, %%xmm1; movups %0, %%xmm2; movups %0, %%xmm3\n\t"
		"movups %0, %%xmm4; movups %0, %%xmm5; movups %0, %%xmm6; movups %0, %%xmm7\n\t"
		"fninit; fildll %0; fildll %0; fildll %0; fildll %0\n\t"
		"fildll %0; fildll %0; fildll %0; fildll %0" ::"m"(vector));
}

static __attribute__((noinline)) void fill_stack(uint32_t mark)
{
	volatile uint32_t room[3 * PGSIZE / 4];

	fill(room, sizeof(room), mark);
}

static void call_servers(uint32_t mark)
{
	const envid_t servers[] = {process_manager, process_server(PM_SERVER_CONSOLE),
	                           env_page->pager};
	/* The console would print, or wait for keys; procmgr would end us, or a child. */
	const uint32_t ops[] = {0,         0x10000, PM_SELF, PM_WAIT, PM_FILE_READ,
	                        PM_LOOKUP, PM_PS,   PM_HINT};

	for (uint32_t i = 0; i < 3; i++) {
		for (uint32_t op = 0; op < sizeof(ops) / sizeof(ops[0]); op++) {
			struct ipc_msg msg = {.w = {ops[op], mark, mark}, .nwords = IPC_WORDS_MAX};

			if (i == 0 || op < 2) {
				fill(env_page->msg, sizeof(env_page->msg), mark);
				(void)ipc_call(servers[i], &msg, 0);
			}
		}
	}
}

static void victim(uint32_t mark)
{
	vaddr_t area = AREA;

	CHECK_EQ(page_alloc_all(0, area | PTE_W, PAGES), OK);
	fill(words_at(area), PAGES * PGSIZE, mark);
	CHECK_EQ(page_mark_all(0, area + PAGES * PGSIZE, mark & ~PTE_P, PAGES), OK);
	fill(malloc(PAGES * PGSIZE), PAGES * PGSIZE, mark);
	fill_stack(mark);
	for (uint32_t i = 0; i < LOOPS; i++) {
		uint32_t regs[REGS] = {SYS_YIELD, mark, mark, mark, mark, mark, mark};

		fill_fpu(mark);
		call_by_int(regs);
		fill(regs + 1, sizeof(regs) - 4, mark);
		regs[EAX] = SYS_NOTIFY;
		(env_page->sysenter ? call_by_sysenter : call_by_int)(regs);
		fill(regs, sizeof(regs), mark);
		regs[ESI] = STACK_BOTTOM + i * PGSIZE; /* absent: the stack grows */
		touch(regs);
		call_servers(mark);
	}
	fill(env_page->msg, sizeof(env_page->msg), mark);
	fill_fpu(mark);
}

/* ---- a stranger ---- */

static void look_at_fpu(void)
{
	static uint32_t state[128] __attribute__((aligned(16)));

	asm volatile("fxsave %0" : "=m"(state));
	look_at_zeros("the x87 registers", &state[FXSAVE_X87], 128);
	look_at_zeros("the SSE registers", &state[FXSAVE_XMM], 128);
	look_at("the FPU state", state, sizeof(state));
}

static void look_at_memory(void)
{
	uint32_t here;
	vaddr_t top = (vaddr_t)&here & ~(PGSIZE - 1);

	look_at("the stack", (void *)top, USTACKTOP - top);
	look_at("the exception stack", (void *)XSTACK, PGSIZE);
	look_at("the env page", env_page, PGSIZE);
	look_at("the public records", env_infos, NENV * sizeof(struct env_info));
}

static void look_at_fresh_pages(uint32_t loop)
{
	vaddr_t area = OTHER + loop * PTSIZE;
	char *heap;

	CHECK_EQ(page_alloc_all(0, area | PTE_W, PAGES), OK);
	look_at_zeros("fresh pages", words_at(area), PAGES * PGSIZE);
	look_at_zeros("a fresh page table", &uvpt[(area >> PGSHIFT) + PAGES], PGSIZE - PAGES * 4);
	CHECK_EQ(page_unmap_all(0, area, PAGES), OK);
	look_at_zeros("a page table without pages", &uvpt[area >> PGSHIFT], PGSIZE);
	heap = malloc(2 * PGSIZE);
	look_at("the heap", heap, 2 * PGSIZE);
	look_at_zeros("the stack that grows", words_at(STACK_BOTTOM + loop * PGSIZE), PGSIZE);
}

static void look_after_calls(void (*call)(uint32_t *))
{
	const uint32_t calls[] = {SYS_SELF,
	                          SYS_YIELD,
	                          SYS_CLOCK,
	                          SYS_NOTIFY,
	                          SYS_ENV_REAP,
	                          SYS_PAGE_QUERY,
	                          SYS_COUNT,
	                          SYS_HINT | HINT_QUERY << 8,
	                          SYS_IPC | IPC_RECV | IPC_RECV_NOWAIT,
	                          SYS_IPC | IPC_RECV | IPC_RECV_TIMEOUT};

	env_page->recv_us = 100;
	for (uint32_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		uint32_t regs[REGS] = {calls[i]};

		call(regs);
		look_at("the registers after a call", regs, sizeof(regs));
	}
	look_at("the env page after calls", env_page, PGSIZE);
}

static void look_after_a_fault(uint32_t loop)
{
	uint32_t regs[REGS] = {[ESI] = AREA};

	(void)loop;
	CHECK_EQ(sys_page_mark(0, AREA, PTE_ZERO_FILL, 1), 1);
	touch(regs);
	look_at("the registers after a fault", regs, sizeof(regs));
	look_at_zeros("a page that a fault brought", words_at(AREA), PGSIZE);
	CHECK_EQ(sys_page_unmap(0, AREA, 1), 1);
	look_at("the exception stack after a fault", (void *)XSTACK, PGSIZE);
}

/* What came in an answer; text of `bytes` is whole words, the rest of the last one zero. */
static void look_at_answer(const char *what, const struct ipc_msg *msg, uint32_t bytes)
{
	const volatile uint8_t *text = (const volatile uint8_t *)&env_page->msg[3];

	look_at(what, msg, sizeof(*msg));
	look_at(what, env_page->msg, sizeof(env_page->msg));
	for (uint32_t i = bytes; i % 4 != 0; i++) {
		if (text[i] != 0) {
			printf("%s: 0x%x is behind the last of %u bytes\n", what, text[i], bytes);
			exit(1);
		}
	}
}

static int ask(envid_t server, struct ipc_msg *msg)
{
	for (uint32_t i = msg->nwords > 3 ? msg->nwords : 3; i < IPC_WORDS_MAX; i++) {
		env_page->msg[i] = 0;
	}
	CHECK_EQ(ipc_call(server, msg, 0), OK);
	return (int)msg->w[0];
}

static void look_at_answers(uint32_t loop)
{
	struct ipc_msg msg;

	for (uint32_t i = 0, more = 1; more; i++) {
		msg = (struct ipc_msg){.w = {PM_FILE_LIST, i}, .nwords = 3};
		more = ask(process_manager, &msg) > 0;
		look_at_answer("a file's name", &msg, more ? msg.w[0] : 0);
	}
	msg = (struct ipc_msg){.w = {PM_FILE_READ, 0, loop}, .nwords = ipc_put_bytes("README", 7)};
	look_at_answer("a file", &msg, ask(process_manager, &msg));
	for (uint32_t op = 0x10000; op < 0x10008; op++) {
		msg = (struct ipc_msg){.w = {op}, .nwords = 1};
		(void)ask(process_manager, &msg);
		look_at_answer("an answer of procmgr", &msg, 0);
		msg = (struct ipc_msg){.w = {op}, .nwords = 1};
		(void)ask(process_server(PM_SERVER_CONSOLE), &msg);
		look_at_answer("an answer of the console", &msg, 0);
	}
	msg = (struct ipc_msg){.w = {PM_PS}, .nwords = 3};
	CHECK(ask(process_manager, &msg) > 0);
	look_at_answer("ps", &msg, 0);
	msg = (struct ipc_msg){.w = {0}, .nwords = 3};
	(void)ask(env_page->pager, &msg);
	look_at_answer("an answer of the pager", &msg, 0);
}

static void stranger(void)
{
	look_at_memory();
	look_at_fpu();
	for (uint32_t i = 0; i < LOOPS; i++) {
		look_after_calls(call_by_int);
		look_after_calls(env_page->sysenter ? call_by_sysenter : call_by_int);
		look_after_a_fault(i);
		look_at_fresh_pages(i);
		look_at_answers(i);
		look_at_fpu();
	}
	look_at_memory();
}

/* ---- */

static pid_t start(const char *what, uint32_t mark)
{
	char number[16];
	const char *argv[] = {"nothing_leaks_to_strangers", what, number};
	pid_t pid;

	snprintf(number, sizeof(number), "%u", ~mark >> 1);
	pid = spawn(3, argv);
	CHECK(pid > 0);
	return pid;
}

int main(int argc, char *argv[])
{
	int number = 0;

	if (argc == 3) {
		CHECK(args_number(argv[2], 0, INT32_MAX, &number));
		inverted = (uint32_t)number << 1;
		if (strcmp(argv[1], "victim") == 0) {
			victim(~inverted);
		} else {
			stranger();
		}
		return 0;
	}
	for (uint32_t round = 0; round < ROUNDS; round++) {
		uint32_t mark = 0xC5A96D3B + round * 0x01020304;
		pid_t strangers[STRANGERS];

		for (uint32_t i = 0; i < VICTIMS; i++) {
			(void)start("victim", mark | 1);
		}
		for (uint32_t i = 0; i < STRANGERS; i++) {
			strangers[i] = start("stranger", mark | 1);
		}
		for (uint32_t i = 0; i < STRANGERS; i++) {
			CHECK_EQ(end_of(strangers[i]).status, 0);
		}
		for (uint32_t i = 0; i < VICTIMS; i++) {
			struct process_end end;

			CHECK(wait(0, &end, 0) > 0);
			CHECK_EQ(end.status, 0);
		}
	}
	return 0;
}
