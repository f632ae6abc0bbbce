/* Where code and data go. */
#ifndef PARLEY_KERNEL_SECTION_H
#define PARLEY_KERNEL_SECTION_H

/* Start-up code, and data that is zero at first: only start-up uses it, and its frames are free after that
 * (frame_free_init). The linker script lets nothing else refer to it. What other CPUs run is no such code: one that
 * is late may be in it at any time. */
#define INIT __attribute__((section(".init.text"), cold))
#define INIT_DATA __attribute__((section(".bss.init")))

/* In a file that is made fast (see the Makefile): this one is made small. */
#define COLD __attribute__((cold))

#endif
