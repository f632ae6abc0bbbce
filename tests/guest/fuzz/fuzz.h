/* What the fuzzers share: random numbers, arguments, and rounds.
 *
 * A *round* has lanes. A lane is a list of steps, each drawn from (seed, round, lane, number)
 * alone, so any subset of them can be done again. A process works on each lane; it may come to any
 * harm. The test itself, which does nothing wrong, starts another one in the place of one that
 * ended, behind the step that it was at, and kills one that makes no progress. Beside the lanes a
 * bystander works that does nothing wrong either, and must end well.
 *
 * After each round envs, free frames and shared frames are those of before: the first round has no
 * steps and says what that is.
 *
 * Arguments: seed=N, calls=N (how many steps in all; rounds go on until then), and to find what is
 * to blame: round=N (this one alone), lanes=MASK, keep=A-B,C-D (these steps only), list=1 (print
 * them, and do nothing). With plant=1 a certain kind of step is a fault: that tests who looks for
 * it. */
#pragma once

#include "libsys/assert.h"
#include "libsys/self.h"
#include "libsys/stdlib.h"
#include "libsys/time.h"
#include "tests/guest/memory.h"

enum {
	FUZZ_LANES = 8,
	FUZZ_ALL_LANES = 2 * FUZZ_LANES, /* those of helpers, which the processes start */
	FUZZ_KEEPS = 32,
	FUZZ_LOOK_MS = 2,
	FUZZ_STALLED = 3, /* looks */
	FUZZ_WELL = 42,
	FUZZ_SETTLE_MS = 10000,
	FUZZ_PAGES = 800, /* that a lane may hold, with all that it makes */
	FUZZ_ENVS = 6,
};

/* ---- random numbers ---- */

struct dice {
	uint32_t state;
};

static inline uint32_t fuzz_mix(uint32_t x)
{
	x ^= x >> 16;
	x *= 0x7FEB352Du;
	x ^= x >> 15;
	x *= 0x846CA68Bu;
	return x ^ x >> 16;
}

static inline uint32_t dice_bits(struct dice *dice)
{
	dice->state += 0x9E3779B9u;
	return fuzz_mix(dice->state);
}

static inline uint32_t dice_below(struct dice *dice, uint32_t n)
{
	return (uint32_t)((uint64_t)dice_bits(dice) * n >> 32);
}

/* True once in n. */
static inline bool dice_once_in(struct dice *dice, uint32_t n)
{
	return dice_below(dice, n) == 0;
}

static inline uint32_t dice_of(struct dice *dice, const uint32_t *list, uint32_t n)
{
	return list[dice_below(dice, n)];
}
#define DICE_OF(dice, list) dice_of(dice, list, sizeof(list) / sizeof((list)[0]))

/* ---- what a run is ---- */

static struct {
	uint32_t seed, steps; /* in all */
	uint32_t round;       /* now */
	int only;             /* this round, -1: all */
	uint32_t lanes;       /* mask */
	bool list, plant;
	uint32_t nkeeps, keeps[FUZZ_KEEPS][2]; /* 0: all steps */
} fuzz = {.seed = 1, .only = -1, .lanes = ~0u};

/* Shared by all that works on lanes, who may spoil it. */
struct fuzz_lane {
	uint32_t next; /* step */
	envid_t env;
};
#define FUZZ_SHARED 0xA0000000u
#define fuzz_lanes ((volatile struct fuzz_lane *)FUZZ_SHARED)
#define fuzz_planted (words_at(FUZZ_SHARED)[WORDS - 1])
/* Shared by the test and the bystander. */
#define FUZZ_STOP 0xA0800000u
#define fuzz_stop (words_at(FUZZ_STOP)[0])
#define fuzz_bystander (words_at(FUZZ_STOP)[1])

static inline struct dice fuzz_dice(uint32_t lane, uint32_t step)
{
	uint32_t state = fuzz_mix(fuzz.seed) + fuzz.round;

	state = fuzz_mix(state) + lane;
	return (struct dice){fuzz_mix(fuzz_mix(state) + step)};
}

static inline bool fuzz_keeps(uint32_t step)
{
	for (uint32_t i = 0; i < fuzz.nkeeps; i++) {
		if (step >= fuzz.keeps[i][0] && step <= fuzz.keeps[i][1]) {
			return true;
		}
	}
	return fuzz.nkeeps == 0;
}

static _Noreturn inline void fuzz_usage(const char *argument)
{
	printf("%s: seed=N calls=N round=N lanes=MASK keep=A-B,C-D list=1 plant=1, not %s\n",
	       program_name, argument);
	exit(2);
}

