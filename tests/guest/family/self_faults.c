/* A process on path `self` handles its own faults: copy on write, the stack's growth, what its own
 * handlers mend; memory it asks for is there at once; an unhandled fault ends it with a line. */
#include "libsys/fault.h"
#include "libsys/stdlib.h"
#include "tests/guest/self.h"

enum { PAGES = 64 };

static uint32_t data[PAGES][WORDS] __attribute__((aligned(4096)));
static volatile int handled, exceptions;

static void map_page(struct utrapframe *utf)
{
	handled++;
	CHECK_EQ(sys_page_alloc(0, PTE_ADDR(utf->fault_va) | PTE_W, 1), 1);
}

static void skip_ud2(struct utrapframe *utf)
{
	CHECK_EQ(utf->fault_va, 6);
	exceptions++;
	utf->eip += 2;
}

static void fork_in_handler(struct utrapframe *utf)
{
	pid_t child;

	map_page(utf);
	child = fork();
	CHECK(child >= 0);
	if (child > 0) {
		words_at(PTE_ADDR(utf->fault_va))[0] = 1;
		CHECK_EQ(end_of(child).status, 42);
	}
}

static void write_all(uint32_t tag)
{
	for (uint32_t i = 0; i < PAGES; i++) {
		data[i][0] = tag + i;
	}
}

static void check_data(uint32_t tag)
{
	for (uint32_t i = 0; i < PAGES; i++) {
		CHECK_EQ(data[i][0], tag + i);
	}
}

static void child_writes(void)
{
	check_data(100);
	write_all(200);
	check_data(200);
}

static void use_stack(int depth)
{
	volatile char frame[PGSIZE];

	frame[0] = (char)depth;
	if (depth > 0) {
		use_stack(depth - 1);
	}
	CHECK_EQ(frame[0], (char)depth);
}

/* What a program prepares for a conditional call of its own survives faults. */
static void check_expect(void)
{
	env_page->expect = 0x12345678;
	data[0][1] = 1;
	CHECK_EQ(env_page->expect, 0x12345678);
}

static void check_pages(void)
{
	pid_t child;

	write_all(100);
	check_child(child_writes);
	check_data(100);
	child = start_child(child_writes);
	write_all(300);
	check_data(300);
	(void)end_of(child); /* it may have seen either */
	check_child(check_expect);
	use_stack(100);
	check_child(check_expect);
	char *heap = sbrk(PAGES * PGSIZE);
	CHECK(heap != (char *)-1);
	CHECK_EQ(entry_of((vaddr_t)heap) & PTE_P, PTE_P);
	heap[PAGES * PGSIZE - 1] = 1;
	CHECK_EQ((vaddr_t)sbrk(-PAGES * (int)PGSIZE), (vaddr_t)heap + PAGES * PGSIZE);
	CHECK_EQ(entry_of((vaddr_t)heap), 0);
}

static void check_handlers(void)
{
	CHECK(fault_set_handler(map_page) == NULL);
	words_at(AREA)[5] = 7;
	CHECK_EQ(handled, 1);
	CHECK(fault_set_exception_handler(skip_ud2) == NULL);
	asm volatile("ud2");
	CHECK_EQ(exceptions, 1);
	if (fork() == 0) {
		asm volatile("ud2");
		words_at(AREA + PGSIZE)[0] = 1;
		CHECK_EQ(handled + exceptions, 4);
		exit(0);
	}
	CHECK_EQ(wait(0, NULL, 0) > 0, true);
	CHECK(fault_set_exception_handler(NULL) == skip_ud2);

	CHECK(fault_set_handler(fork_in_handler) == map_page);
	pid_t self = getpid();
	words_at(OTHER)[1] = 2; /* the child comes back here too */
	if (getpid() != self) {
		CHECK_EQ(words_at(OTHER)[0], 0);
		exit(42);
	}
	CHECK_EQ(words_at(OTHER)[0], 1);
	CHECK(fault_set_handler(NULL) == fork_in_handler);
}

static void check_all(void)
{
	CHECK_EQ(entry_of((vaddr_t)data) & (PTE_P | PTE_W), PTE_P | PTE_W);
	check_pages();
	check_handlers();
	check_child(check_pages);
}

static void fault(void)
{
	words_at(0xDEADB000)[0] = 1;
}

static void divide(void)
{
	asm volatile("divl %0" : : "r"(0) : "eax", "edx");
}

static void overflow(void)
{
	for (volatile char *next = __builtin_frame_address(0);; next -= 1000) {
		*next = 1;
	}
}

static const struct role roles[] = {
	{"all", check_all},
	{"fault", fault},
	{"divide", divide},
	{"overflow", overflow},
};

static void check_line(const char *role, const char *text)
{
	pid_t pid = start_on_self(role);
	struct process_end ended = end_of(pid);
	char start[64];

	CHECK_EQ(ended.how, PM_END_FAULT);
	CHECK_EQ(ended.status, PM_STATUS_FAULT);
	snprintf(start, sizeof(start), "%s[%d]: %s", program_name, pid, text);
	ended.why[strlen(start)] = '\0';
	CHECK_TEXT(ended.why, start);
}

int main(int argc, char *argv[])
{
	play_role(argc, argv, roles, sizeof(roles) / sizeof(roles[0]));
	check_role("all", 0);
	check_line("fault", "fault at 0xdeadb000 (write, ip 0x");
	check_line("divide", "divide error at ip 0x");
	check_line("overflow", "fault at 0xeeaf");
	return 0;
}
