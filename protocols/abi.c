/* The ABI, for those who do not compile C: build/abi.json is made of this file. Of that docs/abi.md
 * is made, and the reader of traces, gdb and the tests read it (tools/parley/abi.py). It is
 * compiled to assembly and never linked; mk/abi.py reads the lines there that begin with "->":
 *
 *     ->("GROUP", "NAME", "TEXT" ...)    the texts of an entry, as its list has them
 *     ->GROUP NAME NUMBER                its number; boot_words: the lowest and the highest
 *     ->records STRUCT NUMBER            bytes
 *     ->records STRUCT.MEMBER NUMBER...  offset, bytes, bytes of an element, 1: signed
 *
 * Lists come whole. Of constants and structs, those are here that somebody reads; a struct of which
 * a byte is missing is an error. */
#include "kernel/abi/bootinfo.h"
#include "kernel/abi/env.h"
#include "kernel/abi/failhook.h"
#include "kernel/abi/hint.h"
#include "kernel/abi/ipc.h"
#include "kernel/abi/memlayout.h"
#include "kernel/abi/page.h"
#include "kernel/abi/status.h"
#include "kernel/abi/syscall.h"
#include "kernel/abi/trace.h"
#include "protocols/boot.h"
#include "protocols/console.h"
#include "protocols/pager.h"
#include "protocols/procmgr.h"

/* ---- Texts: at the top level, where an asm takes them as they are */

