/* Messages to the pager. One request, sent by the page-fault stub of libsys with three
 * register words and no window, so that a fault in the middle of preparing a message
 * disturbs nothing in the env page.
 *
 *     w0 = page address | PAGER_FAULT    w1 = entry as the stub read it    w2 = error code
 *     reply w0 = OK         mapped, or changed meanwhile: run the instruction again
 *                E_FAULT    the page is not the pager's business
 *                E_NO_MEM, E_LIMIT   it is, but there is no page to give
 *
 * The entry is a claim: every change is made conditional on it. */
#ifndef PARLEY_SERVERS_PAGER_PROTOCOL_H
#define PARLEY_SERVERS_PAGER_PROTOCOL_H

#include "kernel/abi/memlayout.h"

enum pager_op {
	PAGER_FAULT = 1,
};
#define PAGER_OP_MASK 0xFFFu

/* Absent entries (0) in [STACK_BOTTOM, USTACKTOP) are zero-filled: the stack grows down to
 * here. The page below STACK_BOTTOM is the guard: never filled. */
#define STACK_SIZE (1024u * 1024u)
#define STACK_BOTTOM (USTACKTOP - STACK_SIZE)

#endif
