/* Messages to the process manager. w0 = enum pm_op, answered with w0 = status or result.
 * A process is named by its pid (1, 2, 3 ...); who asks is known from the kernel's sender id. An env
 * that a process on path `self` forked is no process; it may ask for PM_SPAWN and PM_WAIT (then only
 * it waits for the new one), PM_KILL, PM_PS, PM_LOOKUP, PM_FILE_*.
 * Text and byte strings travel in words 3.. of the message, four bytes a word. */
#pragma once

#include "kernel/abi/env.h"
#include "kernel/abi/ipc.h"
#include "kernel/abi/types.h"

#define PM_BYTES_MAX ((IPC_WORDS_MAX - 3) * 4) /* bytes of text in one message */
/* Programs of the JOS face, by their names. They print through the kernel, not the console. */
#define JOS_PREFIX "jos/"

#define PM_NAME_MAX 32  /* with the final zero */
#define PM_PID_MAX 4095 /* so no pid is an env's id */

/* Who handles a process's page faults: chosen when it starts, kept by fork and exec. Programs
 * named jos/... are always on `self`. */
enum fault_path {
	FAULT_PATH_PAGER,  /* the pager server, asked by the process's page-fault stub */
	FAULT_PATH_SELF,   /* the process itself; it forks by itself too (libsys/self.c) */
	FAULT_PATH_IPC,    /* the pager server, asked by the kernel in the process's name */
	FAULT_PATH_KERNEL, /* the kernel (KFAULT=1 builds, else E_INVAL), then as FAULT_PATH_IPC */
	FAULT_PATHS,
	FAULT_PATH_INHERIT = 0xFF, /* to PM_SPAWN: that of who asks */
};
#define PM_PATH_SHIFT 16
#define PM_ARGC_MASK 0xFFFF

/* A process can be another's pager. It gets the faults of that process (libsys/pager.h) and of its
 * forks, which start with all of the program's pages. When it ends, the pager server is their pager. */
#define PM_PAGER_SHIFT 16
#define PM_SPAWN_BYTES_MASK 0xFFFF
/* The new process is started to page others, and may see that: a pager that nobody gives clients would wait for ever. */
#define PM_SPAWN_PAGES (1u << 31)

enum pm_op {
	PM_SELF = 1,  /* -> w0 pid, w1 parent's pid (0: none), w2 1: started with PM_SPAWN_PAGES */
	PM_FORK,      /* w1 upcall, w2 xupcall of the child -> w0 child's pid; child: see libsys.
		       * Not on path `self`: E_PERM */
	PM_SPAWN,     /* w1 argc | enum fault_path << PM_PATH_SHIFT,
		       * w2 bytes | pid of its pager << PM_PAGER_SHIFT (oneself or a descendant;
		       * 0: the pager server) | PM_SPAWN_PAGES; text "name\0arg\0..." -> w0 pid */
	PM_EXEC,      /* likewise, path and pager do not count; no answer on success: the caller's
		       * image is gone */
	PM_EXIT,      /* w1 status; no answer */
	PM_WAIT,      /* w1 pid or 0 any, w2 PM_WAIT_* -> w0 pid, w1 status, w2 enum pm_end; */
		      /*    text: why, as "name[pid]: fault at ...", if it did not exit by itself */
	PM_KILL,      /* w1 pid, w2 status. Who may: oneself, ancestors, the first process */
	PM_PS,        /* w1 cursor, 0 first -> w0 next cursor or E_NOT_FOUND; struct pm_info */
	PM_FAULT,     /* w1 va, w2 error code, msg[3] ip, msg[4] vector, msg[5] why nobody
		       * handled it (a status): ends the caller with a line about it; no answer */
	PM_LIMIT,     /* w1 pid (self or descendant), w2 pages (0 as is), msg[3] children (0 as is):
		       * may only go down */
	PM_LOOKUP,    /* w1 enum pm_server -> w0 env id (E_DEAD: gone for good), w1 restarts */
	PM_FILE_LIST, /* w1 index from 0 -> w0 bytes in name, w1 size, w2 mode; text: name */
	PM_FILE_READ, /* w1 offset, w2 bytes wanted; text: name -> w0 bytes; bytes */
	PM_LOG_READ,  /* console only -> w0 bytes (0: no more), w1 a number for them, as that of a
		       * console write; bytes. They stay in the log until the next PM_LOG_READ */
	PM_POWEROFF,  /* first process only: w1 status 0..100: ends the machine; no answer */
	PM_PAGER, /* w1 address of the struct utrapframe, w2 why the caller's pager did not help: E_DEAD,
		       * E_BAD_ENV -> w0 OK: it has a pager, run the instruction again. All else, or if
		       * there will be no pager: a process ends with that reason. Any env may ask */
	PM_SERVER_KILL, /* w1 enum pm_server: ends a server, which is started again. Who may: the
			 * first process; everybody with the command line word `killservers` */
	PM_DEADLINE, /* w1 pid (a descendant; 0: self), w2 ms, 0 none: so long may a page fault wait for
		       * the pager's answer; those that it starts later inherit it -> w0 what it was */
	PM_TRACE, /* first process only: w1 enum pm_trace, w2 its argument; the caller may use
		       * SYS_TRACE from then on */
	PM_FAULTS, /* w1 enum fault_path, w2 1: reset (the first process may): -> struct fault_counts,
		       * the sum of all processes of that path that are forgotten. A reset begins anew
		       * for those that are there, too */
	PM_HINT, /* w1 pid, w2 enum hint | value << PM_HINT_SHIFT, msg[3] ms: a hint for the scheduler -> w0 1,
		  * 0 ignored. Who may: as for PM_KILL, but nobody for himself */
	PM_MAY_READ,   /* console only: w1 env -> w0 1: the keys are its; 0 (terminal.c) */
	PM_FOREGROUND, /* console only: w1 env, w2 pid -> w0 OK: that process owns the terminal, and this one, itself or below it, is
			* in the foreground, or none (0); E_PERM, E_BAD_ENV */
	PM_INTERRUPT, /* console only: w1 status: ends the process in the foreground -> w0 OK; E_NOT_FOUND: there is none */
};

