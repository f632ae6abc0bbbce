/* Queues threaded through one table of records. A record is in exactly one queue while
 * its id is not 0. */

#include "servers/console/waiters.h"

#include "kernel/abi/env.h"
#include "libsys/assert.h"

struct waiter *waiters_add(struct waiters *waiters, envid_t id, enum waiters_queue queue)
{
	struct waiter *waiter = &waiters->slots[ENV_SLOT(id)];
	struct waiter *last = waiters->queues[queue].last;

	assert(waiter->id == 0);
	waiter->id = id;
	waiter->queue = queue;
	waiter->next = NULL;
	waiter->prev = last;
	*(last ? &last->next : &waiters->queues[queue].first) = waiter;
	waiters->queues[queue].last = waiter;
	return waiter;
}

struct waiter *waiters_first(const struct waiters *waiters, enum waiters_queue queue)
{
	return waiters->queues[queue].first;
}

void waiters_remove(struct waiters *waiters, struct waiter *waiter)
{
	struct waiter *next = waiter->next, *prev = waiter->prev;

	assert(waiter->id != 0);
	*(prev ? &prev->next : &waiters->queues[waiter->queue].first) = next;
	*(next ? &next->prev : &waiters->queues[waiter->queue].last) = prev;
	waiter->id = 0;
}

void waiters_forget(struct waiters *waiters, envid_t id)
{
	struct waiter *waiter = &waiters->slots[ENV_SLOT(id)];

	if (waiter->id != 0) {
		waiters_remove(waiters, waiter);
	}
}
