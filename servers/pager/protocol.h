/* Messages to the pager. A page-fault stub of libsys sends three register words and no window, so
 * that a fault in the middle of preparing a message disturbs nothing in the env page.
 *
 *     w0 = page address | PAGER_FAULT    w1 = entry as the stub read it    w2 = error code
 *     reply w0 = OK         mapped, or changed meanwhile: run the instruction again
 *                E_FAULT    the page is not the pager's business
 *                E_NO_MEM, E_LIMIT   it is, but there is no page to give
 *
 * The entry is a claim: every change is made conditional on it.
 *
 * On path `ipc` the kernel sends the same words with PAGER_FAULT_IPC in the client's name, and some more
 * (kernel/abi/ipc.h). The answers are the same, or tell the kernel what page to allocate. A client
 * that forges such a message gets an answer that is of no use to it. */
#ifndef PARLEY_SERVERS_PAGER_PROTOCOL_H
#define PARLEY_SERVERS_PAGER_PROTOCOL_H

#include "kernel/abi/ipc.h"
#include "kernel/abi/memlayout.h"

enum pager_op {
	PAGER_FAULT = FAULT_OP_STUB,
	PAGER_FAULT_IPC = FAULT_OP,
};
#define PAGER_OP_MASK 0xFFFu

#endif
