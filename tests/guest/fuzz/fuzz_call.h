/* One system call as a fuzzer makes it: by `int` or `sysenter`, or whatever else enters the kernel,
 * with flags and registers of one's choice, and a few words of the env page overwritten before.
 *
 * A call is data. Arguments that name an env, or an earlier result, are symbols, so a list of calls
 * means the same in another run: that is what a failing seed shrinks to (fuzz_call_print, and
 * fuzz_replay in fuzz.h).
 *
 * What a call does to its caller is the caller's affair: faults and exceptions inside of a call end
 * at fuzz_recover, those outside end the env. */
#pragma once

#include "libsys/fault.h"
#include "tests/guest/memory.h"

enum {
	FUZZ_TF = 0x100,
	FUZZ_PLAIN = 0x202, /* flags as ever */
	FUZZ_POKES = 8,
	FUZZ_WAIT_US = 1000, /* a wait with a bound, unless that is overwritten */
};

enum fuzz_what {
	FUZZ_NUMBER,
	FUZZ_SELF,  /* the caller's id, not 0 */
	FUZZ_LANE,  /* of the env that works on lane n */
	FUZZ_OTHER, /* the n-th of fuzz_others */
	FUZZ_LAST,  /* the latest result */
};

struct fuzz_value {
	uint8_t what;
	uint32_t n;
};

enum fuzz_way {
	FUZZ_INT,
	FUZZ_SYSENTER,
	FUZZ_VECTOR,
	FUZZ_READ,
	FUZZ_WRITE
}; /* the last two touch ebx */
enum fuzz_odd { FUZZ_ODD_ESP = 1, FUZZ_ODD_EIP = 2, FUZZ_ODD_SEGMENTS = 4 };

struct fuzz_call {
	uint32_t eax;
	struct fuzz_value ebx, esi, edi, ebp;
	uint32_t flags, esp, eip; /* of sysenter, where to go on, if odd says so; of int, esp */
	uint8_t way, vector, odd, npokes;
	uint16_t ds, es, fs, gs;
	struct {
		uint16_t word;
		uint32_t value;
	} pokes[FUZZ_POKES];
};

/* What symbols stand for; who uses this fills them in. */
static envid_t fuzz_others[4]; /* procmgr, pager, console, and who does nothing wrong */
static envid_t (*fuzz_lane_env)(uint32_t lane);
static uint32_t fuzz_last;

/* ---- the way in ----
 *
 * All registers are the call's, so what must be known behind it stands in memory, at addresses that
 * need no register. ss and cs are sane throughout: what is read after ds is set is read through
 * cs. */
struct fuzz_file {
	uint32_t eax, ebx, esi, edi, ebp, ecx, edx, flags, esp, go;
	uint32_t ds, es, fs, gs;
};
struct fuzz_file fuzz_file;
uint32_t fuzz_good_esp, fuzz_result;

