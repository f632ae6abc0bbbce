/* The trace: what the kernel did, as records in a ring per CPU (kernel/look/trace.c, which may be
 * left out: then SYS_TRACE is E_NO_CALL). Nothing of it is kept while it is off. */
#pragma once

#include "kernel/abi/types.h"

/* X(NAME, text): numbers count from 0. The text says what the words of a record mean. The time
 * between ENTER and the next RESUME or IDLE of a CPU is the kernel's, from RESUME to ENTER the
 * env's. An IPC is the ENTER of its sender (registers as in ipc.h) and the RESUME of its receiver.
 * SYS_SELF and what a CPU does for others while it waits for the lock leave no records. */
/* clang-format off */
#define EVENT_LIST(X) \
	X(NEW, "env was made; a parent") \
	X(EXIT, "env destroys itself") \
	X(DESTROY, "env is destroyed by another") \
	X(FREE, "env dies, for whatever reason") \
	X(FAULT, "page fault ends env; a address") \
	X(EXCEPTION, "another exception ends env") \
	X(BAD_POINTER, "a system call ends env; a first bad address") \
	X(ENTER, \
	  "env entered the kernel, which has its lock now; extra vector (SYSCALL_VECTOR, " \
	  "TRACE_VECTOR_*, others as the CPU has them); page fault: a address, b error code, c " \
	  "eip, d esp; else a eax, b ebx, c eip, d esi") \
	X(RESUME, "env goes on in user mode: a eax, b ebx, c eip, d esi") \
	X(WAKE, "the halted CPU takes an interrupt; a vector") \
	X(IDLE, "the CPU halts") \
	X(ASK, "another CPU is asked; a its index, b TRACE_ASK_FLUSH, TRACE_ASK_EVICT or both") \
	X(ANSWERED, "and has answered, the same") \
	X(BREACH, "env waited longer than the scheduler's bound; a whose turn was too long") \
	X(NAME, "SYS_TRACE: extra pid | fault path << 12, a..d name of env")
/* clang-format on */

enum {
	TRACE_VECTOR_PAGE_FAULT = 14,
	TRACE_VECTOR_TIMER = 0x41,
	TRACE_VECTOR_SYSENTER = 0x100, /* no vector: so the kernel marks it */
	TRACE_ASK_FLUSH = 1,           /* its TLB */
	TRACE_ASK_EVICT = 2,           /* the env that it runs */
};

/* Or-ed to `extra` of ENTER and RESUME: esp is on the exception stack. */
#define TRACE_ON_XSTACK 0x8000

#define EVENT_ENUM(name, text) EVENT_##name,
enum event { EVENT_LIST(EVENT_ENUM) EVENT_COUNT };
#undef EVENT_ENUM

struct trace_record {
	uint64_t tsc;
	uint8_t event; /* enum event */
	uint8_t cpu;
	uint16_t extra;
	envid_t env; /* 0 none */
	uint32_t a, b, c, d;
};

#define TRACE_RECORDS_PER_PAGE 128
#define TRACE_PAGES_MAX 1024 /* of one CPU's ring */
#define TRACE_NAME_WORDS 4   /* of a name */

/* X(NAME, in, out, errors): SYS_TRACE, ebx operation. Who may: root, and the env that root named.
 * Nobody else (E_PERM), for records hold registers and words of messages of everybody. */
/* clang-format off */
#define TRACE_OP_LIST(X) \
	X(ON, \
	  "esi pages of each CPU's ring, a power of two", \
	  "eax pages still to be made: call again; 0: it is on", \
	  "E_INVAL: pages; E_BUSY: there are rings of another size; E_NO_MEM") \
	X(OFF, "what was recorded stays", "eax 0", "none") \
	X(CLEAR, "forgets all", "eax pages still to be freed: call again", "E_BUSY: it is on") \
	X(READ, \
	  "esi CPU, edi address of a writable page", \
	  "eax records moved there, oldest first, 0: there are none", \
	  "E_INVAL: CPU, address; E_FAULT: the page is not writable") \
	X(STATS, "nothing", "eax 0; struct trace_stats in msg[3..]", "none") \
	X(NAME, \
	  "esi env, edi extra, text in msg[3..6]: adds EVENT_NAME, if it is on", \
	  "eax 0", \
	  "none") \
	X(ALLOW, "esi env that may use SYS_TRACE too, 0: none", "eax 0", "E_PERM: not root")
/* clang-format on */

#define TRACE_OP_ENUM(name, in, out, errors) TRACE_##name,
enum trace_op { TRACE_OP_LIST(TRACE_OP_ENUM) };
#undef TRACE_OP_ENUM

struct trace_stats {
	uint32_t on;
	uint32_t capacity; /* records, all CPUs */
	uint32_t waiting;  /* records to read */
	uint32_t dropped;  /* since the rings were made, because one was full */
	uint32_t tsc_per_ms;
};
#define TRACE_STATS_WORDS 5
