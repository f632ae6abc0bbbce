/* The VGA text screen (IBM VGA; CRT controller index 0x3d4, data 0x3d5).
 *
 * Scrolling moves the display's start through the text memory, which holds some 200 lines, and
 * copies only when it comes to the end. Text memory is slow, a copy per line would cost more
 * than all else that the console does.
 *
 *     cells  +-------------------+
 *            | scrolled away     |
 *     top -> | screen, 25 rows   |
 *            |                   |
 *            | not yet used      |
 *            +-------------------+ VGA_MEMORY_ROWS */

#include "servers/console/vga.h"

#include "servers/console/ports.h"

enum {
	CRTC_INDEX = 0x3D4,
	CRTC_DATA = 0x3D5,
	CRTC_START_HIGH = 0x0C,
	CRTC_CURSOR_HIGH = 0x0E,
	VGA_NOT_SHOWN = 0xFFFF,
	VGA_TAB = 8,
	VGA_PARAMETER_MAX = 1000,
};

static volatile uint16_t *cell_at(struct vga *vga, unsigned row, unsigned column)
{
	return &vga->cells[(vga->top + row) * VGA_COLUMNS + column];
}

/* Blanks columns [first, end) of the current row. */
static void erase_columns(struct vga *vga, unsigned first, unsigned end)
{
	for (unsigned column = first; column < end; column++) {
		*cell_at(vga, vga->row, column) = VGA_BLANK;
	}
}

static void wrap_memory(struct vga *vga)
{
	volatile uint16_t *screen = cell_at(vga, 0, 0);

	for (unsigned i = 0; i < (VGA_ROWS - 1) * VGA_COLUMNS; i++) {
		vga->cells[i] = screen[i];
	}
	vga->top = 0;
}

static void new_line(struct vga *vga)
{
	vga->column = 0;
	if (vga->row < VGA_ROWS - 1) {
		vga->row++;
		return;
	}
	vga->top++;
	if (vga->top + VGA_ROWS > VGA_MEMORY_ROWS) {
		wrap_memory(vga);
	}
	erase_columns(vga, 0, VGA_COLUMNS);
}

static void move_back(struct vga *vga)
{
	if (vga->column > 0) {
		vga->column--;
	} else if (vga->row > 0) {
		vga->row--;
		vga->column = VGA_COLUMNS - 1;
	}
}

static void put_glyph(struct vga *vga, uint8_t byte)
{
	if (vga->column == VGA_COLUMNS) {
		new_line(vga);
	}
	*cell_at(vga, vga->row, vga->column) = (VGA_BLANK & 0xFF00) | byte;
	vga->column++;
}

static void put_text(struct vga *vga, uint8_t byte)
{
	switch (byte) {
	case '\n': new_line(vga); break;
	case '\r': vga->column = 0; break;
	case '\b': move_back(vga); break;
	case '\t':
		vga->column = (vga->column / VGA_TAB + 1) * VGA_TAB;
		if (vga->column > VGA_COLUMNS - 1) {
			vga->column = VGA_COLUMNS - 1;
		}
		break;
	case 0x1B: vga->state = VGA_ESCAPE; break;
	default:
		if (byte >= ' ' && byte != 0x7F) {
			put_glyph(vga, byte);
		}
	}
}

static void erase_line(struct vga *vga)
{
	unsigned column = vga->column < VGA_COLUMNS ? vga->column : VGA_COLUMNS - 1;

	switch (vga->parameter) {
	case 0: erase_columns(vga, vga->column, VGA_COLUMNS); break;
	case 1: erase_columns(vga, 0, column + 1); break;
	case 2: erase_columns(vga, 0, VGA_COLUMNS); break;
	}
}

static void run_sequence(struct vga *vga, uint8_t command)
{
	unsigned count = vga->parameter > 0 ? vga->parameter : 1;

	switch (command) {
	case 'C':
		vga->column += count;
		if (vga->column > VGA_COLUMNS - 1) {
			vga->column = VGA_COLUMNS - 1;
		}
		break;
	case 'D': vga->column = vga->column > count ? vga->column - count : 0; break;
	case 'K': erase_line(vga); break;
	}
}

