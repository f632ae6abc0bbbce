/* Clients that wait for an answer, in the order they came. */
#pragma once

#include "kernel/abi/memlayout.h"
#include "kernel/abi/types.h"
#include "protocols/console.h"

enum waiters_queue {
	WAITERS_WRITE, /* their text does not fit yet */
	WAITERS_READ,  /* for a line */
	WAITERS_CHAR,  /* for a character */
	WAITERS_DRAIN, /* for the output to leave */
	WAITERS_QUEUES,
};

struct waiter {
	envid_t id; /* 0: waits for nothing */
	enum waiters_queue queue;
	struct waiter *next, *prev; /* in its queue */
	uint32_t length;            /* of the text: WAITERS_WRITE */
	uint32_t number;            /* of the write, likewise */
	uint32_t mark;              /* of the output: WAITERS_DRAIN */
	char text[CONSOLE_BYTES_MAX];
};

/* A client waits for one thing at a time, so there is one record for each env slot, and no request
 * can fail for want of one. All zero: nobody waits. */
struct waiters {
	struct waiter slots[NENV];
	struct {
		struct waiter *first, *last;
	} queues[WAITERS_QUEUES];
};

/* Appends a client that waits for nothing. Its other fields are the caller's to fill. */
struct waiter *waiters_add(struct waiters *waiters, envid_t id, enum waiters_queue queue);

/* The one that has waited longest, or NULL. */
struct waiter *waiters_first(const struct waiters *waiters, enum waiters_queue queue);

/* Ends a wait. */
void waiters_remove(struct waiters *waiters, struct waiter *waiter);

/* Ends whatever the client, or a dead one whose slot it got, waited for. */
void waiters_forget(struct waiters *waiters, envid_t id);
