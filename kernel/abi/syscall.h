/* System calls.
 *
 * Register convention, fixed with sysenter in mind (sysenter and sysexit need
 * ecx and edx for the user's esp and eip):
 *
 *     in   eax = number | operand << 8      out  eax = status or count
 *          ebx, esi, edi, ebp = arguments        ebx, esi, edi, ebp = results
 *          ecx, edx = not read                   ecx, edx = undefined
 *
 * `int 0x30` enters. So does `sysenter` where the env page says so: then ecx is the esp and edx the
 * eip to return with, right behind an `int 0x30`, which is executed instead if the env is taken off
 * its CPU before the call begins (nasm/user/syscall.inc). `int` keeps the flags; `sysenter` leaves
 * the arithmetic ones undefined.
 *
 * Arguments that name an env take 0 for the caller itself.
 * "May act on": the caller itself, or an env whose controller it is.
 * "May page": may act on, or is the env's pager.
 *
 * Page calls work on a run of n = operand pages (0 counts as 1) and return how many
 * pages are done. One entry handles at most PAGE_RUN_MAX entries (PAGE_SHARE: 1,024), and fills
 * PAGE_FILLS_MAX pages: a smaller count than asked means "call again for the rest". An error is
 * returned only if nothing was done; after partial progress the count is returned and the next call
 * meets the error. All addresses are user addresses below UTOP, page aligned but for the flag bits
 * in their low 12 bits (page.h).
 *
 * With PAGE_COND a page is changed only if its entry, apart from the
 * accessed and dirty bits, equals the env page's `expect`; else E_AGAIN. */
#pragma once

#define SYSCALL_VECTOR 0x30

/* X(NAME, in, out, who may, errors, cost): numbers count from 0. Operands are in eax, above the
 * number. Any call can also say E_NO_CALL, where a kernel is without it. docs/abi.md is made of
 * these texts (`make abi-document`). Nothing waits but IPC, YIELD and HINT; beyond the cost, a
 * call may wait for the kernel's lock, for another CPU to flush its TLB or to leave an env, and,
 * if frames or slots are short, tear dead spaces down. */