/* clang-format off */
#define TEXT(group, name, texts) asm("\n->(\"" group "\", " name ", " texts ")");
#define TEXT1(group, name, a) TEXT(group, "\"" #name "\"", #a)
#define TEXT3(group, name, a, b, c) TEXT(group, "\"" #name "\"", #a ", " #b ", " #c)
#define TEXT5(group, name, a, b, c, d, e) \
	TEXT(group, "\"" #name "\"", #a ", " #b ", " #c ", " #d ", " #e)

#define SYSCALL(name, in, out, who, errors, cost) \
	TEXT5("system_calls", name, in, out, who, errors, cost)
SYSCALL_LIST(SYSCALL)
#define FIELD(name, value, who, errors) TEXT3("env_fields", name, value, who, errors)
ENV_FIELD_LIST(FIELD)
#define HINT(name, in, out, who) TEXT3("hints", name, in, out, who)
HINT_LIST(HINT)
HINT_NOW_LIST(HINT)
#define TRACE_OP(name, in, out, errors) TEXT3("trace_operations", name, in, out, errors)
TRACE_OP_LIST(TRACE_OP)
#define IPC_FLAG(name, text) TEXT1("ipc_flags", name, text)
IPC_FLAG_LIST(IPC_FLAG)
#define STATUS(name, value, text) TEXT1("statuses", name, text)
STATUS_LIST(STATUS)
#define EVENT(name, text) TEXT1("trace_events", name, text)
EVENT_LIST(EVENT)
#define FAULT_PATH(name, text) TEXT1("fault_paths", name, text)
FAULT_PATH_LIST(FAULT_PATH)
#define PM_OP(name, in, out, who, errors, cost) TEXT5("procmgr", name, in, out, who, errors, cost)
PM_OP_LIST(PM_OP)
#define PAGER_OP(name, in, out, who, errors, cost) TEXT5("pager", name, in, out, who, errors, cost)
PAGER_OP_LIST(PAGER_OP)
#define CONSOLE_OP(name, in, out, who, errors, cost) \
	TEXT5("console", name, in, out, who, errors, cost)
CONSOLE_OP_LIST(CONSOLE_OP)
#define BOOT_WORD(word, low, high, text) TEXT("boot_words", #word, #text)
BOOT_WORD_LIST(BOOT_WORD)
/* clang-format on */

/* ---- Numbers */

#define LINE(format, ...) asm volatile("\n->" format : : __VA_ARGS__)
#define N(value) "i"((long long)(value))
#define NUMBER(group, name, value) LINE(group " " name " %c0", N(value));
#define CONSTANT(name) NUMBER("constants", #name, name)
#define RECORD(type) NUMBER("records", #type, sizeof(struct type))
#define PART(type, member, element, is_signed)                                                     \
	LINE("records " #type "." #member " %c0 %c1 %c2 %c3", N(offsetof(struct type, member)),    \
	     N(sizeof(((struct type *)0)->member)), N(element), N(is_signed));
#define MEMBER(type, member)                                                                       \
	PART(type, member, sizeof(((struct type *)0)->member),                                     \
	     (__typeof__(((struct type *)0)->member))-1 < 1)
#define ARRAY(type, member)                                                                        \
	PART(type, member, sizeof(((struct type *)0)->member[0]),                                  \
	     (__typeof__(((struct type *)0)->member[0]))-1 < 1)
/* A struct within, of which only bytes are of interest. */
#define INNER(type, member) PART(type, member, 1, 0)

void numbers(void)
{
#define SYSCALL_NUMBER(name, ...) NUMBER("system_calls", #name, SYS_##name)
	SYSCALL_LIST(SYSCALL_NUMBER)
#define FIELD_NUMBER(name, ...) NUMBER("env_fields", #name, ENV_##name)
	ENV_FIELD_LIST(FIELD_NUMBER)
#define HINT_NUMBER(name, ...) NUMBER("hints", #name, HINT_##name)
	HINT_LIST(HINT_NUMBER)
	HINT_NOW_LIST(HINT_NUMBER)
#define TRACE_OP_NUMBER(name, ...) NUMBER("trace_operations", #name, TRACE_##name)
	TRACE_OP_LIST(TRACE_OP_NUMBER)
#define IPC_FLAG_NUMBER(name, text) NUMBER("ipc_flags", #name, IPC_##name)
	IPC_FLAG_LIST(IPC_FLAG_NUMBER)
#define STATUS_NUMBER(name, value, text) NUMBER("statuses", #name, value)
	STATUS_LIST(STATUS_NUMBER)
#define EVENT_NUMBER(name, text) NUMBER("trace_events", #name, EVENT_##name)
	EVENT_LIST(EVENT_NUMBER)
#define FAULT_PATH_NUMBER(name, text) NUMBER("fault_paths", #name, FAULT_PATH_##name)
	FAULT_PATH_LIST(FAULT_PATH_NUMBER)
#define PM_OP_NUMBER(name, ...) NUMBER("procmgr", #name, PM_##name)
	PM_OP_LIST(PM_OP_NUMBER)
#define PAGER_OP_NUMBER(name, ...) NUMBER("pager", #name, PAGER_##name)
	PAGER_OP_LIST(PAGER_OP_NUMBER)
#define CONSOLE_OP_NUMBER(name, ...) NUMBER("console", #name, CONSOLE_##name)
	CONSOLE_OP_LIST(CONSOLE_OP_NUMBER)
#define BOOT_WORD_NUMBERS(word, low, high, text)                                                   \
	LINE("boot_words " word " %c0 %c1", N(low), N(high));
	BOOT_WORD_LIST(BOOT_WORD_NUMBERS)
}

void constants(void)
{
	/* Where things lie. */
	CONSTANT(PGSIZE)
	CONSTANT(KERNBASE)
	CONSTANT(MMIOBASE)
	CONSTANT(ENVPAGE)
	CONSTANT(UENVS)
	CONSTANT(UTOP)
	CONSTANT(UXSTACKTOP)
	CONSTANT(USTACKTOP)
	CONSTANT(UTEXT)
	CONSTANT(NENV)
	CONSTANT(NCPU_MAX)
	/* Page-table entries. */
	CONSTANT(PTE_P)
	CONSTANT(PTE_W)
	CONSTANT(PTE_U)
	CONSTANT(PTE_PS)
	CONSTANT(PTE_COW)
	CONSTANT(PTE_SHARE)
	CONSTANT(FEC_PR)
	CONSTANT(FEC_WR)
	/* Bounds of calls and messages. */
	CONSTANT(SYSCALL_VECTOR)
	CONSTANT(SYS_FAIL)
	CONSTANT(IPC_WORDS_MAX)
	CONSTANT(IPC_PAGES_MAX)
	CONSTANT(PAGE_RUN_MAX)
	CONSTANT(PAGE_FILLS_MAX)
	CONSTANT(ENV_FIXED_PAGES)
	CONSTANT(HINT_WEIGHT_MAX)
	CONSTANT(HINT_MS_MAX)
	CONSTANT(HINTS_PER_TICK)
	CONSTANT(PM_BYTES_MAX)
	CONSTANT(PM_NAME_MAX)
	CONSTANT(PM_PID_MAX)
	CONSTANT(PM_DEADLINE_MS_MAX)
	CONSTANT(PAGER_AROUND_MAX)
	CONSTANT(CONSOLE_BYTES_MAX)
	CONSTANT(CONSOLE_LINE_MAX)
	CONSTANT(BOOT_CMDLINE_MAX)
	CONSTANT(BOOT_MODULES_MAX)
	CONSTANT(BOOT_MODULE_NAME_MAX)
	/* How processes end. */
	CONSTANT(PM_STATUS_KILLED)
	CONSTANT(PM_STATUS_FAULT)
	CONSTANT(PM_STATUS_STANDSTILL)
	/* The trace. */
	CONSTANT(TRACE_RECORDS_PER_PAGE)
	CONSTANT(TRACE_PAGES_MAX)
	CONSTANT(TRACE_ON_XSTACK)
	CONSTANT(TRACE_VECTOR_PAGE_FAULT)
	CONSTANT(TRACE_VECTOR_TIMER)
	CONSTANT(TRACE_VECTOR_SYSENTER)
	CONSTANT(TRACE_ASK_FLUSH)
	CONSTANT(TRACE_ASK_EVICT)
	CONSTANT(PM_TRACE_OUT)
}

void records_of_the_trace(void)
{
	RECORD(trace_record)
	MEMBER(trace_record, tsc)
	MEMBER(trace_record, event)
	MEMBER(trace_record, cpu)
	MEMBER(trace_record, extra)
	MEMBER(trace_record, env)
	MEMBER(trace_record, a)
	MEMBER(trace_record, b)
	MEMBER(trace_record, c)
	MEMBER(trace_record, d)

	RECORD(trace_stats)
	MEMBER(trace_stats, on)
	MEMBER(trace_stats, capacity)
	MEMBER(trace_stats, waiting)
	MEMBER(trace_stats, dropped)
	MEMBER(trace_stats, tsc_per_ms)
}

void records_of_processes(void)
{
	RECORD(fault_counts)
	MEMBER(fault_counts, all)
	ARRAY(fault_counts, done)
	MEMBER(fault_counts, kept)
	MEMBER(fault_counts, calls)
	MEMBER(fault_counts, timed)
	ARRAY(fault_counts, spent)

	RECORD(env_info)
	MEMBER(env_info, id)
	MEMBER(env_info, parent)
	MEMBER(env_info, status)
	MEMBER(env_info, waits)
	MEMBER(env_info, reserved)
	MEMBER(env_info, runs)
	MEMBER(env_info, cpu)
	MEMBER(env_info, controller)
	MEMBER(env_info, pager)
	MEMBER(env_info, pages)
	MEMBER(env_info, limit)
	MEMBER(env_info, partner)
	MEMBER(env_info, ipc_receiving)
	MEMBER(env_info, ipc_window)
	MEMBER(env_info, ipc_value)
	MEMBER(env_info, ipc_from)
	MEMBER(env_info, ipc_perm)
	MEMBER(env_info, label)
	INNER(env_info, faults)
	MEMBER(env_info, upcall)
	MEMBER(env_info, reserved2)

	RECORD(pm_info)
	MEMBER(pm_info, pid)
	MEMBER(pm_info, parent)
	MEMBER(pm_info, env)
	MEMBER(pm_info, state)
	MEMBER(pm_info, children)
	MEMBER(pm_info, pages)
	MEMBER(pm_info, limit)
	MEMBER(pm_info, path)
	MEMBER(pm_info, envs)
	MEMBER(pm_info, cpu)
	MEMBER(pm_info, runs)
	MEMBER(pm_info, pager)
	ARRAY(pm_info, name)
	INNER(pm_info, faults)
}

void records_of_the_machine(void)
{
	RECORD(env_regs)
	MEMBER(env_regs, edi)
	MEMBER(env_regs, esi)
	MEMBER(env_regs, ebp)
	MEMBER(env_regs, ebx)
	MEMBER(env_regs, edx)
	MEMBER(env_regs, ecx)
	MEMBER(env_regs, eax)
	MEMBER(env_regs, eip)
	MEMBER(env_regs, eflags)
	MEMBER(env_regs, esp)

	RECORD(sysinfo)
	MEMBER(sysinfo, frames_total)
	MEMBER(sysinfo, frames_free)
	MEMBER(sysinfo, frames_shared)
	MEMBER(sysinfo, frames_unused)
	MEMBER(sysinfo, ncpu)
	MEMBER(sysinfo, envs)
	MEMBER(sysinfo, dying)
	MEMBER(sysinfo, tick_us)
	MEMBER(sysinfo, switches)
	MEMBER(sysinfo, shootdowns)
	MEMBER(sysinfo, lock_wait)
	MEMBER(sysinfo, lock_takes)

	RECORD(utrapframe)
	MEMBER(utrapframe, fault_va)
	MEMBER(utrapframe, err)
	MEMBER(utrapframe, edi)
	MEMBER(utrapframe, esi)
	MEMBER(utrapframe, ebp)
	MEMBER(utrapframe, oesp)
	MEMBER(utrapframe, ebx)
	MEMBER(utrapframe, edx)
	MEMBER(utrapframe, ecx)
	MEMBER(utrapframe, eax)
	MEMBER(utrapframe, eip)
	MEMBER(utrapframe, eflags)
	MEMBER(utrapframe, esp)
}
