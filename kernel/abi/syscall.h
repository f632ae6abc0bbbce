/* System calls.
 *
 * Register convention, fixed with sysenter in mind (sysenter and sysexit need
 * ecx and edx for the user's esp and eip):
 *
 *     in   eax = number | operand << 8      out  eax = status or count
 *          ebx, esi, edi, ebp = arguments        ebx, esi, edi, ebp = results
 *          ecx, edx = not read                   ecx, edx = undefined
 *
 * `int 0x30` enters. So does `sysenter` where the env page says so: then ecx is the esp and edx the eip to
 * return with, right behind an `int 0x30`, which is executed instead if the env is taken off its
 * CPU before the call begins (nasm/user/syscall.inc). `int` keeps the flags; `sysenter` leaves the
 * arithmetic ones undefined.
 *
 * Arguments that name an env take 0 for the caller itself.
 * "May act on": the caller itself, or an env whose controller it is.
 * "May page": may act on, or is the env's pager.
 *
 * Page calls work on a run of n = operand pages (0 counts as 1) and return how many
 * pages are done. One entry handles at most PAGE_RUN_MAX entries (PAGE_SHARE: 1,024), and fills
 * PAGE_FILLS_MAX pages: a smaller count than asked means "call again for the rest". An error is returned only if
 * nothing was done; after partial progress the count is returned and the next
 * call meets the error. All addresses are user addresses below UTOP, page
 * aligned but for the flag bits in their low 12 bits (page.h).
 *
 * With PAGE_COND a page is changed only if its entry, apart from the
 * accessed and dirty bits, equals the env page's `expect`; else E_AGAIN. */
#pragma once

#define SYSCALL_VECTOR 0x30

/* X(NAME): numbers count from 0. */
#define SYSCALL_LIST(X)                                                                                 \
	X(SELF)        /* -> eax = own id */                                                            \
	X(IPC)         /* see ipc.h */                                                                  \
	X(YIELD)       /* gives the CPU to the next in the queue */                                     \
	X(NOTIFY)      /* ebx env, esi bits: sets IPC_BITS_USER bits pending there; see ipc.h */        \
	X(PAGE_ALLOC)  /* ebx env (may page), esi va|W,soft,flags; fill: edi env, ebp va */             \
	X(PAGE_MAP)    /* ebx env, esi va|flags -> edi env, ebp va|W,soft (may page both) */            \
	X(PAGE_UNMAP)  /* ebx env (may page), esi va|flags: entry becomes 0 */                          \
	X(PAGE_QUERY)  /* ebx env (may page), esi va -> ebx entry, esi mappings; msg[3..] */            \
	X(PAGE_MARK)   /* ebx env (may page), esi va|flags, edi value; see below */                     \
	X(PAGE_SHARE)  /* ebx env, esi va|keep bit,flags -> edi env, ebp va|mark bits */                \
	X(PAGE_PHYS)   /* root: ebx env, esi va|W,soft,flags, edi frame number */                       \
	X(ENV_FORK)    /* ebx env to copy (may act on), esi page limit, 0 half -> eax new id */         \
	X(ENV_DESTROY) /* ebx env (may act on), esi exit status */                                      \
	X(ENV_SET)     /* ebx env, esi enum env_field, edi value; see env.h */                          \
	X(ENV_REGS)    /* ebx env (may act on), esi 0 get, 1 set: struct env_regs in msg[3..] */        \
	X(ENV_REAP)    /* -> eax a dead env's id or E_NOT_FOUND, ebx enum death: see there */           \
	X(CLOCK)       /* -> ebx, esi microseconds since boot (low, high), edi ticks */                 \
	X(SYSINFO)     /* -> struct sysinfo in msg[3..] */                                              \
	X(IRQ_BIND)    /* root: ebx interrupt, see below, esi env: bit 1 << irq pending there */        \
	X(PORTS)       /* root: ebx env, esi first port, edi count (0 takes all away) */                \
	X(DEBUG_WRITE) /* ebx va, esi length <= 1024 -> eax bytes that went to the first serial line */ \
	X(TRACE)       /* ebx enum trace_op, esi, edi; see trace.h */                                   \
	X(HINT)        /* ebx env, esi value, edi ms: advice for the scheduler, see hint.h */

#define SYSCALL_ENUM(name) SYS_##name,
enum syscall { SYSCALL_LIST(SYSCALL_ENUM) SYS_COUNT };
#undef SYSCALL_ENUM