/* clang-format off */
#define SYSCALL_LIST(X) \
	X(SELF, "nothing", "eax own id", "anybody", "none", "O(1), without the kernel's lock") \
	X(IPC, \
	  "eax IPC flags and number of words; ebx partner; esi, edi, ebp words 0..2; see ipc.h", \
	  "eax words and pages that came or went; ebx sender, 0: pending bits; esi, edi, ebp " \
	  "words 0..2", \
	  "anybody, with any env whose id it knows; IPC_PAGES: pages that the sender has", \
	  "E_INVAL, E_BAD_ENV, E_PERM, E_NOT_WAITING, E_TIMEOUT, E_DEAD: see ipc.h", \
	  "O(words + pages), at most IPC_WORDS_MAX and IPC_PAGES_MAX (copies: PAGE_FILLS_MAX); " \
	  "waits for the partner, unless IPC_SEND_NOWAIT, IPC_RECV_NOWAIT or a time-out says " \
	  "otherwise; a reply never waits") \
	X(YIELD, \
	  "nothing", \
	  "eax 0", \
	  "anybody", \
	  "none", \
	  "O(CPUs); whoever is ready on this CPU runs before the caller does again") \
	X(NOTIFY, \
	  "ebx env, esi bits of IPC_BITS_USER (root: of IPC_BITS_ROOT, too): become pending " \
	  "there; see ipc.h", \
	  "eax 0", \
	  "who may act on the env; whom it controls, unless it is root; all others what its env " \
	  "page's `notify` opens", \
	  "E_BAD_ENV; E_INVAL: other bits; E_PERM", \
	  "O(1)") \
	X(PAGE_ALLOC, \
	  "ebx env, esi va|W,soft,flags; PAGE_FILL: edi env, ebp va of what to copy", \
	  "eax pages done", \
	  "who may page the env, and that of PAGE_FILL", \
	  "E_BAD_ENV, E_PERM; E_INVAL: va, flags; E_AGAIN: PAGE_COND; E_LIMIT; E_NO_MEM; " \
	  "E_FAULT: PAGE_FILL, and its source is absent", \
	  "O(pages), at most PAGE_FILLS_MAX cleared or copied") \
	X(PAGE_MAP, \
	  "ebx env, esi va|flags -> edi env, ebp va|W,soft,flags", \
	  "eax pages done", \
	  "who may page both", \
	  "E_BAD_ENV; E_PERM: also W of a read-only page; E_INVAL: va, flags; E_FAULT: the " \
	  "source is absent; E_AGAIN: PAGE_COND; E_LIMIT; E_NO_MEM: a page table", \
	  "O(pages), at most PAGE_RUN_MAX") \
	X(PAGE_UNMAP, \
	  "ebx env, esi va|flags: the entries become 0", \
	  "eax pages done", \
	  "who may page the env", \
	  "E_BAD_ENV, E_PERM; E_INVAL: va, flags; E_AGAIN: PAGE_COND", \
	  "O(pages), at most PAGE_RUN_MAX, and a look through two page tables") \
	X(PAGE_QUERY, \
	  "ebx env, esi va", \
	  "eax pages looked at; of the first ebx entry, esi mappings of its frame (0: absent); " \
	  "of more than one: entries in msg[3..]", \
	  "who may page the env", \
	  "E_BAD_ENV, E_PERM; E_INVAL: va, flags", \
	  "O(pages), at most IPC_WORDS_MAX - 3") \
	X(PAGE_MARK, \
	  "ebx env, esi va|flags, edi value; see syscall.h", \
	  "eax pages done", \
	  "who may page the env", \
	  "E_BAD_ENV, E_PERM; E_INVAL: va, flags; E_AGAIN: PAGE_COND; E_SHARED: would gain W; " \
	  "E_LIMIT, E_NO_MEM: a page table", \
	  "O(pages), at most PAGE_RUN_MAX") \
	X(PAGE_SHARE, \
	  "ebx env, esi va|keep bits -> edi env, ebp va|mark bits; see syscall.h", \
	  "eax pages done, absent ones too", \
	  "who may page both", \
	  "E_BAD_ENV, E_PERM; E_INVAL: va, flags; E_LIMIT; E_NO_MEM: a page table", \
	  "O(entries of the page tables that are there), at most 1,024") \
	X(PAGE_PHYS, \
	  "ebx env, esi va|W,soft,flags, edi frame number: maps memory that the kernel does not " \
	  "manage", \
	  "eax pages done", \
	  "root, if it may page the env", \
	  "E_BAD_ENV; E_PERM: also a frame that the kernel manages; E_INVAL: va, flags, number; " \
	  "E_AGAIN: PAGE_COND; E_LIMIT; E_NO_MEM: a page table", \
	  "O(pages), at most PAGE_RUN_MAX") \
	X(ENV_FORK, \
	  "ebx env to copy, esi page limit (0: half of the caller's rest), edi label (root); " \
	  "see syscall.h", \
	  "eax new id", \
	  "who may act on the env; operand ENV_FORK_SERVER: root", \
	  "E_BAD_ENV, E_PERM; E_INVAL: operand, limit too small; E_LIMIT: pages, envs; " \
	  "E_NO_ENV; E_NO_MEM; E_AGAIN: to root, but for a server, while envs are torn " \
	  "down (others begin anew)", \
	  "O(1): ENV_FIXED_PAGES frames, none of the copied env's pages") \
	X(ENV_DESTROY, \
	  "ebx env, esi exit status", \
	  "eax 0", \
	  "who may act on the env", \
	  "E_BAD_ENV, E_PERM", \
	  "O(NENV): whom it controlled gets another controller, who waits for it an error; up " \
	  "to 1,024 entries of its space at once, the rest in the background") \
	X(ENV_SET, \
	  "ebx env, esi enum env_field, edi value; see env.h", \
	  "eax 0", \
	  "by field: see env.h", \
	  "E_BAD_ENV, E_PERM; E_INVAL: field, value; by field also E_LIMIT: see env.h", \
	  "O(1); O(NENV): ENV_PAGER, ENV_CONTROLLER, ENV_HALT") \
	X(ENV_REGS, \
	  "ebx env, esi 0 get, 1 set: struct env_regs in msg[3..]", \
	  "eax 0; get: msg[3..]", \
	  "who may act on the env", \
	  "E_BAD_ENV, E_PERM; E_INVAL: esi; E_BUSY: set, and the env waits in an IPC or is the " \
	  "caller", \
	  "O(1)") \
	X(ENV_REAP, \
	  "operand ENV_REAP_FAULTS: also struct fault_counts and the label in msg[3..]", \
	  "eax id of a dead env, ebx enum death, esi, edi, ebp: see there", \
	  "anybody, of envs that it controlled when they died, if it had asked for deaths " \
	  "(ENV_DEATHS)", \
	  "E_NOT_FOUND: there is none", \
	  "O(1)") \
	X(CLOCK, \
	  "nothing", \
	  "eax 0; ebx, esi microseconds since boot (low, high), edi ticks", \
	  "anybody", \
	  "none", \
	  "O(1)") \
	X(SYSINFO, \
	  "nothing", \
	  "eax 0; struct sysinfo in msg[3..]", \
	  "anybody", \
	  "none", \
	  "O(NENV + CPUs)") \
	X(IRQ_BIND, \
	  "ebx interrupt, esi env: bit 1 << interrupt becomes pending there when it comes; see " \
	  "syscall.h", \
	  "eax 0", \
	  "root", \
	  "E_PERM; E_INVAL: no such interrupt, or a level-triggered one; E_BAD_ENV; " \
	  "E_NOT_FOUND: no such pin", \
	  "O(1)") \
	X(PORTS, \
	  "ebx env, esi first I/O port, edi count (0 takes all away)", \
	  "eax 0", \
	  "root", \
	  "E_PERM, E_BAD_ENV; E_INVAL: not within the 65,536 ports, or all of them; E_LIMIT: " \
	  "the env has as many ranges as fit", \
	  "O(1)") \
	X(DEBUG_WRITE, \
	  "ebx va, esi length, at most 1,024; operand: see syscall.h", \
	  "eax bytes that went to the first serial line", \
	  "anybody; operands DEBUG_WRITE_SCREEN_ON and _OFF: root, else without effect", \
	  "E_INVAL: length; E_FAULT: not all bytes may be read (operand DEBUG_WRITE_OR_DIE: " \
	  "that ends the caller)", \
	  "at most 128 bytes, 11 ms on a serial line, in which all others wait") \
	X(TRACE, \
	  "ebx enum trace_op, esi, edi; see trace.h", \
	  "by operation: see trace.h", \
	  "root, and the env that root named (TRACE_ALLOW)", \
	  "E_NO_CALL: the kernel has no trace; E_PERM; E_INVAL: operation, argument; by " \
	  "operation also E_BUSY, E_NO_MEM, E_FAULT: see trace.h", \
	  "O(1); TRACE_ON, TRACE_CLEAR: at most 1,024 pages; TRACE_READ: at most " \
	  "TRACE_RECORDS_PER_PAGE records") \
	X(HINT, \
	  "operand enum hint; ebx env, esi value, edi ms: advice for the scheduler, see hint.h", \
	  "eax 1 taken, 0 ignored; queries: see hint.h", \
	  "by kind: see hint.h", \
	  "E_INVAL: kind, value; E_BAD_ENV: of a query", \
	  "O(1); queries and what is nonsense without the kernel's lock; HINT_YIELD_TO gives " \
	  "the CPU away")
