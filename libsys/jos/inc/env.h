/* JOS face: envs as everybody sees them. */
#pragma once

#include "libsys/jos/inc/memlayout.h"
#include "libsys/jos/inc/trap.h"
#include "libsys/jos/inc/types.h"

/*      31 | generation 30..12 | 11..10 zero | slot 9..0 |      (bit 31 is never set) */
typedef int32_t envid_t;

#define LOG2NENV 10
#define ENVGENSHIFT 12
#define ENVX(envid) ((envid) & (NENV - 1))

/* Values of env_status. */
enum { ENV_FREE = 0, ENV_DYING, ENV_RUNNABLE, ENV_RUNNING, ENV_NOT_RUNNABLE };

enum EnvType {
	ENV_TYPE_USER = 0,
	ENV_TYPE_FS, /* there is none */
};

/* The public record of an env, by slot. What JOS shows besides (saved registers, page directory) is
 * nobody's business here. */
struct Env {
	envid_t env_id;
	envid_t env_parent_id;
	uint8_t env_status;
	uint8_t env_waits; /* in an IPC */
	uint16_t env_type; /* enum EnvType */
	uint32_t env_runs;
	int env_cpunum;
	envid_t env_controller; /* who may act on it */
	envid_t env_pager;      /* 0: handles its faults itself */
	uint32_t env_pages;     /* mapped pages and page tables */
	uint32_t env_limit;     /* of pages, 0 none */
	envid_t env_partner;    /* whom it waits for in an IPC, 0 anyone */

	/* Of its last sys_ipc_recv. */
	uint32_t env_ipc_recving;
	void *env_ipc_dstva;
	uint32_t env_ipc_value;
	envid_t env_ipc_from;
	int env_ipc_perm;   /* 0: no page came */
	uint32_t env_label; /* whose process it is of; procmgr's number */

	uint32_t env_faults[14];  /* counts, as struct fault_counts */
	void *env_pgfault_upcall; /* as sys_env_set_pgfault_upcall set it last */
	uint32_t env_reserved;
};
_Static_assert(sizeof(struct Env) == 128, "one record of the kernel's table");

extern const volatile struct Env envs[NENV];
