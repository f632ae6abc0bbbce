/* Writing a pager: a process that handles the page faults of others.
 *
 *     struct pager_fault fault;
 *     int answer = OK;
 *
 *     while (pager_next(&fault, answer)) {
 *             answer = ...;   map a page of fault.client with page calls, or refuse
 *     }
 *
 * Who starts a process with this one as its pager (spawn_paged, `run -p` in the shell) gives it the
 * right to that process's memory, and to its forks'. The process starts with all of its program's
 * pages; what it lacks are zero pages (PTE_ZERO_FILL), its stack below the first page, copies of
 * what a fork shares (PTE_COW), and what its pager took away. What the pager knows about a page
 * belongs into the page-table entry (kernel/abi/page.h), where it outlives the pager: then the
 * pager server goes on with it.
 *
 * Take pages away only from the client whose fault is being handled: another one may wait in a
 * queue to send them, and they would not arrive.
 *
 * A pager of one's own has a pager itself, so it may fault like any other program; it must not call
 * whom it pages. */
#pragma once

#include "kernel/abi/types.h"
#include "libsys/process.h"
#include "protocols/pager.h"

struct pager_fault {
	envid_t client;
	vaddr_t va;   /* of the page */
	pte_t entry;  /* the page's entry, as the client says; on path `ipc` as the kernel says */
	uint32_t err; /* what the access was: FEC_* */
	bool asked_by_kernel; /* path `ipc` */
};

/* Answers the fault that the last call brought, and waits for the next one. True: it is in *fault.
 * False: the last client is gone, or there is none and who started us is gone (the next call waits
 * for new ones).
 *
 * `answer` is OK: the client runs its instruction again. E_FAULT: not the pager's business; the
 * program's own handler is next, or its end. E_NO_MEM, E_LIMIT, E_LOST: its end, for that reason.
 * The first call answers nobody. Messages that are no faults, or not from clients, are refused
 * here. Blocks. */
bool pager_next(struct pager_fault *fault, int answer);

/* Whether the process was started to page others (spawn_pager, `run -p`). If not, prints how it is:
 * nobody would give it clients. For the begin of main. */
bool pager_wanted(const char *name);

/* The answer after a page call with this result, conditional on fault.entry. */
int pager_result(int result);

/* Whether the env is our client, and lives. */
bool pager_has_client(envid_t env);

/* The next client after env `client` (0: the first), in no special order; 0: no more. */
envid_t pager_client_after(envid_t client);

/* ---- For who starts one ---- */

/* Waits until process `pid` serves as a pager, which it does from its first pager_next on. OK;
 * E_DEAD: it has ended; E_TIMEOUT: neither in `ms`; E_BAD_ENV: no such process. Blocks. */
int pager_await(pid_t pid, uint32_t ms);
