/* A bare env that writes one word of shared memory all the time, on another
 * CPU, and ways to see that it really does, and that it has stopped. */
#pragma once

#include "tests/guest/memory.h"

/* Where the spinner has the page, and where the test has it. */
#define SPIN_VA 0xA8000000u
#define VIEW_VA 0xA0000000u

enum { SPINNER_WORD = 3 };

static inline void spin_entry(void)
{
	for (;;) {
		words_at(SPIN_VA)[SPINNER_WORD]++;
	}
}

static inline uint32_t spin_count(void)
{
	return words_at(VIEW_VA)[SPINNER_WORD];
}

/* Waits until it has been seen to write. Never yields: the spinner is on
 * another CPU. */
static inline void spin_wait(void)
{
	uint32_t start = spin_count();

	while (spin_count() - start < 3) {}
}

/* Checks for a while that it does not write. */
static inline void spin_check_stopped(void)
{
	uint32_t start = spin_count();

	for (int i = 0; i < 30000; i++) {
		CHECK_EQ(spin_count(), start);
	}
}

/* A spinner on the page at VIEW_VA, at work. Its death will be told
 * (ENV_DEATHS). */
static inline envid_t spin_start(void)
{
	envid_t env = bare_stopped(spin_entry);

	CHECK_EQ(sys_page_map(0, VIEW_VA, env, SPIN_VA | PTE_W, 1), 1);
	bare_run(env);
	spin_wait();
	return env;
}

/* It ended by a write to its page, which was present or not. */
static inline void spin_check_death(envid_t env, uint32_t present)
{
	struct env_death death = next_death();

	CHECK_EQ(death.id, env);
	CHECK_EQ(death.cause, DEATH_NO_UPCALL);
	CHECK_EQ(death.va_or_status, SPIN_VA + SPINNER_WORD * 4);
	CHECK_EQ(death.code & FEC_PR, present);
}

static inline void spin_prepare(void)
{
	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	CHECK_EQ(sys_page_alloc(0, VIEW_VA | PTE_W, 1), 1);
}
