/* Messages to the process manager. w0 = enum pm_op, answered with w0 = status or result. A process
 * is named by its pid (1, 2, 3 ...); who asks is known from the kernel's sender id. An env that a
 * process on path `self` forked is no process, but of its family: it may ask for what the list
 * says, and waits for those only that it started itself. Text and byte strings travel in words 3..
 * of the message, four bytes a word. */
#pragma once

#include "kernel/abi/env.h"
#include "kernel/abi/ipc.h"
#include "kernel/abi/types.h"

#define PM_BYTES_MAX ((IPC_WORDS_MAX - 3) * 4) /* bytes of text in one message */
/* Programs of the JOS face, by their names. They print through the kernel, not the console. */
#define JOS_PREFIX "jos/"

#define PM_NAME_MAX 32  /* with the final zero */
#define PM_PID_MAX 4095 /* so no pid is an env's id */

/* X(NAME, text): who handles a process's page faults: chosen when it starts, kept by fork and
 * exec. Programs named jos/... are always on `self`. */
/* clang-format off */
#define FAULT_PATH_LIST(X) \
	X(PAGER, "the pager server, asked by the process's page-fault stub") \
	X(SELF, "the process itself; it forks by itself too (libsys/self.c)") \
	X(IPC, "the pager server, asked by the kernel in the process's name") \
	X(KERNEL, "the kernel (KFAULT=1 builds, else E_INVAL), then as FAULT_PATH_IPC")
/* clang-format on */

#define FAULT_PATH_ENUM(name, text) FAULT_PATH_##name,
enum fault_path {
	FAULT_PATH_LIST(FAULT_PATH_ENUM) FAULT_PATHS,
	FAULT_PATH_INHERIT = 0xFF, /* to PM_SPAWN: that of who asks */
};
#undef FAULT_PATH_ENUM
#define PM_PATH_SHIFT 16
#define PM_ARGC_MASK 0xFFFF

/* A process can be another's pager. It gets the faults of that process (libsys/pager.h) and of its
 * forks, which start with all of the program's pages. When it ends, the pager server is their
 * pager. */
#define PM_PAGER_SHIFT 16
#define PM_SPAWN_BYTES_MASK 0xFFFF
/* The new process is started to page others, and may see that: a pager that nobody gives clients
 * would wait for ever. */
#define PM_SPAWN_PAGES (1u << 31)

/* X(NAME, in, out, who may, errors, cost): numbers count from 1. Beside these errors: E_BAD_ENV
 * for an env that is neither a process, nor of a family, nor a server; E_NO_CALL for no operation;
 * E_PERM for who may not; E_INVAL for a message with fewer words than `in` says. docs/abi.md is
 * made of these texts. No request makes procmgr wait: the answer to PM_WAIT comes when there is
 * one. It calls nobody; the cost is the work until it hears the next one. */