static inline uint32_t fuzz_number(const char **text, const char *argument)
{
	char *end;
	long value = strtol(*text, &end, 0);

	if (end == *text || value < 0) {
		fuzz_usage(argument);
	}
	*text = end;
	return (uint32_t)value;
}

static inline void fuzz_keep_argument(const char *text, const char *argument)
{
	while (*text) {
		uint32_t *keep = fuzz.keeps[fuzz.nkeeps++];

		if (fuzz.nkeeps > FUZZ_KEEPS) {
			fuzz_usage(argument);
		}
		keep[0] = keep[1] = fuzz_number(&text, argument);
		if (*text == '-') {
			text++;
			keep[1] = fuzz_number(&text, argument);
		}
		text += *text == ',';
	}
}

static inline void fuzz_arguments(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++) {
		const char *text = argv[i];
		uint32_t length = 0;

		while (text[length] && text[length] != '=') {
			length++;
		}
		const char *value = text + length + (text[length] != 0);
		if (strncmp(text, "keep=", 5) == 0) {
			fuzz_keep_argument(value, text);
		} else if (strncmp(text, "seed=", 5) == 0) {
			fuzz.seed = fuzz_number(&value, text);
		} else if (strncmp(text, "calls=", 6) == 0) {
			fuzz.steps = fuzz_number(&value, text);
		} else if (strncmp(text, "round=", 6) == 0) {
			fuzz.only = (int)fuzz_number(&value, text);
		} else if (strncmp(text, "lanes=", 6) == 0) {
			fuzz.lanes = fuzz_number(&value, text);
		} else if (strncmp(text, "list=", 5) == 0) {
			fuzz.list = fuzz_number(&value, text);
		} else if (strncmp(text, "plant=", 6) == 0) {
			fuzz.plant = fuzz_number(&value, text);
		} else {
			fuzz_usage(text);
		}
	}
}

/* ---- the bystander: what any program does, and checks ---- */

static body_fn *fuzz_bystander_too; /* what more it does, if anything */
static uint32_t fuzz_data[4 * WORDS] = {1};

static inline void bystander_fill(uint32_t by)
{
	for (uint32_t i = 0; i < 4 * WORDS; i += WORDS / 4) {
		fuzz_data[i] = i * 3 + by;
	}
}

static inline bool bystander_filled(uint32_t by)
{
	for (uint32_t i = 0; i < 4 * WORDS; i += WORDS / 4) {
		if (fuzz_data[i] != i * 3 + by) {
			return false;
		}
	}
	return true;
}

static inline int bystander_round(uint32_t round)
{
	bystander_fill(round);
	pid_t child = fork();
	if (child == 0) {
		bool whole = bystander_filled(round);

		bystander_fill(round + 1);
		_Exit(whole && bystander_filled(round + 1) ? FUZZ_WELL : 1);
	}
	if (child < 0) {
		return child;
	}
	bystander_fill(round + 2);
	CHECK_EQ(end_of(child).status, FUZZ_WELL);
	CHECK(bystander_filled(round + 2));
	CHECK_EQ(sys_self(), env_page->id);
	if (fuzz_bystander_too) {
		fuzz_bystander_too();
	}
	return OK;
}

static inline void bystander(void)
{
	uint32_t round = 0;

	fuzz_bystander = (uint32_t)env_page->id;
	do {
		CHECK_EQ(bystander_round(round), OK);
		ipc_sleep_us(1);
	} while (++round && !fuzz_stop);
	_Exit(FUZZ_WELL);
}

/* ---- lanes ---- */

/* Ends the caller at once, whatever is left of it. */
static _Noreturn inline void fuzz_end(void)
{
	for (;;) {
		(void)sys_env_destroy(0, 1);
	}
}

/* Does step `step` of the lane. */
typedef void fuzz_step_fn(uint32_t lane, uint32_t step);
/* What a process does before its first step. */
typedef void fuzz_begin_fn(uint32_t lane);

static fuzz_step_fn *fuzz_step;
static fuzz_begin_fn *fuzz_begin_lane;
static uint32_t fuzz_steps_a_lane;
static envid_t fuzz_innocent; /* the bystander */
static envid_t fuzz_keeper;   /* the test itself */
static uint32_t fuzz_started, fuzz_killed;
static body_fn *fuzz_at_look; /* what the test does between two looks, if anything */

static inline envid_t fuzz_env_of(uint32_t lane)
{
	return fuzz_lanes[lane % FUZZ_ALL_LANES].env;
}

