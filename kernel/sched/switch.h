/* Which env a CPU runs, and what of the processor goes with it. */
#pragma once

struct cpu;
struct env;

/* Makes `next` the env of this CPU: address space, entry stack, ports, FPU ownership. Lock held. */
void switch_env(struct cpu *cpu, struct env *next);
/* Leaves the env's space for the kernel's own directory: cpu->env = NULL, FPU state saved. Lock
 * held. */
void switch_leave(struct cpu *cpu);
/* The same for an env that comes back by the instruction that brought it into the kernel. On cpu
 * itself, which runs one, while another CPU holds the lock. */
void switch_evict(struct cpu *cpu);

/* The env's ports changed: bitmaps that hold them are filled anew. Lock held. */
void switch_ports_changed(const struct env *env);

/* Gives the FPU to cpu->env (device-not-available exception). Lock held. */
void switch_fpu_load(struct cpu *cpu);
/* The state of a new env: a copy of `like`'s, which runs on no other CPU; NULL: as after reset.
 * Lock held. */
void switch_fpu_copy(void *area, const struct env *like);