asm(".data; .globl fuzz_file, fuzz_good_esp, fuzz_result\n"
    ".text\n"
    "fuzz_begin:\n"
    "	pushl %ebp; pushl %edi; pushl %esi; pushl %ebx\n"
    "	movl %esp, fuzz_good_esp\n"
    "	movw fuzz_file+44, %es; movw fuzz_file+48, %fs; movw fuzz_file+52, %gs\n"
    "	movl fuzz_file, %eax; movl fuzz_file+4, %ebx; movl fuzz_file+8, %esi\n"
    "	movl fuzz_file+12, %edi; movl fuzz_file+16, %ebp\n"
    "	movl fuzz_file+20, %ecx; movl fuzz_file+24, %edx\n"
    "	movw fuzz_file+40, %ds\n"
    "	pushl %cs:fuzz_file+28\n"
    "	jmp *%cs:fuzz_file+36\n"
    "fuzz_sysenter: popfl; sysenter; int $0x30\n"
    "fuzz_done:\n"
    "	movw %ss, %cx; movw %cx, %ds; movw %cx, %es\n"
    "	movl %eax, fuzz_result\n"
    "fuzz_recover:\n"
    "	movl fuzz_good_esp, %esp\n"
    "	pushl $0x202; popfl\n"
    "	popl %ebx; popl %esi; popl %edi; popl %ebp; ret\n"
    "fuzz_int: popfl; int $0x30; jmp fuzz_done\n"
    "fuzz_int_esp: popfl; movl %cs:fuzz_file+32, %esp; int $0x30; jmp fuzz_done\n"
    "fuzz_read: popfl; movl (%ebx), %eax; jmp fuzz_done\n"
    "fuzz_write: popfl; movl %eax, (%ebx); jmp fuzz_done\n"
    "fuzz_vectors: .set fuzz_n, 0; .rept 256\n"
    "	popfl; .byte 0xCD, fuzz_n, 0xE9; .long fuzz_done - . - 4\n" /* 8 bytes each */
    "	.set fuzz_n, fuzz_n + 1; .endr\n");
void fuzz_begin(void);
extern char fuzz_sysenter[], fuzz_done[], fuzz_recover[], fuzz_int[], fuzz_int_esp[],
	fuzz_vectors[], fuzz_read[], fuzz_write[];

static volatile bool fuzz_inside;
static uint32_t fuzz_upcalls[2], fuzz_kept[128];

static _Noreturn void fuzz_end_env(int status)
{
	for (;;) {
		(void)sys_env_destroy(0, status);
	}
}

static void fuzz_on_fault(struct utrapframe *utf)
{
	if (!fuzz_inside) {
		fuzz_end_env(3);
	}
	utf->eip = (uint32_t)fuzz_recover;
	utf->esp = fuzz_good_esp;
	utf->eflags = FUZZ_PLAIN;
}

static void fuzz_on_exception(struct utrapframe *utf)
{
	if (utf->fault_va == 1) { /* a single step, behind the call */
		utf->eflags &= ~(uint32_t)FUZZ_TF;
		return;
	}
	fuzz_on_fault(utf);
}

/* Once in each process that makes such calls. */
static void fuzz_call_prepare(void)
{
	(void)fault_set_handler(fuzz_on_fault);
	(void)fault_set_exception_handler(fuzz_on_exception);
	fuzz_upcalls[0] = env_page->upcall;
	fuzz_upcalls[1] = env_page->xupcall;
	for (uint32_t i = 0; i < 128; i++) {
		fuzz_kept[i] = env_page->user[i];
	}
}

static uint32_t fuzz_resolve(struct fuzz_value value)
{
	switch (value.what) {
	case FUZZ_SELF: return (uint32_t)env_page->id;
	case FUZZ_LANE: return (uint32_t)fuzz_lane_env(value.n);
	case FUZZ_OTHER: return (uint32_t)fuzz_others[value.n];
	case FUZZ_LAST: return fuzz_last + value.n;
	default: return value.n;
	}
}

/* The words that life cannot go on without are put right again behind the call. */
static void fuzz_mend_env_page(void)
{
	env_page->upcall = fuzz_upcalls[0];
	env_page->xupcall = fuzz_upcalls[1];
	for (uint32_t i = 0; i < 128; i++) {
		env_page->user[i] = fuzz_kept[i];
	}
}

static uint32_t fuzz_entry(const struct fuzz_call *call)
{
	if (call->way == FUZZ_VECTOR) {
		return (uint32_t)fuzz_vectors + 8u * call->vector;
	}
	if (call->way == FUZZ_READ || call->way == FUZZ_WRITE) {
		return (uint32_t)(call->way == FUZZ_READ ? fuzz_read : fuzz_write);
	}
	if (call->way == FUZZ_SYSENTER && env_page->sysenter) {
		return (uint32_t)fuzz_sysenter;
	}
	return (uint32_t)(call->odd & FUZZ_ODD_ESP ? fuzz_int_esp : fuzz_int);
}

