/* Checks for tests that run on the host. Each test runs in a process of its own, so it starts
 * from fresh static data and cannot disturb the next. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK_EQ(got, wanted)                                                                      \
	host_check_equal(__FILE__, __LINE__, #got, (long long)(got), (long long)(wanted))

/* Two byte strings; wanted is zero terminated. */
#define CHECK_BYTES(got, length, wanted)                                                           \
	host_check_bytes(__FILE__, __LINE__, #got, got, length, wanted)

struct host_test {
	const char *name;
	void (*run)(void);
};

/* A test named as its function. clang-format 14 and 19 would have it differently. */
/* clang-format off */
#define TEST(function) {#function, function}
/* clang-format on */

static inline void host_check_equal(const char *file, int line, const char *what, long long got,
                                    long long wanted)
{
	if (got != wanted) {
		printf("%s:%d: %s is %lld, not %lld\n", file, line, what, got, wanted);
		exit(1);
	}
}

static inline void host_print_quoted(const char *bytes, size_t length)
{
	putchar('"');
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c < ' ' || c > '~' || c == '"' || c == '\\') {
			printf("\\%03o", c);
		} else {
			putchar(c);
		}
	}
	putchar('"');
}

static inline void host_check_bytes(const char *file, int line, const char *what, const char *got,
                                    size_t length, const char *wanted)
{
	if (length != strlen(wanted) || memcmp(got, wanted, length) != 0) {
		printf("%s:%d: %s is ", file, line, what);
		host_print_quoted(got, length);
		printf(",\n    not ");
		host_print_quoted(wanted, strlen(wanted));
		printf("\n");
		exit(1);
	}
}

/* Runs them all; the number that failed, for main to return. */
static inline int host_run_tests(const struct host_test *tests, int count)
{
	int failed = 0;

	for (int i = 0; i < count; i++) {
		int status = 0;
		pid_t child;

		fflush(stdout);
		child = fork();
		if (child == 0) {
			const struct rlimit limit = {
				60, 60}; /* seconds of a CPU: who waits for ever is the caller's */

			setrlimit(RLIMIT_CPU, &limit);
			tests[i].run();
			exit(0);
		}
		if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
			printf("FAILED %s (wait status 0x%x)\n", tests[i].name, status);
			failed++;
		} else {
			printf("passed %s\n", tests[i].name);
		}
	}
	return failed > 100 ? 100 : failed;
}
