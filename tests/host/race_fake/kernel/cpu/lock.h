/* The kernel lock as it is, but somebody looks at the state whenever it is given back. */
#pragma once

#define lock_release hardware_lock_release
#include_next "kernel/cpu/lock.h"
#undef lock_release
#define LOCK_QUICK_LOOKS 1 /* each is a point at which others may go on */

void race_release(void);

static inline void lock_release(void)
{
	race_release();
	hardware_lock_release();
}
