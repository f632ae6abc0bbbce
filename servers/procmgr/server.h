/* The servers that procmgr starts, and the boot modules that they come from. */
#ifndef PARLEY_SERVERS_PROCMGR_SERVER_H
#define PARLEY_SERVERS_PROCMGR_SERVER_H

#include "libsys/syscall.h"
#include "servers/procmgr/protocol.h"
#include "servers/procmgr/table.h"

/* Maps the boot modules and reads the archive. Powers the machine off if that fails. */
void server_map_modules(void);

/* Starts the pager and the console. Powers the machine off if that fails. */
void server_start_all(void);

/* A server's env; E_NOT_FOUND if there is no such server. */
envid_t server_env(enum pm_server which);

/* Which server that is, 0: none. */
enum pm_server server_of_env(envid_t env);

/* A server has died, or says that it cannot go on: the machine cannot go on either. */
_Noreturn void server_failed(enum pm_server which, const struct ending *ending);

#endif
