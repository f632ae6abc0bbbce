/* The VGA text screen: 80 x 25 cells, a small part of a VT100's behaviour. */
#pragma once

#include "kernel/abi/types.h"

/* Where procmgr maps the 32 KiB of text memory. */
#define VGA_MEMORY 0x00300000u

enum {
	VGA_COLUMNS = 80,
	VGA_ROWS = 25,
	VGA_MEMORY_CELLS = 8 * 4096 / 2,
	VGA_MEMORY_ROWS = VGA_MEMORY_CELLS / VGA_COLUMNS,
	VGA_BLANK = 0x0720, /* a space, light grey on black */
};

enum vga_state { VGA_TEXT, VGA_ESCAPE, VGA_SEQUENCE };

struct vga {
	volatile uint16_t *cells; /* VGA_MEMORY_CELLS of them */
	unsigned top;             /* row of the memory that is the screen's first */
	unsigned row;             /* on the screen, below VGA_ROWS */
	unsigned column;          /* up to VGA_COLUMNS: the line is full, the next cell wraps */
	enum vga_state state;
	unsigned parameter;    /* of the escape sequence, 0 none */
	unsigned shown_origin; /* what the display controller was last told, in cells */
	unsigned shown_cursor;
};

/* Goes on below what the kernel left on the screen, which starts with the first cell then; else
 * clears it. cells: the text memory. */
void vga_init(struct vga *vga, volatile uint16_t *cells);

/* Whether this can be the state of a screen. */
bool vga_makes_sense(const struct vga *vga);
/* Goes on with a screen that another console showed. */
void vga_resume(struct vga *vga);

/* Prints one byte: text, \b (which also walks back over a wrapped line) \t \r, \n (which starts
 * a new line), ESC [ n C and D (right, left), ESC [ K (erase to the end of the line; 1 K to the
 * start, 2 K all). Other sequences and control characters are swallowed. */
void vga_put(struct vga *vga, uint8_t byte);

/* Tells the display controller about scrolling and the cursor. */
void vga_sync(struct vga *vga);
