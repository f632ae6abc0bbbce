/* Processes: calls on the process manager. Results are >= 0, errors are enum status. All of
 * these block until procmgr answers.
 *
 * A process on fault path `self` forks by itself; its forked children, and theirs, are its family.
 * What a program sees is the same, but for this: the pid of a forked child is its env id, above
 * PM_PID_MAX; only its parent may kill it, and a process has at most 128 such children; an exec in
 * it starts a process, with a pid of its own, and waits for it; there are no limits but those one
 * sets, on the first env; and the process lasts until the last env of the family has ended, with
 * its first env's status. */
#pragma once

#include "kernel/abi/hint.h"
#include "kernel/abi/types.h"
#include "libsys/stdlib.h" /* exit */
#include "protocols/procmgr.h"

typedef int32_t pid_t;

/* The process manager's env id, stored by the start code. */
extern envid_t process_manager;

/* A copy of the caller, memory copied on write. Child's pid in the parent, 0 in the child;
 * E_NO_MEM, E_NO_ENV, E_LIMIT: no child, the caller is as it was. */
pid_t fork(void);

/* Starts program argv[0] of the archive with argc arguments, on the caller's fault path.
 * E_NOT_FOUND, E_BAD_EXE, E_TOO_BIG (arguments over PM_BYTES_MAX bytes together), E_NO_MEM,
 * E_NO_ENV, E_LIMIT. */
pid_t spawn(int argc, const char *const argv[]);

/* The same on the fault path given; programs of the JOS face (jos/...) are always on `self`.
 * E_INVAL: no such path, or `kernel` and the kernel was built without KFAULT=1. */
pid_t spawn_on(enum fault_path path, int argc, const char *const argv[]);

/* The same with a pager of its own: process `pager`, oneself or a descendant, which serves it as
 * libsys/pager.h says, and not on path `self`. Forks of the new process keep the pager, programs
 * that they spawn do not. Also E_PERM, E_BAD_ENV (`pager` may not be used, or does not live),
 * E_INVAL (path `self`). */
pid_t spawn_paged(pid_t pager, enum fault_path path, int argc, const char *const argv[]);

/* The same, of a process that is to page others (libsys/pager.h). */
pid_t spawn_pager(pid_t pager, enum fault_path path, int argc, const char *const argv[]);

/* Becomes program argv[0], same pid. Returns only on error, the same as spawn's. What atexit was
 * given, and destructors, are not called. */
int exec(int argc, const char *const argv[]);

struct process_end {
	pid_t pid;
	int status;
	enum pm_end how;
	char why[PM_BYTES_MAX + 1]; /* "name[pid]: fault at ..." when it did not exit by itself;
	                             * empty where the kernel said it, with JOSLOG=1, on `self` */
};
/* Waits for child `pid`, or any with 0. The child's pid; E_NO_CHILD. With PM_WAIT_NOHANG 0
 * when none has ended. end may be NULL. */
pid_t wait(pid_t pid, struct process_end *end, int flags);

int kill(pid_t pid);
pid_t getpid(void);
pid_t getppid(void);

/* The process after `cursor` (0: first). Next cursor > 0, or E_NOT_FOUND at the end. */
int process_next(int cursor, struct pm_info *info);

/* Lower the limits of a descendant or of oneself. 0 leaves one as it is. */
int process_limit(pid_t pid, uint32_t pages, uint32_t children);

/* How long a page fault of a descendant or of oneself (0) may wait for the pager's answer, in ms;
 * 0: for ever. What it starts later inherits that. What it was, or E_BAD_ENV, E_PERM, E_INVAL
 * (above PM_DEADLINE_MS_MAX). */
int process_deadline(pid_t pid, uint32_t ms);

/* A hint for the scheduler about a descendant, or any other process if the caller is the first one;
 * as libsys/sched.h says: 1 taken, 0 ignored. kind: HINT_WEIGHT, HINT_CPU, HINT_NEXT (value 1).
 * E_BAD_ENV, E_PERM (oneself, too), E_INVAL. */
int process_hint(pid_t pid, enum hint kind, uint32_t value, uint32_t ms);

/* The env id of a server; waits for none. E_NOT_FOUND; E_DEAD: it died too often. */
envid_t process_server(enum pm_server which);
/* How often it was started again. */
uint32_t process_server_restarts(enum pm_server which);
/* Ends a server, which is started again; who uses it goes on. E_PERM: only the first process
 * may. */
int process_server_kill(enum pm_server which);

/* The page faults of all processes of a path that are no more; then, with reset, all counts of that
 * path begin anew (E_PERM: not the first process). */
int process_faults(enum fault_path path, bool reset, struct fault_counts *faults);

/* The kernel's trace: PM_TRACE. E_PERM: not the first process; E_NO_CALL: the kernel has none. */
int process_trace(enum pm_trace what, uint32_t argument);

/* Ends the caller as exit does, and the machine. Status 0..100 becomes that of `scripts/run`.
 * Returns only in who is not the first process: E_PERM, and nothing has been done. */
int poweroff(int status);

/* Ends the caller the way an unhandled fault does. vector 14 is a page fault. */
_Noreturn void process_fault(vaddr_t va, uint32_t err, uint32_t ip, uint32_t vector);
/* The same with the reason why a page fault was not handled: E_FAULT, or the error of who
 * should have handled it (E_NO_MEM, E_LIMIT, E_DEAD ...), which the line then names. */
_Noreturn void process_fault_because(vaddr_t va, uint32_t err, uint32_t ip, uint32_t vector,
                                     int reason);

/* Files of the archive, read only. */
struct file_info {
	char name[PM_NAME_MAX];
	uint32_t size;
	bool runs; /* the archive says that it may be executed */
};
/* File number `index` from 0; E_NOT_FOUND past the last. */
int file_list(uint32_t index, struct file_info *info);
/* Reads up to `length` bytes at `offset`; bytes read, 0 at the end; E_NOT_FOUND. */
int file_read(const char *name, uint32_t offset, void *buffer, uint32_t length);
