/* A fault that nobody handles ends the process, and its parent reads why. */
#include "libsys/syscall.h"
#include "tests/guest/check.h"

typedef void crash_fn(void);

static void write_null(void)
{
	*(volatile int *)0 = 1;
}

static void read_unmapped(void)
{
	(void)*(volatile int *)0xDEADBEEF;
}

static void read_kernel(void)
{
	(void)*(volatile int *)0xF0100000;
}

static void write_text(void)
{
	*(volatile uint8_t *)UTEXT = 1;
}

static void jump_nowhere(void)
{
	((crash_fn *)0x00100000)();
}

static void divide(void)
{
	asm volatile("divl %0" : : "r"(0), "a"(1), "d"(0));
}

static void breakpoint(void)
{
	asm volatile("int3");
}

static void invalid(void)
{
	asm volatile("ud2");
}

static void privileged(void)
{
	asm volatile("cli");
}

static void bad_stack(void)
{
	asm volatile("movl $0x100, %%esp; pushl $0" ::: "memory");
}

static void no_exception_stack(void)
{
	(void)sys_page_unmap(0, UXSTACKTOP - PGSIZE, 1);
	write_null();
}

static void no_pager(void)
{
	static char pages[PGSIZE * 2];

	(void)sys_env_set(0, ENV_PAGER, 0);
	((volatile char *)pages)[PGSIZE] = 1;
}

static void overflow_stack(void)
{
	for (volatile char *next = __builtin_frame_address(0);; next -= 1000) {
		*next = 1;
	}
}

static const struct {
	crash_fn *crash;
	const char *why, *end;
} cases[] = {
	{write_null, "fault at 0x00000000 (write, ip 0x", ": null pointer"},
	{read_unmapped, "fault at 0xdeadbeef (read, ip 0x", ")"},
	{read_kernel, "fault at 0xf0100000 (read, ip 0x", ""},
	{write_text, "fault at 0x00800000 (write, ip 0x", ")"},
	{jump_nowhere, "fault at 0x00100000 (read, ip 0x00100000)", ""},
	{divide, "divide error at ip 0x", ""},
	{breakpoint, "breakpoint at ip 0x", ""},
	{invalid, "invalid opcode at ip 0x", ""},
	{privileged, "general protection fault at ip 0x", ""},
	{bad_stack, "fault at 0x000000fc (write, ip 0x", ": null pointer"},
	{no_exception_stack, "fault at 0x", ""},
	{no_pager, "fault at 0x", ""},
	{overflow_stack, "fault at 0xeeaf", ": stack overflow"},
};

static void check_case(uint32_t number)
{
	struct process_end end;
	char start[64];
	pid_t child = fork();

	CHECK(child >= 0);
	if (child == 0) {
		cases[number].crash();
		exit(0);
	}
	CHECK_EQ(wait(child, &end, 0), child);
	printf("%s\n", end.why);
	CHECK_EQ(end.how, PM_END_FAULT);
	CHECK_EQ(end.status, PM_STATUS_FAULT);
	snprintf(start, sizeof(start), "fault_ends_process_with_reason[%d]: ", child);
	CHECK_EQ(strncmp(end.why, start, strlen(start)), 0);
	CHECK(strstr(end.why, cases[number].why) != NULL);
	CHECK_TEXT(end.why + strlen(end.why) - strlen(cases[number].end), cases[number].end);
}

int main(void)
{
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_case(i);
	}
	return 0;
}