#define PM_HINT_SHIFT 8
#define PM_DEADLINE_MS_MAX (0xFFFFFFFFu / 1000)

enum { PM_WAIT_NOHANG = 1 }; /* answers w0 = 0 when none has ended yet */

enum pm_server { PM_SERVER_PAGER = 1, PM_SERVER_CONSOLE, PM_SERVER_END };

enum pm_trace {
	PM_TRACE_ON,   /* w2 pages of each CPU's ring, as for TRACE_ON */
	PM_TRACE_OFF,  /* and nothing else changes */
	PM_TRACE_PORT, /* w2 1: gives PM_TRACE_OUT to the caller, 0: takes all its ports away */
};
#define PM_TRACE_OUT 0xE9 /* QEMU's debug console: reads as its own number where there is one */

/* How a process ended. */
enum pm_end { PM_END_EXIT, PM_END_KILLED, PM_END_FAULT };

/* Status of a process that did not exit by itself. */
#define PM_STATUS_KILLED 99
#define PM_STATUS_FAULT 98
#define PM_STATUS_STANDSTILL 96 /* of the machine: what is left waits for ever */

enum pm_state { PM_RUNNING, PM_WAITING, PM_ZOMBIE };

/* PM_PS, in words 3... */
struct pm_info {
	int32_t pid, parent;
	envid_t env;
	uint32_t state;    /* enum pm_state */
	uint32_t children; /* living and dead, not waited for */
	uint32_t pages;    /* mapped pages and page tables */
	uint32_t limit;
	uint32_t path; /* enum fault_path */
	uint32_t envs; /* that it has, those that they made included */
	uint32_t cpu, runs;
	int32_t pager; /* pid of its own pager; 0: it has none */
	char name[PM_NAME_MAX];
	struct fault_counts faults;
};
_Static_assert(sizeof(struct pm_info) <= PM_BYTES_MAX, "it travels in one message");

/* procmgr raises this bit (SYS_NOTIFY) at the console when its log has lines. */
#define PM_NOTIFY_LOG (1u << 24)
/* procmgr raises this bit at a process when the last one that it pages is gone; and at one that pages nobody
 * when its parent is gone. Only who serves as a pager looks at it (libsys/ipc.h). */
#define PM_NOTIFY_NO_CLIENTS (1u << 25)
