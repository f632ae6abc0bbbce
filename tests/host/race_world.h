/* Envs with scripts, and what the explorer holds them to. */
#pragma once

#include "tests/host/race.h"

enum op {
	DONE,      /* waits for nobody */
	SEND,      /* to actor `who` */
	CALL,      /* it */
	RECEIVE,   /* from anyone */
	LISTEN,    /* receives from actor `who` */
	ANSWER,    /* replies to whom a receive heard last */
	SERVE,     /* replies and receives, for ever; what FAULTS do is answered, too */
	NOTIFY,    /* raises bit `arg` of 0..7 at actor `who` */
	AWAIT,     /* receives, until all bits of `arg` have come */
	DESTROY,   /* actor `who` */
	STOP,      /* it */
	START,     /* it */
	YIELD,     /* gives the CPU away */
	YIELD_TO,  /* to actor `who` */
	CALCULATE, /* until `arg` timer interrupts came */
	UNMAP,     /* a page of actor `who` */
	FORK,      /* a copy of itself, which goes on with script `arg` as actor `who` */
	FAULT,     /* touches a page that its pager brings */
	PAGER,     /* makes actor `arg` the pager of actor `who` */
	REGS,      /* looks at the registers of actor `who` */
	WEIGHT,    /* `arg` for actor `who` */
	SLEEP,     /* `arg` us */
};

struct action {
	enum op op;
	uint8_t who;
	uint32_t arg;
	uint32_t flags; /* IPC_SEND_NOWAIT and the like; bounds are of `arg` us */
};

enum { ACTORS = 8, SCRIPT = 8, GATE_INT = 1u << 31 /* in flags: by `int` */ };

struct scenario {
	const char *name;
	uint32_t cpus, actors;
	struct action scripts[ACTORS][SCRIPT];
	uint32_t paths;    /* bit per actor that is on fault path `ipc`, with actor 0 as pager */
	uint32_t fault_us; /* bound of all fault calls; 0: none */
	bool slow;      /* many ticks each time: only where two departures or more are asked for */
	bool publishes; /* a receiver may be in a queue while a CPU is idle */
	bool bare;      /* actor 0 controls nobody: each is its own controller */
};

/* Makes its machine and envs. Each actor but 0 is controlled by actor 0. */
void world_start(const struct scenario *scenario);
