/* Text output to both devices. The serial ring is what bounds it: a byte counts two, as it might
 * be a newline. The screen takes everything at once. */

#include "servers/console/output.h"

void output_init(struct output *output, volatile uint16_t *cells)
{
	serial_init(&output->serial);
	vga_init(&output->vga, cells);
}

bool output_fits(const struct output *output, uint32_t length)
{
	return output_fits_echo(output, length + OUTPUT_RESERVE);
}

bool output_fits_echo(const struct output *output, uint32_t length)
{
	return serial_room(&output->serial) >= 2 * length;
}

void output_write(struct output *output, const char *text, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++) {
		if (text[i] == '\n') {
			serial_put(&output->serial, '\r');
		}
		serial_put(&output->serial, (uint8_t)text[i]);
		vga_put(&output->vga, (uint8_t)text[i]);
	}
}

void output_start(struct output *output)
{
	serial_transmit(&output->serial);
	vga_sync(&output->vga);
}