/* clang-format on */

#define SYSCALL_ENUM(name, in, out, who, errors, cost) SYS_##name,
enum syscall { SYSCALL_LIST(SYSCALL_ENUM) SYS_COUNT };
#undef SYSCALL_ENUM

/* PAGE_ALLOC replaces what was mapped. With PAGE_FILL the new frame is a copy of the page at (edi,
 *   ebp); page i of a run copies page i. With PAGE_UNSHARE too, a source frame that this very
 *   entry maps alone is kept and only the rights change.
 * PAGE_MAP never raises rights. PAGE_COND looks at the destination.
 * PAGE_MARK: an absent entry becomes value (PTE_P cleared). A present one takes value's software
 *   bits, loses W if value lacks it, and gains W only if its frame has no other mapping.
 * PAGE_SHARE: present entries with the keep bit are mapped as they are; writable ones lose W and
 *   gain the mark bits on both sides; read-only ones are mapped as they are; absent ones are
 *   copied verbatim, but zeros leave the destination alone: it is meant to be empty. Whole absent
 *   page tables count as done. PAGE_COND is not possible.
 * ENV_FORK: the new env is stopped, has the registers (FPU too) of the copied env with eax = 0, an
 *   empty space, a fresh env page, the caller as controller, the copied env's pager, and the
 *   copied env as parent. eax stays as it is, too, if the copied env was not in a system call. The
 *   label is the caller's if that is not root. The limit of pages is taken out of the caller's
 *   (where that has one), and of the envs that the caller may still create it gets half (of a
 *   caller without a limit: as many as the copied env may). Both go back when it is dead and, if
 *   the caller asked for deaths, reaped. A limit below ENV_FIXED_PAGES + 1 is too small. An env
 *   other than the caller is copied as it stands; if it runs, that may be anywhere.
 * ENV_SET: a limit below what the env holds is E_LIMIT. A new pager or fault path makes an env
 *   that waits in a fault of path `ipc` run its instruction again.
 * IRQ_BIND: an ISA interrupt, 0..15; a level-triggered one nobody could mask in time. Or
 *   IRQ_STANDSTILL, which comes when all CPUs are idle and no time-out pends: before an interrupt
 *   of a device nothing will run but who gets this one.
 * ENV_DESTROY: the env is dead at once; SYSINFO says when its teardown is over (`dying`). */

