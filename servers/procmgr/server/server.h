/* The servers that procmgr starts, and the boot modules that they come from. */
#pragma once

#include "libsys/syscall.h"
#include "protocols/procmgr.h"
#include "servers/procmgr/process/table.h"

/* Maps the boot modules and reads the archive. Powers the machine off if that fails. */
void server_map_modules(void);

/* Starts the pager and the console. Powers the machine off if that fails. */
void server_start_all(void);

/* A server's env; E_NOT_FOUND if there is no such server, E_DEAD if it died too often. */
envid_t server_env(enum pm_server which);
/* How often it was started again. */
uint32_t server_restarts(enum pm_server which);

/* Stops the console for good, and prints what it has not printed yet. */
void server_silence_console(void);

/* Which server that is, 0: none. */
enum pm_server server_of_env(envid_t env);

/* A server has died, or says that it cannot go on: starts it again, with everybody who used it on
 * the new one; or, if it crashes in a loop, gives it up. Either is said in the log. */
void server_failed(enum pm_server which, const struct ending *ending);

/* A pager is dead: makes the pager server the pager of all envs that it paged. */
void server_pager_died(void);
/* Goes on with that; whether there may be more to do. */
bool server_settle(void);

/* Ends a server, and starts it again; that is no crash. OK or server_env's errors. */
int server_kill(enum pm_server which);
