/* The device model. Interrupts are edges: one is seen when a line goes from low to high, so a
 * driver that leaves a cause unserved gets no more, as on the real machine. */

#include "tests/host/console_machine.h"

#include "servers/console/ports.h"

#include <string.h>

struct machine machine;

enum { FIFO_DEPTH = 16 };

static bool receive_cause(void)
{
	return !machine.receiver_stuck && machine.received_put != machine.received_taken;
}

static void update_line(void)
{
	bool high = ((machine.ier & 1) && receive_cause()) ||
	            ((machine.ier & 2) && machine.transmit_cause);

	if (high && !machine.serial_line) {
		machine.irqs |= 1u << 4;
	}
	machine.serial_line = high;
}

static void shift_out(void)
{
	if (machine.shifting) {
		machine.sent[machine.sent_length++] = machine.shift;
		machine.shifting = false;
	}
}

/* Moves the next byte into the shift register. */
static void load_shift(void)
{
	if (machine.shifting || machine.transmit_length == 0) {
		return;
	}
	machine.shift = machine.transmit[0];
	machine.shifting = true;
	machine.transmit_length--;
	memmove(machine.transmit, machine.transmit + 1, machine.transmit_length);
	if (machine.transmit_length == 0) {
		machine.transmit_cause = true;
	}
}

static void transmit(uint8_t byte)
{
	uint32_t depth = machine.fcr & 1 ? FIFO_DEPTH : 1;

	if (machine.transmit_length == depth) {
		machine.overruns++;
		return;
	}
	machine.transmit_cause = false;
	update_line();
	machine.transmit[machine.transmit_length++] = (char)byte;
	load_shift();
	if (machine.fast_serial) {
		shift_out();
	}
	update_line();
}

void machine_send(uint32_t count)
{
	while (count-- > 0) {
		shift_out();
		load_shift();
		update_line();
	}
}

void machine_type(const char *bytes, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++) {
		machine.received[machine.received_put++ % sizeof(machine.received)] = bytes[i];
	}
	update_line();
}

static uint8_t read_data(void)
{
	uint8_t byte = 0;

	if (receive_cause()) {
		byte = (uint8_t)machine
		               .received[machine.received_taken++ % sizeof(machine.received)];
	}
	machine.receiver_stuck = false;
	update_line();
	return byte;
}

static uint8_t read_identification(void)
{
	uint8_t fifo = machine.fcr & 1 ? 0xC0 : 0;

	if ((machine.ier & 1) && receive_cause()) {
		return fifo | 4;
	}
	if ((machine.ier & 2) && machine.transmit_cause) {
		machine.transmit_cause = false;
		update_line();
		return fifo | 2;
	}
	return fifo | 1;
}

static uint8_t read_line_status(void)
{
	uint8_t status = receive_cause() ? 0x01 : 0;

	if (machine.transmit_length == 0) {
		status |= machine.shifting ? 0x20 : 0x60;
	}
	return status;
}

static uint8_t read_serial(uint16_t port)
{
	if (!machine.has_serial) {
		return 0xFF;
	}
	switch (port) {
	case 0x3F8: return read_data();
	case 0x3F9: return machine.ier;
	case 0x3FA: return read_identification();
	case 0x3FB: return 0x03; /* as the kernel has set it */
	case 0x3FC: return 0x0B;
	case 0x3FD: return read_line_status();
	case 0x3FE: return 0xB0;
	default: return machine.scratch;
	}
}

static void write_enable(uint8_t value)
{
	if ((value & 2) && !(machine.ier & 2)) {
		machine.transmit_cause = machine.transmit_length == 0;
	}
	machine.ier = value;
	update_line();
}

/* Turning the FIFO on or off empties the receiver, and QEMU then waits for a read. */
static void write_fifo_control(uint8_t value)
{
	if ((value ^ machine.fcr) & 1 && receive_cause()) {
		machine.received_taken++;
		machine.receiver_stuck = true;
	}
	machine.fcr = value;
	update_line();
}

static void write_serial(uint16_t port, uint8_t value)
{
	if (!machine.has_serial) {
		return;
	}
	switch (port) {
	case 0x3F8: transmit(value); break;
	case 0x3F9: write_enable(value); break;
	case 0x3FA: write_fifo_control(value); break;
	case 0x3FB:
	case 0x3FC: machine.line_writes++; break;
	case 0x3FF: machine.scratch = value; break;
	}
}

static void answer_key(uint8_t code)
{
	machine.keys[machine.keys_put++ % sizeof(machine.keys)] = code;
}

void machine_press(const uint8_t *codes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (!machine.keyboard_off) {
			answer_key(codes[i]);
		}
	}
	if (machine.config & 1) {
		machine.irqs |= 1u << 1;
	}
}

static uint8_t read_keyboard(uint16_t port)
{
	bool full = machine.keys_put != machine.keys_taken;

	if (!machine.has_keyboard) {
		return 0xFF;
	}
	if (port == 0x64) {
		return (full ? 1 : 0) | (machine.deaf_keyboard ? 2 : 0);
	}
	return full ? machine.keys[machine.keys_taken++ % sizeof(machine.keys)] : 0;
}

static void write_keyboard(uint16_t port, uint8_t value)
{
	if (port == 0x60) {
		if (machine.command == 0x60) {
			machine.config = value;
		} else if (value == 0xF4) {
			answer_key(0xFA);
		}
		machine.command = 0;
		return;
	}
	machine.command = value;
	if (value == 0x20) {
		answer_key(machine.config);
	} else if (value == 0xAD || value == 0xAE) {
		machine.keyboard_off = value == 0xAD;
	}
}

uint8_t port_in8(uint16_t port)
{
	machine.port_reads++;
	if (port >= 0x3F8 && port <= 0x3FF) {
		return read_serial(port);
	}
	if (port == 0x60 || port == 0x64) {
		return read_keyboard(port);
	}
	if (port == 0x3D5) {
		return machine.crtc[machine.crtc_index];
	}
	return 0xFF;
}

void port_out8(uint16_t port, uint8_t value)
{
	if (port >= 0x3F8 && port <= 0x3FF) {
		write_serial(port, value);
	} else if (port == 0x60 || port == 0x64) {
		write_keyboard(port, value);
	} else if (port == 0x3D4) {
		machine.crtc_index = value;
	} else if (port == 0x3D5) {
		machine.crtc[machine.crtc_index] = value;
	}
}

const char port_sent[1];

void port_send(uint16_t port, uint8_t value, uint32_t *count)
{
	port_out8(port, value);
	++*count;
}

void machine_reset(void)
{
	memset(&machine, 0, sizeof(machine));
	machine.has_serial = true;
	machine.has_keyboard = true;
	machine.fast_serial = true;
	machine.transmit_cause = true;
}
