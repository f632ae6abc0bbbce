/* For tests of upcalls: envs that start at one instruction, with given registers, and an upcall in
 * C that shows what the kernel pushed.
 *
 * A C function entered by the kernel finds the frame's first word where its return address would
 * be, and the rest where its arguments would be: struct utrapframe from `err` on. */
#pragma once

#include "tests/guest/peers.h"

/* Makes a function whose instruction `text` stands at label `name`; what comes behind it is an
 * invalid opcode, so nobody waits for an instruction that does nothing. */
#define INSTRUCTION(name, text)                                                                    \
	void name(void);                                                                           \
	static _Noreturn __attribute__((used, noinline)) void name##_function(void)                \
	{                                                                                          \
		asm volatile(".globl " #name "\n" #name ": " text "\n\tud2");                      \
		__builtin_unreachable();                                                           \
	}

struct tail { /* struct utrapframe without its first word */
	uint32_t word[sizeof(struct utrapframe) / 4 - 1];
};

static struct utrapframe shown;    /* by the latest upcall */
static volatile uint32_t shown_at; /* its address; 0: none yet */

/* Shows the frame and ends the env. */
static _Noreturn inline void show_upcall(struct tail tail)
{
	shown.fault_va = (uint32_t)__builtin_return_address(0);
	memcpy(&shown.err, &tail, sizeof(tail));
	shown_at = (uint32_t)&tail - 4;
	for (;;) {
		(void)sys_env_destroy(0, 77);
	}
}

/* The env runs until it is dead; how it died. The caller asked for deaths. */
static inline struct env_death run_to_death(envid_t id)
{
	struct env_death death;

	env_run(id);
	await_death(id);
	CHECK_EQ(sys_env_reap(&death), OK);
	CHECK_EQ(death.id, id);
	return death;
}