static void put_sequence(struct vga *vga, uint8_t byte)
{
	if (byte >= '0' && byte <= '9') {
		if (vga->parameter < VGA_PARAMETER_MAX) {
			vga->parameter = vga->parameter * 10 + (byte - '0');
		}
	} else if (byte == ';') {
		vga->parameter = 0;
	} else if (byte >= '@') {
		vga->state = VGA_TEXT;
		run_sequence(vga, byte);
	} else if (byte < ' ') {
		vga->state = VGA_TEXT;
		put_text(vga, byte);
	}
}

/* Whether the display starts with the first cell of the memory: the console has not scrolled, nor
 * anybody else. */
static bool starts_at_first_cell(void)
{
	bool starts = true;

	for (unsigned i = 0; i < 2; i++) {
		port_out8(CRTC_INDEX, CRTC_START_HIGH + i);
		starts = starts && port_in8(CRTC_DATA) == 0;
	}
	return starts;
}

static bool row_is_blank(struct vga *vga, unsigned row)
{
	for (unsigned column = 0; column < VGA_COLUMNS; column++) {
		uint8_t byte = *cell_at(vga, row, column) & 0xFF;

		if (byte != ' ' && byte != 0) {
			return false;
		}
	}
	return true;
}

void vga_init(struct vga *vga, volatile uint16_t *cells)
{
	*vga = (struct vga){
		.cells = cells,
		.shown_origin = VGA_NOT_SHOWN,
		.shown_cursor = VGA_NOT_SHOWN,
	};
	if (starts_at_first_cell()) {
		vga->row = VGA_ROWS - 1;
		if (!row_is_blank(vga, vga->row)) {
			new_line(vga);
		}
		while (vga->row > 0 && row_is_blank(vga, vga->row - 1)) {
			vga->row--;
		}
	} else {
		for (unsigned i = 0; i < VGA_ROWS * VGA_COLUMNS; i++) {
			cells[i] = VGA_BLANK;
		}
	}
	vga_sync(vga);
}

bool vga_makes_sense(const struct vga *vga)
{
	return vga->cells == (volatile uint16_t *)(uintptr_t)VGA_MEMORY &&
	       vga->top <= VGA_MEMORY_ROWS - VGA_ROWS && vga->row < VGA_ROWS &&
	       vga->column <= VGA_COLUMNS && vga->state <= VGA_SEQUENCE &&
	       vga->parameter <= VGA_PARAMETER_MAX;
}

void vga_resume(struct vga *vga)
{
	vga->shown_origin = VGA_NOT_SHOWN;
	vga->shown_cursor = VGA_NOT_SHOWN;
	vga_sync(vga);
}

void vga_put(struct vga *vga, uint8_t byte)
{
	switch (vga->state) {
	case VGA_TEXT: put_text(vga, byte); break;
	case VGA_ESCAPE:
		vga->state = byte == '[' ? VGA_SEQUENCE : VGA_TEXT;
		vga->parameter = 0;
		break;
	case VGA_SEQUENCE: put_sequence(vga, byte); break;
	}
}

/* Writes a 16-bit register, which is a pair: index, high byte; index + 1, low byte. */
static void write_pair(uint8_t index, unsigned value)
{
	port_out8(CRTC_INDEX, index);
	port_out8(CRTC_DATA, (value >> 8) & 0xFF);
	port_out8(CRTC_INDEX, index + 1);
	port_out8(CRTC_DATA, value & 0xFF);
}

void vga_sync(struct vga *vga)
{
	unsigned column = vga->column < VGA_COLUMNS ? vga->column : VGA_COLUMNS - 1;
	unsigned origin = vga->top * VGA_COLUMNS;
	unsigned cursor = origin + vga->row * VGA_COLUMNS + column;

	if (origin != vga->shown_origin) {
		write_pair(CRTC_START_HIGH, origin);
		vga->shown_origin = origin;
	}
	if (cursor != vga->shown_cursor) {
		write_pair(CRTC_CURSOR_HIGH, cursor);
		vga->shown_cursor = cursor;
	}
}
