/* JOS face: what a JOS program includes. docs/jos.md says how this maps to the system and what is
 * different. A program defines umain(). */
#pragma once

#include "libsys/jos/inc/assert.h"
#include "libsys/jos/inc/env.h"
#include "libsys/jos/inc/error.h"
#include "libsys/jos/inc/memlayout.h"
#include "libsys/jos/inc/stdarg.h"
#include "libsys/jos/inc/stdio.h"
#include "libsys/jos/inc/string.h"
#include "libsys/jos/inc/syscall.h"
#include "libsys/jos/inc/trap.h"
#include "libsys/jos/inc/types.h"
#include "libsys/jos/inc/x86.h"

#define USED(x) ((void)(x))

/* How a file is opened. There are no files; programs of later labs, and tables in those of this one, name them. */
#define O_RDONLY 0x0000
#define O_WRONLY 0x0001
#define O_RDWR 0x0002
#define O_ACCMODE 0x0003
#define O_CREAT 0x0100
#define O_TRUNC 0x0200
#define O_EXCL 0x0400
#define O_MKDIR 0x0800

void umain(int argc, char **argv);

/* ---- who am I ---- */

extern const char *binaryname;

/* The own record. Each env has a pointer of its own, in its env page: it is right even where all
 * memory is shared, and programs may assign it. */
extern const volatile struct Env *thisenv;

/* Ends this env. */
void exit(void);

/* ---- faults ---- */

/* Calls handler on the exception stack for each page fault; makes that stack at its first use. */
void set_pgfault_handler(void (*handler)(struct UTrapframe *utf));

/* Likewise for all other exceptions; utf_fault_va holds the number. NULL: none. */
void set_exception_handler(void (*handler)(struct UTrapframe *utf));

/* ---- system calls: each returns 0 (or what is said) or an error, negated. "Own" envs are the
 * caller (0 names it too) and its children; any other is -E_BAD_ENV. Addresses must be below UTOP and
 * page aligned, perm has PTE_U | PTE_P, perhaps PTE_W and PTE_AVAIL bits: else -E_INVAL. ---- */

/* Prints; ends the caller if it may not read all of it. */
void sys_cputs(const char *string, size_t len);
/* A character typed, 0 if there is none. */
int sys_cgetc(void);
envid_t sys_getenvid(void);
/* Ends an own env. */
int sys_env_destroy(envid_t env);
void sys_yield(void);
/* ENV_RUNNABLE or ENV_NOT_RUNNABLE. */
int sys_env_set_status(envid_t env, int status);
/* Sets an own env's registers (the segments and IF are what they must be). */
int sys_env_set_trapframe(envid_t env, struct Trapframe *tf);
int sys_env_set_pgfault_upcall(envid_t env, void *upcall);
/* A zeroed page, in place of what is there. -E_NO_MEM. */
int sys_page_alloc(envid_t env, void *pg, int perm);
/* -E_INVAL also if there is no page at src_pg, or perm has PTE_W and that page may not be written. */
int sys_page_map(envid_t src_env, void *src_pg, envid_t dst_env, void *dst_pg, int perm);
/* Nothing there: nothing to do. */
int sys_page_unmap(envid_t env, void *pg);
/* -E_IPC_NOT_RECV unless that env waits in sys_ipc_recv. pg >= UTOP: no page. */
int sys_ipc_try_send(envid_t to_env, uint32_t value, void *pg, int perm);
/* Waits for a value, which is then in thisenv->env_ipc_*. pg >= UTOP: wants no page. */
int sys_ipc_recv(void *rcv_pg);

/* For sys_exofork alone. The first is said to return twice, so that the compiler uses no place on the stack for
 * one thing before and another after: the child's stack is a copy of what stands there later. */
int jos_exofork_number(void) __attribute__((returns_twice));
int jos_exofork_result(int result);

/* A stopped copy of the caller's registers with no memory: its id here, 0 there. The copy returns on
 * a stack that is put there later: therefore no function. */
#define sys_exofork()                                                                              \
	({                                                                                         \
		int exofork_result = jos_exofork_number(), exofork_env = 0, exofork_half = 0;      \
                                                                                                   \
		asm volatile("int %3"                                                              \
		             : "+a"(exofork_result), "+b"(exofork_env), "+S"(exofork_half)         \
		             : "i"(T_SYSCALL)                                                      \
		             : "ecx", "edx", "edi", "cc", "memory");                               \
		exofork_result >= 0 ? exofork_result : jos_exofork_result(exofork_result);         \
	})

/* ---- IPC ---- */

/* Sends, however long the receiver takes. Panics if there is no such env (any more). */
void ipc_send(envid_t to_env, uint32_t value, void *pg, int perm);
/* The value, with its sender and the page's permission where asked for; else the error, and these 0. */
int32_t ipc_recv(envid_t *from_env_store, void *pg, int *perm_store);
/* The first env of that type, 0 if there is none. */
envid_t ipc_find_env(enum EnvType type);

/* ---- fork ---- */

/* A child with a copy of the memory, page by page at the first write. PTE_SHARE pages stay shared.
 * The child's id, 0 in the child, or an error: then there is no child. */
envid_t fork(void);
/* A child that shares all pages but the stack. */
envid_t sfork(void);

/* How many mappings the page at va has, 0 if there is none. */
int pageref(void *va);
