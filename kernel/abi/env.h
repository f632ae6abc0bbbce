/* Envs as user level sees them: the env page, the public record, upcall frames. */
#pragma once

#include "kernel/abi/memlayout.h"
#include "kernel/abi/types.h"

/* id = generation << 12 | block << 10 | slot. When a slot has used up all generations (from 1 on),
 * its next block begins; see docs/design/objects.md for when an id can come again. */
#define ENV_GENSHIFT 12
#define ENV_BLOCKSHIFT 10
#define ENV_SLOT(id) ((unsigned)(id) & (NENV - 1))

/* X(NAME, value, who may, errors): what SYS_ENV_SET sets. Others get E_PERM, or E_BAD_ENV. */
/* clang-format off */
#define ENV_FIELD_LIST(X) \
	X(RUN, \
	  "1: may run, 0: stopped", \
	  "who may act on the env, and root", \
	  "E_INVAL: another value") \
	X(UPCALL, \
	  "page-fault upcall, also writable in the own env page", \
	  "who may act on the env", \
	  "none") \
	X(XUPCALL, "upcall for other exceptions, likewise", "who may act on the env", "none") \
	X(PAGER, \
	  "id of the pager, 0: none", \
	  "who may act on the env, and root. But for root the pager is the caller, an env that " \
	  "it controls, its own pager, or one that says `serve`", \
	  "E_BAD_ENV: no such pager; E_PERM: it does not serve; E_INVAL: a ring") \
	X(CONTROLLER, \
	  "id of who controls the env from now on", \
	  "its controller, and to one that is below the caller, or above it and not root", \
	  "E_BAD_ENV: no such heir; E_PERM: oneself, or to a stranger; E_INVAL: a ring") \
	X(LIMIT, \
	  "pages and page tables it may hold, 0: no limit; what exceeds the former limit is " \
	  "taken out of the caller's, if that has one", \
	  "its controller", \
	  "E_PERM: cannot be paid; E_LIMIT: below what the env holds, or more than the caller " \
	  "has left") \
	X(SLOTS, \
	  "envs it may still create, ENV_SLOTS_ANY: no limit; paid likewise", \
	  "its controller", \
	  "E_PERM: cannot be paid; E_LIMIT: more than the caller has left") \
	X(DEATHS, \
	  "1: dead envs of whom it controls are kept until reaped, with IPC_BIT_DEATH", \
	  "oneself", \
	  "none") \
	X(FAULTS, \
	  "enum env_faults", \
	  "who may act on the env", \
	  "E_INVAL: another value, or FAULTS_KERNEL and the kernel has not this path") \
	X(FAULT_US, \
	  "bound of the wait for the pager in microseconds, 0: none; one that runs begins anew", \
	  "its controller", \
	  "none") \
	X(LIMIT_DOWN, \
	  "as LIMIT", \
	  "its controller", \
	  "E_PERM: would raise what it has now, or end it; as LIMIT") \
	X(HALT, "a label, not 0: stops all envs that have it; ebx is 0", "root", "E_INVAL: 0")
/* clang-format on */

#define ENV_FIELD_ENUM(name, value, who, errors) ENV_##name,
enum env_field { ENV_FIELD_LIST(ENV_FIELD_ENUM) };
#undef ENV_FIELD_ENUM

/* Who hears of an env's page faults first. ENV_FORK copies it, and ENV_FAULT_US. */
enum env_faults {
	FAULTS_UPCALL, /* the env's upcall; so for every new env that is not a copy */
	/* the pager, by a message from the kernel (ipc.h); the upcall if there is no pager */
	FAULTS_IPC,
	FAULTS_KERNEL, /* the kernel (KFAULT=1 builds, else E_INVAL); then as FAULTS_IPC */
};

#define ENV_SLOTS_ANY 0xFFFFFFFFu
#define DEATH_STATUS_SHIFT 8
#define ENV_FIXED_PAGES 3 /* every env has: directory, table of its env page, env page */

/* The env page, at ENVPAGE in every env. Pinned, private, fresh in a new env, never
 * inherited. The kernel trusts nothing in it: a program that scribbles here confuses itself.
 * "k": written by the kernel. "u": written by user level. */
struct env_page {
	envid_t id;           /* k who am I */
	envid_t controller;   /* k who controls me */
	envid_t pager;        /* k who pages me, 0 nobody */
	envid_t parent;       /* k whom I was copied from; 0: the first server made me */
	vaddr_t upcall;       /* u page-fault upcall, 0 none */
	vaddr_t xupcall;      /* u upcall for other exceptions, 0 none */
	uint32_t expect;      /* u entry that PAGE_COND expects */
	uint32_t preempt;     /* uk scheduler word, see hint.h */
	vaddr_t send_va;      /* u page run to send */
	uint32_t send_npages; /* u */
	uint32_t send_mode;   /* u enum ipc_send_mode | IPC_MODE_WRITABLE */
	vaddr_t recv_va;      /* u window: address | PTE_W, PTE_SOFT bits to set */
	uint32_t recv_npages; /* u window: pages */
	uint32_t send_us;     /* u bound of a send, microseconds */
	uint32_t recv_us;     /* u bound of a receive, microseconds */
	uint32_t faults;      /* k page faults delivered, by upcall or message */
	uint32_t fault_path;  /* k enum env_faults */
	uint32_t sysenter;    /* k 1: sysenter enters the kernel (syscall.h), else only `int` */
	uint32_t fpu;         /* k 1: it, or what it is a copy of, has used FPU or SSE */
	uint32_t notify;      /* u IPC_BITS_USER that anybody may raise here (SYS_NOTIFY) */
	uint32_t serve;       /* u 1: others may make me the pager of envs that they may act on */
	vaddr_t record;       /* ku its public record; user level may name another one here */
	uint32_t reserved[10];
	uint32_t msg[64];   /* ku message words; 0..2 ride in registers instead */
	uint32_t user[128]; /* u libsys' own: survives nothing, shared with nobody */
};
_Static_assert(sizeof(struct env_page) <= PGSIZE, "the env page is one page");