static void fuzz_call_do(const struct fuzz_call *call)
{
	bool segments = call->odd & FUZZ_ODD_SEGMENTS;
	uint32_t flat, go = fuzz_entry(call);
	envid_t id = env_page->id, pager = env_page->pager;

	asm volatile("movl %%ss, %0" : "=r"(flat));
	fuzz_file = (struct fuzz_file){
		.eax = call->eax,
		.ebx = fuzz_resolve(call->ebx),
		.esi = fuzz_resolve(call->esi),
		.edi = fuzz_resolve(call->edi),
		.ebp = fuzz_resolve(call->ebp),
		.edx = call->odd & FUZZ_ODD_EIP ? call->eip : (uint32_t)fuzz_done,
		/* where the stack is at the entry, below what fuzz_begin pushes */
		.ecx = call->odd & FUZZ_ODD_ESP ? call->esp
	                                        : (uint32_t)__builtin_frame_address(0) - 1024,
		.flags = call->flags,
		.esp = call->esp,
		.go = go,
		.ds = segments ? call->ds : flat,
		.es = segments ? call->es : flat,
		.fs = segments ? call->fs : 0,
		.gs = segments ? call->gs : 0,
	};
	env_page->send_us = FUZZ_WAIT_US;
	env_page->recv_us = FUZZ_WAIT_US;
	for (uint32_t i = 0; i < call->npokes; i++) {
		words_at(ENVPAGE)[call->pokes[i].word % WORDS] = call->pokes[i].value;
	}
	fuzz_inside = true;
	fuzz_begin();
	fuzz_inside = false;
	fuzz_last = fuzz_result;
	if (env_page->id != id && sys_self() != id) { /* a copy, which nobody would miss, or end */
		fuzz_end_env(0);
	}
	if (call->npokes > 0) {
		fuzz_mend_env_page();
		env_page->id = id;
		env_page->pager = pager;
	}
}

/* ---- as C ---- */

static inline void fuzz_value_print(const char *name, struct fuzz_value value)
{
	static const char *const whats[] = {"FUZZ_NUMBER", "FUZZ_SELF", "FUZZ_LANE", "FUZZ_OTHER",
	                                    "FUZZ_LAST"};

	if (value.what != FUZZ_NUMBER || value.n != 0) {
		printf(" .%s = {%s, 0x%x},", name, whats[value.what], value.n);
	}
}

/* One line of a table of struct fuzz_call. */
static inline void fuzz_call_print(const struct fuzz_call *call)
{
	static const char *const ways[] = {"FUZZ_INT", "FUZZ_SYSENTER", "FUZZ_VECTOR", "FUZZ_READ",
	                                   "FUZZ_WRITE"};

	printf("\t{.way = %s, .eax = 0x%x,", ways[call->way], call->eax);
	fuzz_value_print("ebx", call->ebx);
	fuzz_value_print("esi", call->esi);
	fuzz_value_print("edi", call->edi);
	fuzz_value_print("ebp", call->ebp);
	printf(" .flags = 0x%x,", call->flags);
	if (call->way == FUZZ_VECTOR) {
		printf(" .vector = 0x%x,", call->vector);
	}
	if (call->odd) {
		printf(" .odd = %u, .esp = 0x%x, .eip = 0x%x,", call->odd, call->esp, call->eip);
		printf(" .ds = 0x%x, .es = 0x%x, .fs = 0x%x, .gs = 0x%x,", call->ds, call->es,
		       call->fs, call->gs);
	}
	if (call->npokes > 0) {
		printf(" .npokes = %u, .pokes = {", call->npokes);
		for (uint32_t i = 0; i < call->npokes; i++) {
			printf("{%u, 0x%x}, ", call->pokes[i].word, call->pokes[i].value);
		}
		printf("},");
	}
	printf("},\n");
}
