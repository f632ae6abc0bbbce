/* System calls as C functions. Each is the kernel call of the same name in kernel/abi/syscall.h,
 * which says what it needs, returns and refuses; none is checked here. Addresses are what the page
 * tables say now: to a page call a page that was never touched is absent (libsys/present.h); only
 * sys_debug_write has such pages brought. None blocks, except sys_yield and syscall_raw with
 * SYS_IPC (see ipc.h). */
#pragma once

#include "kernel/abi/env.h"
#include "kernel/abi/page.h"
#include "kernel/abi/status.h"
#include "kernel/abi/syscall.h"
#include "kernel/abi/trace.h"
#include "kernel/abi/types.h"
#include "libsys/enter.h"

/* The caller's env page. Volatile: the kernel writes it behind the compiler's back, and a
 * fork leaves the child with another one at the same address. */
#define env_page ((volatile struct env_page *)ENVPAGE)

/* The public records of all envs. */
#define env_infos ((const volatile struct env_info *)UENVS)

/* The caller's page tables, readable in user mode: uvpt[va >> 12], uvpd[va >> 22]. An entry of
 * uvpt may be read only if the entry of uvpd that covers it is present. */
#define uvpt ((const volatile pte_t *)UVPT)
#define uvpd ((const volatile pte_t *)UVPD)

/* The caller's id, from the kernel. */
static inline envid_t sys_self(void)
{
	struct syscall_regs regs = {0};

	return syscall_raw(SYS_SELF, &regs);
}

static inline void sys_yield(void)
{
	struct syscall_regs regs = {0};

	(void)syscall_raw(SYS_YIELD, &regs);
}

int sys_notify(envid_t env, uint32_t bits);

/* Inline, as part of a page fault's way. */
static inline int sys_page_alloc(envid_t env, vaddr_t va_flags, uint32_t npages)
{
	struct syscall_regs regs = {.ebx = (uint32_t)env, .esi = va_flags};

	return syscall_raw(SYS_PAGE_ALLOC | npages << 8, &regs);
}
static inline int sys_page_fill(envid_t env, vaddr_t va_flags, envid_t src_env, vaddr_t src_va,
                                uint32_t npages)
{
	struct syscall_regs regs = {(uint32_t)env, va_flags | PAGE_FILL, (uint32_t)src_env, src_va};

	return syscall_raw(SYS_PAGE_ALLOC | npages << 8, &regs);
}
int sys_page_map(envid_t src_env, vaddr_t src_va_flags, envid_t dst_env, vaddr_t dst_va_perm,
                 uint32_t npages);
int sys_page_unmap(envid_t env, vaddr_t va_flags, uint32_t npages);
/* One page: its entry and the number of mappings of its frame (0 if absent). OK or an error. */
int sys_page_query(envid_t env, vaddr_t va, pte_t *entry, uint32_t *mappings);
int sys_page_mark(envid_t env, vaddr_t va_flags, uint32_t value, uint32_t npages);
int sys_page_share(envid_t src_env, vaddr_t src_va_keep, envid_t dst_env, vaddr_t dst_va_mark,
                   uint32_t npages);
int sys_page_phys(envid_t env, vaddr_t va_perm, uint32_t frame, uint32_t npages);

envid_t sys_env_fork(envid_t env, uint32_t limit);
/* The same, with a label: root only. */
envid_t sys_env_fork_labelled(envid_t env, uint32_t limit, uint32_t label);
/* With ENV_FORK_SERVER: root only. */
envid_t sys_env_fork_server(envid_t env, uint32_t limit);
int sys_env_destroy(envid_t env, int status);
int sys_env_set(envid_t env, enum env_field field, uint32_t value);
int sys_env_get_regs(envid_t env, struct env_regs *regs);
int sys_env_set_regs(envid_t env, const struct env_regs *regs);

struct env_death {
	envid_t id;
	uint32_t cause;        /* enum death */
	uint32_t va_or_status; /* fault address, or exit status */
	uint32_t ip;
	uint32_t code;  /* page-fault error code, or vector */
	uint32_t label; /* from sys_env_reap_faults */
};
/* The next dead env of ours, or E_NOT_FOUND. */
int sys_env_reap(struct env_death *death);
/* Likewise, with its counts of page faults; disturbs a message in the making. */
int sys_env_reap_faults(struct env_death *death, struct fault_counts *faults);

uint64_t sys_clock_us(void);
uint32_t sys_clock_ticks(void);
int sys_sysinfo(struct sysinfo *info);
int sys_irq_bind(uint32_t irq, envid_t env);
int sys_ports(envid_t env, uint32_t first, uint32_t count);
int sys_debug_write(const void *bytes, uint32_t length);
/* Root only, else without effect: whether such text goes to the screen, too. */
int sys_debug_screen(bool on);

/* The trace; kernel/abi/trace.h says what each operation takes. TRACE_STATS and TRACE_NAME have
 * functions of their own. A name is cut at 16 bytes. */
int sys_trace(enum trace_op op, uint32_t first, uint32_t second);
int sys_trace_stats(struct trace_stats *stats);
int sys_trace_name(envid_t env, uint32_t extra, const char *name);

/* Page calls stop after PAGE_RUN_MAX pages, or PAGE_FILLS_MAX filled; these go on until all n are
 * done or one fails (then what was done stays done). Return OK or the error. */
int page_alloc_all(envid_t env, vaddr_t va_flags, uint32_t npages);
int page_fill_all(envid_t env, vaddr_t va_flags, envid_t src_env, vaddr_t src_va, uint32_t npages);
int page_map_all(envid_t src_env, vaddr_t src_va_flags, envid_t dst_env, vaddr_t dst_va_perm,
                 uint32_t npages);
int page_unmap_all(envid_t env, vaddr_t va_flags, uint32_t npages);
int page_mark_all(envid_t env, vaddr_t va_flags, uint32_t value, uint32_t npages);
int page_share_all(envid_t src_env, vaddr_t src_va_keep, envid_t dst_env, vaddr_t dst_va_mark,
                   uint32_t npages);