/* clang-format off */
#define PM_OP_LIST(X) \
	X(SELF, \
	  "nothing", \
	  "w0 pid, w1 parent's pid (0: none), w2 1: started with PM_SPAWN_PAGES", \
	  "a process", \
	  "none", \
	  "O(1)") \
	X(FORK, \
	  "w1 upcall, w2 xupcall of the child", \
	  "w0 child's pid; child: see libsys", \
	  "a process, not on path `self`", \
	  "E_PERM: on path `self`; E_LIMIT: children, pages; E_NO_ENV; E_NO_MEM; E_AGAIN: envs " \
	  "are being torn down, ask again", \
	  "O(entries of the caller's page tables), and a copy of one page; of many entries by " \
	  "parts, behind other requests; given up if the caller asks for something else") \
	X(SPAWN, \
	  "w1 argc | enum fault_path << PM_PATH_SHIFT, w2 bytes | pid of its pager << " \
	  "PM_PAGER_SHIFT (oneself or a descendant; 0: the pager server) | PM_SPAWN_PAGES; text " \
	  "\"name\\0arg\\0...\"", \
	  "w0 pid", \
	  "a process, an env of a family", \
	  "E_INVAL: arguments, path, or the pager is on path `self`; E_TOO_BIG: arguments; " \
	  "E_NOT_FOUND: no such program; E_BAD_EXE; E_BAD_ENV, E_PERM: the pager; E_DEAD: the " \
	  "pager server is gone for good; E_LIMIT: children, pages; E_NO_ENV; E_NO_MEM; E_AGAIN: " \
	  "as PM_FORK", \
	  "O(pages of the program): few are made, the others marked; on path `self`, or with a " \
	  "pager of its own, all are made") \
	X(EXEC, \
	  "as PM_SPAWN; path and pager do not count", \
	  "no answer on success: the caller's image is gone", \
	  "a process", \
	  "E_INVAL, E_TOO_BIG: arguments; E_NOT_FOUND: no such program; E_BAD_EXE; E_BAD_ENV: " \
	  "its pager is gone; E_DEAD: the pager server is gone for good; E_LIMIT: pages; " \
	  "E_NO_ENV; E_NO_MEM; E_AGAIN: as PM_FORK", \
	  "as PM_SPAWN, and O(NENV + envs that the process made)") \
	X(EXIT, \
	  "w1 status; more than 100 is 100", \
	  "no answer", \
	  "a process", \
	  "none", \
	  "O(children + NENV)") \
	X(WAIT, \
	  "w1 pid or 0 any, w2 PM_WAIT_*", \
	  "w0 pid, w1 status, w2 enum pm_end; text: why, as \"name[pid]: fault at ...\", if it " \
	  "did not exit by itself. w0 0: none has ended yet (PM_WAIT_NOHANG)", \
	  "a process, of its children; an env of a family, of those that it started", \
	  "E_NO_CHILD", \
	  "O(children); the answer comes when such a child ends, without bound; the next " \
	  "request gives it up") \
	X(KILL, \
	  "w1 pid, w2 status; more than 100 is 100", \
	  "w0 OK, also of one that has ended already; no answer to oneself", \
	  "oneself, ancestors, the first process; an env of a family: as a child of the process", \
	  "E_BAD_ENV: no such process; E_PERM", \
	  "O(depth + children + NENV)") \
	X(PS, \
	  "w1 cursor, 0 first", \
	  "w0 next cursor; struct pm_info", \
	  "a process, an env of a family", \
	  "E_NOT_FOUND: there are no more", \
	  "O(1); O(processes) if the process of the cursor is gone") \
	X(FAULT, \
	  "w1 va, w2 error code, msg[3] ip, msg[4] vector, msg[5] why nobody handled it (a " \
	  "status; without it E_FAULT): ends the caller with a line about it", \
	  "no answer", \
	  "a process, the console, the pager", \
	  "none", \
	  "O(children + NENV); of a server: it is started again") \
	X(LIMIT, \
	  "w1 pid (self or descendant), w2 pages (0 as is), msg[3] children (0 as is): may only " \
	  "go down", \
	  "w0 OK", \
	  "a process, of itself and its descendants", \
	  "E_BAD_ENV: no such process, or it has ended; E_PERM: also to raise one; E_LIMIT: " \
	  "below what it holds", \
	  "O(depth)") \
	X(LOOKUP, \
	  "w1 enum pm_server", \
	  "w0 env id, w1 restarts", \
	  "a process, an env of a family, the console", \
	  "E_NOT_FOUND: no such server, or this machine runs without console; E_DEAD: gone for " \
	  "good", \
	  "O(1)") \
	X(FILE_LIST, \
	  "w1 index from 0", \
	  "w0 bytes in name, w1 size, w2 mode; text: name", \
	  "a process, an env of a family", \
	  "E_NOT_FOUND: there are no more", \
	  "O(bytes)") \
	X(FILE_READ, \
	  "w1 offset, w2 bytes wanted; text: name, zero terminated", \
	  "w0 bytes, at most PM_BYTES_MAX, 0 at the end; bytes", \
	  "a process, an env of a family", \
	  "E_INVAL: no zero; E_NOT_FOUND: no such file", \
	  "O(bytes)") \
	X(LOG_READ, \
	  "nothing", \
	  "w0 bytes (0: no more), w1 a number for them, as that of a console write; bytes. They " \
	  "stay in the log until the next PM_LOG_READ", \
	  "the console", \
	  "none", \
	  "O(bytes)") \
	X(POWEROFF, \
	  "w1 status 0..100: ends the machine", \
	  "no answer", \
	  "the first process", \
	  "E_PERM", \
	  "ends all") \
	X(PAGER, \
	  "w1 address of the struct utrapframe, w2 why the caller's pager did not help: E_DEAD, " \
	  "E_BAD_ENV; any other status ends the process with that reason", \
	  "w0 OK: it has a pager, run the instruction again. If there will be none, a process " \
	  "ends, too", \
	  "a process, an env that one on another path than `self` made", \
	  "E_INVAL: w2 is no error; to an env that is no process also what w2 says", \
	  "O(1); if a process ends O(children + NENV)") \
	X(SERVER_KILL, \
	  "w1 enum pm_server: ends a server, which is started again", \
	  "w0 OK", \
	  "the first process; every process with the boot word `killservers`", \
	  "E_PERM; E_NOT_FOUND: no such server; E_DEAD: gone for good", \
	  "O(pages of the server + NENV)") \
	X(DEADLINE, \
	  "w1 pid (0: self), w2 ms, at most PM_DEADLINE_MS_MAX, 0 none: so long may a page " \
	  "fault wait for the pager's answer; those that it starts later inherit it", \
	  "w0 what it was", \
	  "a process, of itself and its descendants", \
	  "E_BAD_ENV: no such process, or it has ended; E_PERM; E_INVAL: ms", \
	  "O(depth)") \
	X(TRACE, \
	  "w1 enum pm_trace, w2 its argument; the caller may use SYS_TRACE from then on", \
	  "w0 OK", \
	  "the first process", \
	  "E_PERM; E_INVAL: operation, pages; E_BUSY: there are rings of another size; " \
	  "E_NO_MEM; E_NO_CALL: the kernel has no trace; E_LIMIT: ports", \
	  "O(pages of all rings + processes); O(1) to switch off") \
	X(FAULTS, \
	  "w1 enum fault_path, w2 1: reset; that begins anew for the processes that are there, " \
	  "too", \
	  "w0 OK; struct fault_counts: the sum of all processes of that path that are forgotten", \
	  "a process; to reset: the first process", \
	  "E_INVAL: path, w2; E_PERM: reset", \
	  "O(1); O(processes) to reset") \
	X(HINT, \
	  "w1 pid, w2 enum hint (WEIGHT, CPU, NEXT) | value << PM_HINT_SHIFT, msg[3] ms: a hint " \
	  "for the scheduler", \
	  "w0 1 taken, 0 ignored", \
	  "ancestors, the first process; nobody for himself", \
	  "E_BAD_ENV: no such process, or it has ended; E_PERM; E_INVAL: kind, value", \
	  "O(depth)") \
	X(MAY_READ, \
	  "words 3..: envs", \
	  "w0 the place (0..) of the first whose the keys are", \
	  "the console", \
	  "E_NOT_FOUND: nobody's of them", \
	  "O(envs that are asked about * depth)") \
	X(FOREGROUND, \
	  "w1 env, w2 pid: that process owns the terminal, and this one, itself or below it, is " \
	  "in the foreground, or none (0)", \
	  "w0 OK", \
	  "the console", \
	  "E_BAD_ENV: no such process; E_PERM: the terminal is not its, or w2 is not below it", \
	  "O(depth + lenders of the terminal)") \
	X(INTERRUPT, \
	  "w1 status: ends the process in the foreground", \
	  "w0 OK", \
	  "the console", \
	  "E_NOT_FOUND: there is none", \
	  "O(children + NENV)")
/* clang-format on */

#define PM_OP_ENUM(name, in, out, who, errors, cost) PM_##name,
enum pm_op { PM_NO_OP, PM_OP_LIST(PM_OP_ENUM) };
#undef PM_OP_ENUM

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
/* procmgr raises this bit at a process when the last one that it pages is gone; and at one that
 * pages nobody when its parent is gone. Only who serves as a pager looks at it (libsys/ipc.h). */
#define PM_NOTIFY_NO_CLIENTS (1u << 25)
/* procmgr raises this bit at the console when ends of processes may have changed whose the keys
 * are: what PM_MAY_READ said before does not hold any more. */
#define PM_NOTIFY_TERMINAL (1u << 26)
