/* The page calls (kernel/abi/syscall.h): runs of pages in spaces that the caller may page. */
#pragma once

#include "kernel/abi/ipc.h"
#include "kernel/abi/types.h"

struct env;

/* Each takes the caller, whose registers hold the arguments; returns the number of pages done or an
 * error. Lock held; none blocks. */
int pagecall_alloc(struct env *env);
int pagecall_map(struct env *env);
int pagecall_unmap(struct env *env);
int pagecall_query(struct env *env);
int pagecall_mark(struct env *env);
int pagecall_share(struct env *env);
int pagecall_phys(struct env *env);
