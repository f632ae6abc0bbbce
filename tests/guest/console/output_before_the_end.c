/* args: all
 * What printf has collected, without a newline, goes out before a program ends by a fault or an
 * exception. Run by tests/test_programs.py with the kind of end as argument; with `all` it has each
 * kind in a child, which says that it ended so. */
#include "libsys/syscall.h"
#include "tests/guest/check.h"

static volatile int zero;
static volatile uint32_t depth;
static char large[64 * PGSIZE];

static uint32_t __attribute__((noinline)) recurse(uint32_t n)
{
	volatile char frame[256];

	frame[0] = (char)n;
	depth = n;
	return n == ~0u ? 0 : recurse(n + 1) + frame[0];
}

static void end_by(const char *kind)
{
	if (strcmp(kind, "null") == 0) {
		*(volatile int *)(uintptr_t)zero = 1;
	} else if (strcmp(kind, "overflow") == 0) {
		(void)recurse(0);
	} else if (strcmp(kind, "divide") == 0) {
		asm volatile("divl %0" : : "r"(zero), "a"(1), "d"(0));
	} else if (strcmp(kind, "breakpoint") == 0) {
		asm volatile("int3");
	} else if (strcmp(kind, "invalid") == 0) {
		asm volatile("ud2");
	} else if (strcmp(kind, "limit") == 0) {
		CHECK_EQ(process_limit(getpid(), env_infos[ENV_SLOT(env_page->id)].pages + 8, 8),
		         OK);
		memset(large, 1, sizeof(large));
	}
}

static void check_child(const char *kind, const char *why)
{
	struct process_end end;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		printf("text before %s|", kind);
		end_by(kind);
		exit(1);
	}
	CHECK_EQ(wait(pid, &end, 0), pid);
	CHECK_EQ(end.how, PM_END_FAULT);
	CHECK(strstr(end.why, why) != NULL);
}

int main(int argc, char *argv[])
{
	CHECK_EQ(argc, 2);
	if (strcmp(argv[1], "all") != 0) {
		printf("text before %s|", argv[1]);
		end_by(argv[1]);
		return 1;
	}
	check_child("null", ": null pointer");
	check_child("overflow", ": stack overflow");
	check_child("divide", "divide error at ip 0x");
	check_child("breakpoint", "breakpoint at ip 0x");
	check_child("invalid", "invalid opcode at ip 0x");
	return 0;
}
