/* Ending the machine. */
#pragma once

/* Status of the machine when procmgr itself cannot go on. */
enum { POWER_STATUS_FAILED = 97 };

/* Powers the machine off. Status 0..100 becomes that of `scripts/run`. */
_Noreturn void power_off(int status);

/* Says what failed (with the name of a status code, if it is negative) and powers off. */
_Noreturn void power_fail(const char *what, int status);
