/* Where code and data go. */
#pragma once

/* Start-up code, and data that is zero at first: only start-up uses it, and its frames are free
 * after that (frame_free_init). The linker script lets nothing else refer to it. Other CPUs run
 * such code until they say CPU_HERE; one that has not said so in time is stopped by an INIT. */
#define INIT __attribute__((section(".init.text"), cold))
#define INIT_DATA __attribute__((section(".bss.init")))

/* In a file that is made fast (mk/kernel.mk): this one is made small. */
#define COLD __attribute__((cold))
