/* Messages to the pager. A page-fault stub of libsys sends three register words and no window, so
 * that a fault in the middle of preparing a message disturbs nothing in the env page.
 *
 * The entry is a claim: every change is made conditional on it.
 *
 * On path `ipc` the kernel sends the same words with PAGER_FAULT_IPC in the client's name, and some
 * more (kernel/abi/ipc.h). The answers are the same, or tell the kernel what page to allocate. A
 * client that forges such a message gets an answer that is of no use to it. */
#pragma once

#include "kernel/abi/ipc.h"
#include "kernel/abi/memlayout.h"
#include "kernel/abi/types.h"

/* What procmgr maps into the pager before it lets it run, read only: this page, and behind it the
 * boot archive, where the pages of programs come from (PTE_IMAGE). */
#define PAGER_SETUP 0x0FFFF000u
#define PAGER_ARCHIVE 0x10000000u
struct pager_setup {
	uint32_t archive_size; /* bytes */
	uint32_t around;       /* pages that a fault on a program's page may bring, 1.. */
};

/* The boot word `around` says it. */
#define PAGER_AROUND_MAX 64

/* X(NAME, in, out, who may, errors, cost). Beside these errors: E_NO_CALL for no operation,
 * E_INVAL for a message of fewer than three words. */
/* clang-format off */
#define PAGER_OP_LIST(X) \
	X(FAULT, \
	  "w0 page address | PAGER_FAULT, w1 entry as the stub read it, w2 error code", \
	  "w0 OK: mapped, or changed meanwhile: run the instruction again", \
	  "any env; only whose pager it is gets a page", \
	  "E_FAULT: the page is not the pager's business; E_NO_MEM, E_LIMIT: it is, but there " \
	  "is no page to give; E_LOST: another pager kept the page, and is gone", \
	  "one page cleared or copied, or at most `around` pages mapped; never waits") \
	X(FAULT_IPC, \
	  "w0 page address | PAGER_FAULT_IPC, w1 entry, w2 error code, msg[3] ip, msg[4] " \
	  "mappings, msg[5] address", \
	  "w0 OK, or what the kernel is to allocate: FAULT_ALLOC | flags, w1 entry, w2 source; " \
	  "see ipc.h", \
	  "the kernel, in the name of an env whose pager it is", \
	  "E_FAULT, E_NO_MEM, E_LIMIT, E_LOST: as PAGER_FAULT", \
	  "as PAGER_FAULT")
/* clang-format on */

enum pager_op {
	PAGER_FAULT = FAULT_OP_STUB,
	PAGER_FAULT_IPC = FAULT_OP,
};
#define PAGER_OP_MASK 0xFFFu