/* What an env waits for in an IPC. */
enum env_waits { WAITS_NOT, WAITS_TO_SEND, WAITS_TO_RECEIVE };

enum env_status {
	ENV_FREE = 0,
	ENV_DYING = 1,
	ENV_RUNNABLE = 2,
	ENV_RUNNING = 3,
	ENV_NOT_RUNNABLE = 4, /* stopped, or waiting in an IPC */
};

/* Page faults of an env since it was made, and of dead ones that it controlled (and reaped, if it
 * asked for deaths). */
struct fault_counts {
	uint32_t all;
	uint32_t done[4];  /* page calls on condition that were as expected, by enum fault_done */
	uint32_t kept;     /* of FAULT_COPY: shares undone, as the frame was nobody else's */
	uint32_t calls;    /* that the kernel sent to its pager: paths ipc, kernel */
	uint32_t timed;    /* faults whose time is in spent: those while a trace is on */
	uint64_t spent[3]; /* TSC counts, by enum fault_time */
};
enum { FAULT_COUNTS_WORDS = sizeof(struct fault_counts) / 4 };
/* Bit 0: PAGE_FILL; bit 1: PAGE_UNSHARE, or the entry was 0. */
enum fault_done {
	FAULT_ZERO, /* a zero page in place of a marked entry */
	FAULT_LOAD, /* a page filled from elsewhere, or a run mapped from there */
	FAULT_GROW, /* a zero page in place of nothing: so stacks grow */
	FAULT_COPY, /* a page that was shared becomes one's own: a copy, or itself (kept) */
};
enum fault_time { FAULT_IN_KERNEL, FAULT_IN_HANDLER, FAULT_IN_PAGER };

/* The public record of an env: (const struct env_info *)UENVS, NENV of them. While the kernel
 * writes that of a new env, its id is 0: so what is read between two looks at the id that find the
 * same is of one env. */
struct env_info {
	envid_t id;
	envid_t parent;
	uint8_t status;    /* enum env_status */
	uint8_t waits;     /* enum env_waits */
	uint16_t reserved; /* 0 */
	uint32_t runs;     /* times dispatched */
	uint32_t cpu;      /* where it runs or ran last */
	envid_t controller;
	envid_t pager;
	uint32_t pages;  /* mapped pages and page tables */
	uint32_t limit;  /* of pages; 0 none */
	envid_t partner; /* whom it waits for, 0 anyone */
	/* Of the last receive with IPC_PUBLISH, as on JOS: others can see these. */
	uint32_t ipc_receiving; /* 1: waits in one now */
	vaddr_t ipc_window;     /* its window, 0 none */
	uint32_t ipc_value;     /* word 0 */
	envid_t ipc_from;
	uint32_t ipc_perm; /* word 1 if a page came, else 0 */
	uint32_t label;    /* what root said when it made the env; else its creator's */

	struct fault_counts faults;
	/* as ENV_UPCALL set it last; the env itself may have chosen another since */
	vaddr_t upcall;
	uint32_t reserved2;
};
_Static_assert(sizeof(struct env_info) == 128, "two cache lines per record");

/* What the kernel pushes on the exception stack before it enters the upcall. JOS's
 * struct UTrapframe. A fault on the exception stack itself pushes below it, after one
 * scratch word. For other exceptions fault_va holds the vector. */
struct utrapframe {
	uint32_t fault_va;
	uint32_t err;
	uint32_t edi, esi, ebp, oesp, ebx, edx, ecx, eax;
	uint32_t eip;
	uint32_t eflags;
	uint32_t esp;
};
_Static_assert(sizeof(struct utrapframe) == 52, "JOS's layout");

/* Why an env died (SYS_ENV_REAP). */
enum death {
	DEATH_EXIT,        /* destroyed itself; esi = status */
	DEATH_KILLED,      /* destroyed by its controller; esi = status */
	DEATH_NO_UPCALL,   /* page fault and no upcall; esi = va, edi = ip, ebp = error code */
	DEATH_NO_STACK,    /* the exception stack is not mapped writable; likewise */
	DEATH_STACK_FULL,  /* the exception stack ran out; likewise */
	DEATH_BAD_POINTER, /* SYS_DEBUG_WRITE with DEBUG_WRITE_OR_DIE; esi = va, edi = ip */
	DEATH_EXCEPTION,   /* another exception and no upcall; edi = ip, ebp = vector */
	DEATH_REFUSED,     /* the pager refused or was too slow; esi = va, edi = ip,
			    * ebp = error code | -status << DEATH_STATUS_SHIFT */
};
