/* System call dispatch. */
#pragma once

struct env;

/* Does the call in the running env's registers. Returns who runs next; NULL: the scheduler
 * chooses. */
struct env *syscall_dispatch(struct env *env);

/* Delivers device interrupt `irq` to the env bound to it. */
void syscall_irq(unsigned irq);
