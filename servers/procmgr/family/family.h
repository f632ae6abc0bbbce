/* Families: the envs of a process, which it made itself. */
#pragma once

#include "servers/procmgr/process/table.h"

/* The process on path `self` to whose family the env belongs, itself included; NULL: none. */
struct process *family_of(envid_t env);

/* How many slots for envs the process has, on any path: also those of dead ones whose end is not
 * over, or not read. */
uint32_t family_size(const struct process *process);

/* Ends every env of the process, which is on path `self`, whatever they do meanwhile. */
void family_destroy(struct process *process, int status);

/* The same on any path, and all but one, which is stopped; the process is not told. */
void family_destroy_but(struct process *process, envid_t kept, int status);

/* A process on path `self` seems to be over: the next family_settle looks for heirs, and finishes
 * it. */
void family_end_later(void);

/* There is something for family_settle to do, when the requests that wait now are served. */
void family_come_again(void);

/* The kernel says that envs of ours died, or that envs of dead ones came to us; or there is more to
 * do. Does a bounded part, and raises a bit at ourselves if that was not all. */
void family_settle(void);
