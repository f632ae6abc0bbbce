/* Stands in for libsys/ipc.h on the host, where these are functions of the test (console_world.c)
 * and not inline ways into a kernel. Their contracts are in libsys/ipc.h. */
#pragma once

#include "kernel/abi/ipc.h"
#include "libsys/syscall.h"

struct ipc_msg {
	envid_t from;
	uint32_t w[3];
	uint32_t nwords;
	uint32_t npages;
};

enum ipc_rank { IPC_RANK_PAGER = 1, IPC_RANK_PROCMGR, IPC_RANK_CONSOLE, IPC_RANK_APP };

int ipc_call(envid_t to, struct ipc_msg *msg, uint32_t flags);
int ipc_reply(envid_t to, const struct ipc_msg *msg);
int ipc_reply_recv(envid_t to, struct ipc_msg *msg, uint32_t flags);
void ipc_set_rank(enum ipc_rank own);
void ipc_know_rank(envid_t env, enum ipc_rank rank);
uint32_t ipc_put_bytes(const void *bytes, uint32_t length);
void ipc_get_bytes(void *bytes, uint32_t length);
