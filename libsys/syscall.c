/* System calls as C functions.
 *
 * Each packs its arguments into the four registers of kernel/abi/syscall.h and enters the kernel
 * through syscall_raw. Nothing is checked and nothing is remembered here.
 * Calls whose operands do not fit the registers use words 3.. of the own env page's msg:
 * sys_env_get_regs, sys_env_set_regs, sys_sysinfo and some of sys_trace disturb a message in the
 * making. */
#include "libsys/syscall.h"

#include "libsys/present.h"

_Static_assert(sizeof(struct env_regs) == ENV_REGS_WORDS * sizeof(uint32_t), "words");
_Static_assert(sizeof(struct sysinfo) == SYSINFO_WORDS * sizeof(uint32_t), "words");

enum { FIRST_MSG_WORD = 3, OPERAND_SHIFT = 8 };

static uint32_t call_number(enum syscall number, uint32_t operand)
{
	return number | operand << OPERAND_SHIFT;
}

/* A call that has no results but eax. */
static int call(uint32_t eax, uint32_t ebx, uint32_t esi, uint32_t edi, uint32_t ebp)
{
	struct syscall_regs regs = {.ebx = ebx, .esi = esi, .edi = edi, .ebp = ebp};

	return syscall_raw(eax, &regs);
}

static void words_from_message(uint32_t *words, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		words[i] = env_page->msg[FIRST_MSG_WORD + i];
	}
}

int sys_notify(envid_t env, uint32_t bits)
{
	return call(SYS_NOTIFY, (uint32_t)env, bits, 0, 0);
}

int sys_page_map(envid_t src_env, vaddr_t src_va_flags, envid_t dst_env, vaddr_t dst_va_perm,
                 uint32_t npages)
{
	return call(call_number(SYS_PAGE_MAP, npages), (uint32_t)src_env, src_va_flags,
	            (uint32_t)dst_env, dst_va_perm);
}

int sys_page_unmap(envid_t env, vaddr_t va_flags, uint32_t npages)
{
	return call(call_number(SYS_PAGE_UNMAP, npages), (uint32_t)env, va_flags, 0, 0);
}

int sys_page_query(envid_t env, vaddr_t va, pte_t *entry, uint32_t *mappings)
{
	struct syscall_regs regs = {.ebx = (uint32_t)env, .esi = va};
	int result = syscall_raw(call_number(SYS_PAGE_QUERY, 1), &regs);

	if (result < 0) {
		return result;
	}
	*entry = regs.ebx;
	*mappings = regs.esi;
	return OK;
}

int sys_page_mark(envid_t env, vaddr_t va_flags, uint32_t value, uint32_t npages)
{
	return call(call_number(SYS_PAGE_MARK, npages), (uint32_t)env, va_flags, value, 0);
}

int sys_page_share(envid_t src_env, vaddr_t src_va_keep, envid_t dst_env, vaddr_t dst_va_mark,
                   uint32_t npages)
{
	return call(call_number(SYS_PAGE_SHARE, npages), (uint32_t)src_env, src_va_keep,
	            (uint32_t)dst_env, dst_va_mark);
}

int sys_page_phys(envid_t env, vaddr_t va_perm, uint32_t frame, uint32_t npages)
{
	return call(call_number(SYS_PAGE_PHYS, npages), (uint32_t)env, va_perm, frame, 0);
}

envid_t sys_env_fork(envid_t env, uint32_t limit)
{
	return call(SYS_ENV_FORK, (uint32_t)env, limit, 0, 0);
}

envid_t sys_env_fork_labelled(envid_t env, uint32_t limit, uint32_t label)
{
	return call(SYS_ENV_FORK, (uint32_t)env, limit, label, 0);
}

envid_t sys_env_fork_server(envid_t env, uint32_t limit)
{
	return call(call_number(SYS_ENV_FORK, ENV_FORK_SERVER), (uint32_t)env, limit, 0, 0);
}

int sys_env_destroy(envid_t env, int status)
{
	return call(SYS_ENV_DESTROY, (uint32_t)env, (uint32_t)status, 0, 0);
}

int sys_env_set(envid_t env, enum env_field field, uint32_t value)
{
	return call(SYS_ENV_SET, (uint32_t)env, field, value, 0);
}

int sys_env_get_regs(envid_t env, struct env_regs *regs)
{
	int result = call(SYS_ENV_REGS, (uint32_t)env, 0, 0, 0);

	if (result >= 0) {
		words_from_message((uint32_t *)regs, ENV_REGS_WORDS);
	}
	return result;
}

int sys_env_set_regs(envid_t env, const struct env_regs *regs)
{
	const uint32_t *words = (const uint32_t *)regs;

	for (uint32_t i = 0; i < ENV_REGS_WORDS; i++) {
		env_page->msg[FIRST_MSG_WORD + i] = words[i];
	}
	return call(SYS_ENV_REGS, (uint32_t)env, 1, 0, 0);
}

static int reap(uint32_t operand, struct env_death *death)
{
	struct syscall_regs regs = {0};
	int result = syscall_raw(call_number(SYS_ENV_REAP, operand), &regs);

	if (result < 0) {
		return result;
	}
	death->id = result;
	death->cause = regs.ebx;
	death->va_or_status = regs.esi;
	death->ip = regs.edi;
	death->code = regs.ebp;
	return OK;
}

int sys_env_reap(struct env_death *death)
{
	return reap(0, death);
}

int sys_env_reap_faults(struct env_death *death, struct fault_counts *faults)
{
	int result = reap(ENV_REAP_FAULTS, death);

	if (result >= 0) {
		words_from_message((uint32_t *)faults, FAULT_COUNTS_WORDS);
		death->label = env_page->msg[FIRST_MSG_WORD + FAULT_COUNTS_WORDS];
	}
	return result;
}