/* Works on the lane, from where it is to its end. */
static inline void fuzz_work(uint32_t lane)
{
	uint32_t step;

	fuzz_lanes[lane].env = env_page->id;
	while ((step = __atomic_fetch_add(&fuzz_lanes[lane].next, 1, __ATOMIC_RELAXED)) <
	       fuzz_steps_a_lane) {
		if (fuzz_keeps(step)) {
			fuzz_step(lane, step);
		}
	}
}

static inline pid_t fuzz_start_lane(uint32_t lane)
{
	if (fuzz_keeper != env_page->id) {
		fuzz_end(); /* likewise */
	}
	pid_t pid = fork();

	fuzz_started++;
	if (pid < 0) {
		printf("round %u: fork: %s\n", fuzz.round, STATUS(pid));
		exit(1);
	}
	if (pid == 0) {
		(void)sys_page_unmap(0, FUZZ_STOP, 1);
		(void)process_limit(getpid(), FUZZ_PAGES, FUZZ_ENVS);
		fuzz_begin_lane(lane);
		fuzz_work(lane);
		_Exit(0);
	}
	if (self_path()) { /* where nobody has limits but those one sets */
		(void)sys_env_set(pid, ENV_LIMIT, FUZZ_PAGES);
		(void)sys_env_set(pid, ENV_SLOTS, FUZZ_ENVS);
	}
	return pid;
}

struct fuzz_watch {
	pid_t pid; /* 0: the lane is done */
	uint32_t seen, begun, looks;
};

static inline bool fuzz_lane_done(uint32_t lane)
{
	return fuzz_lanes[lane].next >= fuzz_steps_a_lane;
}

static inline void fuzz_look(struct fuzz_watch *watch, uint32_t lane)
{
	if (wait(watch->pid, NULL, PM_WAIT_NOHANG) != 0) {
		watch->pid = 0;
		if (fuzz_lanes[lane].next == watch->begun) {
			fuzz_lanes[lane].next++;
		}
		if (!fuzz_lane_done(lane)) {
			*watch = (struct fuzz_watch){.begun = fuzz_lanes[lane].next};
			watch->pid = fuzz_start_lane(lane);
		}
	} else if (watch->seen != fuzz_lanes[lane].next) {
		watch->seen = fuzz_lanes[lane].next;
		watch->looks = 0;
	} else if (++watch->looks >= FUZZ_STALLED) {
		(void)kill(watch->pid);
		fuzz_killed++;
	}
}

/* On path `self` what the lanes left behind is ours, by the kernel's rule, and ours to end. */
static inline void fuzz_sweep(void)
{
	bool found = self_path();

	while (found) {
		found = false;
		for (uint32_t i = 0; i < NENV; i++) {
			const volatile struct env_info *info = &env_infos[i];
			envid_t id = info->id;

			if (info->controller == env_page->id && info->status > ENV_DYING) {
				found = sys_env_destroy(id, 0) == OK || found;
			}
		}
	}
}

static inline void fuzz_lanes_run(void)
{
	struct fuzz_watch watches[FUZZ_LANES] = {0};
	bool busy = true;

	for (uint32_t lane = 0; lane < FUZZ_ALL_LANES; lane++) {
		fuzz_lanes[lane].next = fuzz.lanes >> lane & 1 ? 0 : fuzz_steps_a_lane;
		fuzz_lanes[lane].env = 0;
	}
	for (uint32_t lane = 0; lane < FUZZ_LANES; lane++) {
		if (!fuzz_lane_done(lane)) {
			watches[lane].pid = fuzz_start_lane(lane);
		}
	}
	while (busy) {
		busy = false;
		sleep_ms(FUZZ_LOOK_MS);
		if (fuzz_at_look) {
			fuzz_at_look();
		}
		for (uint32_t lane = 0; lane < FUZZ_LANES; lane++) {
			if (watches[lane].pid != 0) {
				fuzz_look(&watches[lane], lane);
				busy = true;
			}
		}
	}
}

/* ---- rounds ---- */

