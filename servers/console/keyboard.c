/* Driver of the PS/2 keyboard (Intel 8042; IBM PS/2 Technical Reference, keyboard controller).
 *
 * Setting up waits for the controller only a bounded number of reads, so a machine with none, or
 * with a deaf one, loses the keyboard and nothing else. The interrupt is edge-triggered: each is
 * answered by reading until the output buffer is empty. */

#include "servers/console/keyboard.h"

#include "servers/console/ports.h"

enum {
	KEYBOARD_DATA = 0x60,
	KEYBOARD_STATUS = 0x64,
	KEYBOARD_COMMAND = 0x64,
};

enum {
	STATUS_OUTPUT_FULL = 0x01,
	STATUS_INPUT_FULL = 0x02,
	STATUS_FROM_MOUSE = 0x20,
	STATUS_ABSENT = 0xFF, /* nothing drives the bus */
	COMMAND_READ_CONFIG = 0x20,
	COMMAND_WRITE_CONFIG = 0x60,
	COMMAND_DISABLE_MOUSE = 0xA7,
	COMMAND_DISABLE_KEYBOARD = 0xAD,
	COMMAND_ENABLE_KEYBOARD = 0xAE,
	CONFIG_KEYBOARD_IRQ = 0x01,
	CONFIG_MOUSE_IRQ = 0x02,
	CONFIG_KEYBOARD_OFF = 0x10,
	CONFIG_MOUSE_OFF = 0x20,
	CONFIG_TRANSLATE = 0x40,
	KEYBOARD_ENABLE_SCANNING = 0xF4,
};

enum {
	WAIT_READS_MAX = 10000, /* some ten milliseconds */
	FLUSH_READS_MAX = 64,
};

/* Waits until the status bits `mask` read as `want`; false if they do not. */
static bool wait_status(uint8_t mask, uint8_t want)
{
	for (int i = 0; i < WAIT_READS_MAX; i++) {
		if ((port_in8(KEYBOARD_STATUS) & mask) == want) {
			return true;
		}
	}
	return false;
}

static bool send_byte(uint16_t port, uint8_t byte)
{
	if (!wait_status(STATUS_INPUT_FULL, 0)) {
		return false;
	}
	port_out8(port, byte);
	return true;
}

static void flush_output_buffer(void)
{
	for (int i = 0; i < FLUSH_READS_MAX; i++) {
		if (!(port_in8(KEYBOARD_STATUS) & STATUS_OUTPUT_FULL)) {
			return;
		}
		port_in8(KEYBOARD_DATA);
	}
}

static bool configure_controller(void)
{
	uint8_t config;

	if (!send_byte(KEYBOARD_COMMAND, COMMAND_READ_CONFIG) ||
	    !wait_status(STATUS_OUTPUT_FULL, STATUS_OUTPUT_FULL)) {
		return false;
	}
	config = port_in8(KEYBOARD_DATA);
	config &= ~(CONFIG_MOUSE_IRQ | CONFIG_KEYBOARD_OFF);
	config |= CONFIG_KEYBOARD_IRQ | CONFIG_MOUSE_OFF | CONFIG_TRANSLATE;
	return send_byte(KEYBOARD_COMMAND, COMMAND_WRITE_CONFIG) &&
	       send_byte(KEYBOARD_DATA, config);
}

void keyboard_init(struct keyboard *keyboard)
{
	*keyboard = (struct keyboard){0};
	if (port_in8(KEYBOARD_STATUS) == STATUS_ABSENT) {
		return;
	}
	if (!send_byte(KEYBOARD_COMMAND, COMMAND_DISABLE_KEYBOARD) ||
	    !send_byte(KEYBOARD_COMMAND, COMMAND_DISABLE_MOUSE)) {
		return;
	}
	flush_output_buffer();
	/* The keyboard's answer to the last command comes by interrupt and decodes to nothing. */
	keyboard->present = configure_controller() &&
	                    send_byte(KEYBOARD_COMMAND, COMMAND_ENABLE_KEYBOARD) &&
	                    send_byte(KEYBOARD_DATA, KEYBOARD_ENABLE_SCANNING);
}

bool keyboard_next(struct keyboard *keyboard, uint8_t *byte)
{
	if (!keyboard->present) {
		return false;
	}
	while (keyboard->next == keyboard->count) {
		uint8_t status = port_in8(KEYBOARD_STATUS);
		uint8_t code;

		if (!(status & STATUS_OUTPUT_FULL)) {
			return false;
		}
		code = port_in8(KEYBOARD_DATA);
		if (!(status & STATUS_FROM_MOUSE)) {
			keyboard->next = 0;
			keyboard->count =
				scancode_decode(&keyboard->decoder, code, keyboard->bytes);
		}
	}
	*byte = keyboard->bytes[keyboard->next++];
	return true;
}