uint64_t sys_clock_us(void)
{
	struct syscall_regs regs = {0};

	(void)syscall_raw(SYS_CLOCK, &regs);
	return (uint64_t)regs.esi << 32 | regs.ebx;
}

uint32_t sys_clock_ticks(void)
{
	struct syscall_regs regs = {0};

	(void)syscall_raw(SYS_CLOCK, &regs);
	return regs.edi;
}

int sys_sysinfo(struct sysinfo *info)
{
	int result = call(SYS_SYSINFO, 0, 0, 0, 0);

	if (result >= 0) {
		words_from_message((uint32_t *)info, SYSINFO_WORDS);
	}
	return result;
}

int sys_irq_bind(uint32_t irq, envid_t env)
{
	return call(SYS_IRQ_BIND, irq, (uint32_t)env, 0, 0);
}

int sys_ports(envid_t env, uint32_t first, uint32_t count)
{
	return call(SYS_PORTS, (uint32_t)env, first, count, 0);
}

/* What is written may be a text that was never touched, or packed since. Bytes written, or an
 * error. */
static int debug_write_part(vaddr_t va, uint32_t length)
{
	enum { TRIES = 8 };
	const vaddr_t first = PTE_ADDR(va);
	int result = call(SYS_DEBUG_WRITE, va, length, 0, 0);

	for (int i = 0; i < TRIES && result == E_FAULT && length <= UTOP - va; i++) {
		int status =
			present_make(first, (va - first + length + PGSIZE - 1) / PGSIZE, false);

		if (status < 0) {
			return status;
		}
		result = call(SYS_DEBUG_WRITE, va, length, 0, 0);
	}
	return result;
}

int sys_debug_write(const void *bytes, uint32_t length)
{
	vaddr_t va = (vaddr_t)bytes;
	int done;

	do {
		done = debug_write_part(va, length);
		va += (uint32_t)done;
		length -= (uint32_t)done;
	} while (done > 0 && length > 0);
	return done < 0 ? done : OK;
}

int sys_debug_screen(bool on)
{
	uint32_t operand = on ? DEBUG_WRITE_SCREEN_ON : DEBUG_WRITE_SCREEN_OFF;

	return call(call_number(SYS_DEBUG_WRITE, operand), 0, 0, 0, 0);
}

int sys_trace(enum trace_op op, uint32_t first, uint32_t second)
{
	return call(SYS_TRACE, op, first, second, 0);
}

int sys_trace_stats(struct trace_stats *stats)
{
	int result = sys_trace(TRACE_STATS, 0, 0);

	if (result >= 0) {
		words_from_message((uint32_t *)stats, TRACE_STATS_WORDS);
	}
	return result;
}

int sys_trace_name(envid_t env, uint32_t extra, const char *name)
{
	for (uint32_t i = 0; i < TRACE_NAME_WORDS; i++) {
		uint32_t word = 0;

		for (uint32_t byte = 0; byte < sizeof(word) && *name != '\0'; byte++) {
			word |= (uint32_t)(uint8_t)*name++ << byte * 8;
		}
		env_page->msg[FIRST_MSG_WORD + i] = word;
	}
	return sys_trace(TRACE_NAME, (uint32_t)env, extra);
}

/* A page call on a whole run, again and again until all of it is done or one fails. The
 * second address, where the call has one, is in ebp and goes along with the first. */
static int call_run(enum syscall number, uint32_t npages, struct syscall_regs args)
{
	while (npages > 0) {
		int done =
			call(call_number(number, npages), args.ebx, args.esi, args.edi, args.ebp);

		if (done < 0) {
			return done;
		}
		npages -= (uint32_t)done < npages ? (uint32_t)done : npages;
		args.esi += (uint32_t)done * PGSIZE;
		args.ebp += (uint32_t)done * PGSIZE;
	}
	return OK;
}

int page_alloc_all(envid_t env, vaddr_t va_flags, uint32_t npages)
{
	struct syscall_regs args = {.ebx = (uint32_t)env, .esi = va_flags};

	return call_run(SYS_PAGE_ALLOC, npages, args);
}

int page_fill_all(envid_t env, vaddr_t va_flags, envid_t src_env, vaddr_t src_va, uint32_t npages)
{
	struct syscall_regs args = {(uint32_t)env, va_flags | PAGE_FILL, (uint32_t)src_env, src_va};

	return call_run(SYS_PAGE_ALLOC, npages, args);
}

int page_map_all(envid_t src_env, vaddr_t src_va_flags, envid_t dst_env, vaddr_t dst_va_perm,
                 uint32_t npages)
{
	struct syscall_regs args = {(uint32_t)src_env, src_va_flags, (uint32_t)dst_env,
	                            dst_va_perm};

	return call_run(SYS_PAGE_MAP, npages, args);
}

int page_unmap_all(envid_t env, vaddr_t va_flags, uint32_t npages)
{
	struct syscall_regs args = {.ebx = (uint32_t)env, .esi = va_flags};

	return call_run(SYS_PAGE_UNMAP, npages, args);
}

int page_mark_all(envid_t env, vaddr_t va_flags, uint32_t value, uint32_t npages)
{
	struct syscall_regs args = {.ebx = (uint32_t)env, .esi = va_flags, .edi = value};

	return call_run(SYS_PAGE_MARK, npages, args);
}

int page_share_all(envid_t src_env, vaddr_t src_va_keep, envid_t dst_env, vaddr_t dst_va_mark,
                   uint32_t npages)
{
	struct syscall_regs args = {(uint32_t)src_env, src_va_keep, (uint32_t)dst_env, dst_va_mark};

	return call_run(SYS_PAGE_SHARE, npages, args);
}