/* PAGE_ALLOC replaces what was mapped. With PAGE_FILL the new frame is a copy of the
 *   page at (edi, ebp) that the caller may page; page i of a run copies page i. With
 *   PAGE_UNSHARE too, a source frame that this very entry maps alone is kept and only
 *   the rights change. E_NO_MEM, E_LIMIT, E_FAULT (source absent).
 * PAGE_MAP never raises rights: asking W of a read-only page is E_PERM. PAGE_COND looks
 *   at the destination. E_FAULT when the source is absent.
 * PAGE_MARK: an absent entry becomes value (PTE_P cleared). A present one takes value's
 *   software bits, loses W if value lacks it, and gains W only if its frame has no other
 *   mapping, else E_SHARED.
 * PAGE_SHARE: present entries with the keep bit are mapped as they are; writable ones
 *   lose W and gain the mark bits on both sides; read-only ones are mapped as they are;
 *   absent ones are copied verbatim, but zeros leave the destination alone: it is meant to be empty.
 *   Whole absent page tables count as done. PAGE_COND is not possible.
 * ENV_FORK: the new env is stopped, has the registers (FPU too) of the copied env with eax = 0,
 *   an empty space, a fresh env page, the caller as controller, the copied env's pager, and
 *   the copied env as parent. eax stays as it is, too, if the copied env was not in a system call. edi, if the
 *   caller is root, is the new env's label; else that is the caller's. Its limit of pages is taken out of the caller's (where that has one), and
 *   of the envs that the caller may still create it gets half (of a caller without a limit: as many as the
 *   copied env may). Both go back when it is dead and, if the caller asked for deaths, reaped. E_LIMIT: not that much left; a limit below ENV_FIXED_PAGES + 1 is E_INVAL.
 *   An env other than the caller is copied as it stands; if it runs, that may be anywhere.
 * ENV_SET: a limit below what the env holds is E_LIMIT. A new pager or fault path makes an env that
 *   waits in a fault of path `ipc` run its instruction again.
 * IRQ_BIND: an ISA interrupt, 0..15; E_INVAL for a level-triggered one, which nobody could mask in time. Or
 *   IRQ_STANDSTILL, which comes when all CPUs are idle and no time-out pends: before an interrupt of
 *   a device nothing will run but who gets this one.
 * ENV_REGS: set is E_BUSY if the env waits in an IPC or is the caller.
 * ENV_DESTROY: returns 0. The env is dead at once; large spaces are torn down in the
 *   background, and SYSINFO says when that is over (`dying`). */

#define IRQ_STANDSTILL 29

/* Operand of SYS_ENV_REAP: the dead env's struct fault_counts comes in msg[3..], and its label behind that. */
#define ENV_REAP_FAULTS 1u

/* SYS_DEBUG_WRITE looks whether all bytes may be read, and writes a part: to the end of the first line, and at most 128
 * (11 ms on a serial line), for all others wait meanwhile. So lines up to that length do not mix.
 * Operand: a bad pointer ends the caller, instead of E_FAULT. */
#define DEBUG_WRITE_OR_DIE 1u
/* Root only, else without effect: from now on such text goes to the screen, too, below what stands there; or
 * no longer. At start-up it does; after a panic the kernel takes the screen again. */
#define DEBUG_WRITE_SCREEN_ON 2u
#define DEBUG_WRITE_SCREEN_OFF 4u

/* Operand of SYS_ENV_FORK, root only: the new env may use the frames and slots kept for servers. */
#define ENV_FORK_SERVER 1u

/* struct env_regs travels in msg[3..3+ENV_REGS_WORDS). */
struct env_regs {
	unsigned edi, esi, ebp, ebx, edx, ecx, eax, eip, eflags, esp;
};
#define ENV_REGS_WORDS 10

struct sysinfo {
	unsigned frames_total; /* frames the kernel manages */
	unsigned frames_free;  /* frames free now */
	unsigned
		frames_shared; /* mappings beyond the first of each frame: pages that sharing saves */
	unsigned frames_unused; /* RAM found but not usable */
	unsigned ncpu;          /* CPUs running */
	unsigned envs;          /* env slots in use */
	unsigned dying;         /* spaces still being torn down */
	unsigned tick_us;       /* length of a tick */
	unsigned switches;      /* dispatches since boot, all CPUs */
	unsigned shootdowns;    /* requests to other CPUs since boot: flushes and evictions */
	unsigned lock_wait; /* waiting for the kernel lock, all CPUs: in 1,024 counts of the TSC */
};
#define SYSINFO_WORDS 11
