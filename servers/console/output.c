/* Text output to both devices. The serial ring is what bounds it: a byte counts two, as it might
 * be a newline. The screen takes everything at once. */

#include "servers/console/output.h"

void output_init(struct output *output, struct kept *kept, volatile uint16_t *cells)
{
	output->kept = kept;
	serial_init(&output->serial, &kept->out);
	if (vga_makes_sense(&kept->vga)) {
		vga_resume(&kept->vga);
	} else {
		vga_init(&kept->vga, cells);
	}
}

bool output_fits(const struct output *output, uint32_t length)
{
	return output_fits_echo(output, length + OUTPUT_RESERVE);
}

bool output_fits_echo(const struct output *output, uint32_t length)
{
	return serial_room(&output->serial) >= 2 * length;
}

/* How many bytes the text has on the line, where it is written ahead. */
static uint32_t write_ahead(struct output *output, const char *text, uint32_t length)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < length; i++) {
		if (text[i] == '\n') {
			serial_write_ahead(&output->serial, n++, '\r');
		}
		serial_write_ahead(&output->serial, n++, (uint8_t)text[i]);
	}
	return n;
}

static void show_on_screen(struct output *output, const char *text, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++) {
		vga_put(&output->kept->vga, (uint8_t)text[i]);
	}
}

void output_write(struct output *output, const char *text, uint32_t length)
{
	serial_commit(&output->serial, write_ahead(output, text, length));
	show_on_screen(output, text, length);
}

void output_accept(struct output *output, envid_t client, uint32_t number, const char *text,
                   uint32_t length)
{
	uint32_t n = write_ahead(output, text, length);

	kept_note_write(output->kept, client, number, serial_mark_ahead(&output->serial, n));
	serial_commit(&output->serial, n);
	show_on_screen(output, text, length);
}

void output_start(struct output *output)
{
	serial_transmit(&output->serial);
	vga_sync(&output->kept->vga);
}