#define IRQ_STANDSTILL 29

/* Operand of SYS_ENV_REAP: the dead env's struct fault_counts comes in msg[3..], and its label
 * behind that. */
#define ENV_REAP_FAULTS 1u

/* SYS_DEBUG_WRITE looks whether all bytes may be read, and writes a part: to the end of the first
 * line, and at most 128 (11 ms on a serial line), for all others wait meanwhile. So lines up to
 * that length do not mix. Operand: a bad pointer ends the caller, instead of E_FAULT. */
#define DEBUG_WRITE_OR_DIE 1u
/* Root only, else without effect: from now on such text goes to the screen, too, below what stands
 * there; or no longer. At start-up it does; after a panic the kernel takes the screen again. */
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
	unsigned frames_total;  /* frames the kernel manages */
	unsigned frames_free;   /* frames free now */
	unsigned frames_shared; /* mappings beyond the first of each frame: what sharing saves */
	unsigned frames_unused; /* RAM found but not usable */
	unsigned ncpu;          /* CPUs running */
	unsigned envs;          /* env slots in use */
	unsigned dying;         /* spaces still being torn down */
	unsigned tick_us;       /* length of a tick */
	unsigned switches;      /* dispatches since boot, all CPUs */
	unsigned shootdowns;    /* requests to other CPUs since boot: flushes and evictions */
	unsigned lock_wait;  /* waiting for the kernel lock, all CPUs: in 1,024 counts of the TSC */
	unsigned lock_takes; /* how often it was taken since boot */
};
#define SYSINFO_WORDS 12
