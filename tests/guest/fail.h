/* What tests with failing allocations share: the kernel for tests (`failhook: 1`), and a measure of
 * all that a failed transaction may not leave behind. */
#pragma once

#include "kernel/abi/failhook.h"
#include "tests/guest/memory.h"

/* Allocation k of those that the env makes from now on fails; 0: none. What was left of the k
 * before. */
static inline uint32_t fail_at(envid_t env, uint32_t k, uint32_t mode)
{
	struct syscall_regs regs = {.ebx = (uint32_t)env, .esi = k};
	int left = syscall_raw(SYS_FAIL | mode << 8, &regs);

	CHECK(left >= 0);
	return (uint32_t)left;
}

/* What must be as before after a transaction that failed, or whose result has ended. */
struct account {
	uint32_t frames_free, envs, processes, children, pages, limit;
};

static inline struct account account_now(void)
{
	struct sysinfo info = settled_info();
	pid_t self = getpid();
	struct pm_info process;

	CHECK_EQ(process_next(self - 1, &process), self);
	return (struct account){
		.frames_free = info.frames_free,
		.envs = info.envs,
		.processes = count_processes(),
		.children = process.children,
		.pages = process.pages,
		.limit = process.limit,
	};
}

static inline void check_account(const struct account *before, const char *what, uint32_t k)
{
	struct account now = account_now();

	if (memcmp(before, &now, sizeof(now)) != 0) {
		printf("%s, allocation %u: free %u, envs %u, processes %u, children %u, pages %u, "
		       "limit "
		       "%u; before: %u, %u, %u, %u, %u, %u\n",
		       what, k, now.frames_free, now.envs, now.processes, now.children, now.pages,
		       now.limit, before->frames_free, before->envs, before->processes,
		       before->children, before->pages, before->limit);
		exit(1);
	}
}