/* How many steps were done. */
static inline uint32_t fuzz_round(void)
{
	uint32_t steps = 0;

	fuzz_stop = 0;
	fuzz_bystander = 0;
	pid_t pid = start_child(bystander);
	while (fuzz_bystander == 0) {
		sys_yield();
	}
	fuzz_innocent = (envid_t)fuzz_bystander;
	fuzz_lanes_run();
	fuzz_stop = 1;
	struct process_end end = end_of(pid);
	if (end.how != PM_END_EXIT || end.status != FUZZ_WELL) {
		printf("round %u: who did nothing wrong ended with %d, %s\n", fuzz.round,
		       end.status, end.why);
		exit(1);
	}
	fuzz_sweep();
	if (fuzz_planted) {
		printf("round %u: the fault that was planted\n", fuzz.round);
		exit(1);
	}
	for (uint32_t lane = 0; lane < FUZZ_ALL_LANES; lane++) {
		uint32_t next = fuzz_lanes[lane].next;

		if (fuzz.lanes >> lane & 1) {
			steps += next < fuzz_steps_a_lane ? next : fuzz_steps_a_lane;
		}
	}
	return steps;
}

static body_fn *fuzz_settle; /* done by a child before each look, if anything */

struct fuzz_account {
	uint32_t envs, frames_free, frames_shared, processes;
};

static inline struct fuzz_account fuzz_account(void)
{
	if (fuzz_settle) {
		check_child(fuzz_settle);
	}
	if (self_path()) { /* the ends of those that were swept are read with those of children */
		(void)wait(0, NULL, PM_WAIT_NOHANG);
	}
	struct sysinfo info = settled_info();

	return (struct fuzz_account){info.envs, info.frames_free, info.frames_shared,
	                             count_processes()};
}

static inline void fuzz_print_envs(void)
{
	for (uint32_t i = 0; i < NENV; i++) {
		const volatile struct env_info *info = &env_infos[i];

		if (info->status != ENV_FREE) {
			printf("env 0x%x: status %u, waits %u for 0x%x, controller 0x%x, "
			       "pager 0x%x, label 0x%x, %u pages\n",
			       info->id, info->status, info->waits, info->partner, info->controller,
			       info->pager, info->label, info->pages);
		}
	}
}

/* All is as before; soon: those whose parents were killed end by themselves. */
static inline void fuzz_check_account(const struct fuzz_account *before)
{
	struct fuzz_account now = fuzz_account();

	for (uint32_t ms = 0; ms < FUZZ_SETTLE_MS && memcmp(&now, before, sizeof(now)) != 0;
	     ms += 8) {
		sleep_ms(8);
		now = fuzz_account();
	}
	if (memcmp(&now, before, sizeof(now)) != 0) {
		printf("round %u: envs %u, free frames %u, shared %u, processes %u; before: "
		       "%u, %u, %u, "
		       "%u\n",
		       fuzz.round, now.envs, now.frames_free, now.frames_shared, now.processes,
		       before->envs, before->frames_free, before->frames_shared, before->processes);
		fuzz_print_envs();
		exit(1);
	}
}

/* Brings all of the test's own pages, and makes those its own that it may write: none comes
 * later. */
static inline void fuzz_touch_memory(void)
{
	for (vaddr_t va = UTEXT; va < (vaddr_t)end; va += PGSIZE) {
		volatile char *byte = (volatile char *)va;
		char value = *byte;

		if (uvpt[va >> PGSHIFT] & PTE_COW) {
			*byte = value;
		}
	}
}

/* All of it; `steps` of a lane in a round. Ends the program where something is not as it must
 * be. */
static inline void fuzz_run(fuzz_begin_fn *begin, fuzz_step_fn *step, uint32_t steps)
{
	uint32_t done = 0;

	if (uvpd[FUZZ_SHARED >> PTSHIFT] & PTE_P) { /* one that works on a lane has jumped here */
		fuzz_end();
	}
	fuzz_begin_lane = begin;
	fuzz_step = step;
	fuzz_keeper = env_page->id;
	fuzz_touch_memory();
	CHECK_EQ(sys_page_alloc(0, FUZZ_SHARED | PTE_W | PTE_SHARE, 1), 1);
	CHECK_EQ(sys_page_alloc(0, FUZZ_STOP | PTE_W | PTE_SHARE, 1), 1);
	(void)fuzz_round();
	(void)fuzz_round();
	struct fuzz_account before = fuzz_account();
	fuzz_steps_a_lane = steps;
	fuzz.round = fuzz.only >= 0 ? (uint32_t)fuzz.only : 0;
	do {
		printf("round %u: %u before it\n", fuzz.round, done);
		done += fuzz_round();
		fuzz_check_account(&before);
		fuzz.round++;
	} while (fuzz.only < 0 && done < fuzz.steps);
	printf("%u in %u rounds, by %u processes, of which %u waited for ever\n", done, fuzz.round,
	       fuzz_started, fuzz_killed);
}
