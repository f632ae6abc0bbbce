/* Start-up: what the boot loader said, and the pieces that run once. */
#pragma once

#include "kernel/abi/bootinfo.h"
#include "kernel/base/section.h"

struct cpu;

/* Shown to the first server as it is. Gone after boot. */
extern struct bootinfo boot_info;

extern char kernel_start[], kernel_end[], init_start[], init_end[]; /* kernel/kernel.ld */

/* The length of `start`, if the text starts with it, else 0. */
uint32_t boot_starts_with(const char *text, const char *start);
/* Whether `word` stands on the command line, before any `app=`. */
bool boot_word(const char *cmdline, const char *word);

/* Reads the Multiboot 1 structures at physical address `mbi` into boot_info. Panics on nonsense. */
void multiboot_read(paddr_t mbi);

/* Makes the first env, procmgr, from module 0. Panics if that cannot be loaded. */
struct env;
struct env *loader_start(void);

/* Starts every other CPU that the firmware named; those that do not answer are reported and left
 * out. */
struct machine;
void smp_start(const struct machine *machine);

/* cpu_prepare and cpu_load, with what the layers above have of a CPU. */
struct cpu *boot_prepare_cpu(uint32_t index, uint32_t apic_id, vaddr_t stack_top);
void boot_load_cpu(struct cpu *cpu);
