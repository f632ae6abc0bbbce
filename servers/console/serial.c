/* Driver of the first serial port (16550; National Semiconductor PC16550D data sheet).
 *
 * Output waits in a ring and moves to the transmitter whenever that is empty: at once when
 * something is queued, later by its interrupt, which is on only while the ring holds bytes. A
 * machine that sends as fast as it is fed never sees a transmit interrupt. Input is read by
 * serial_next.
 *
 * The kernel has set the line up (boot.asm) and may be writing to it on another CPU, so nothing
 * here touches the divisor: while that can be reached, a byte that is sent becomes the divisor.
 *
 * The interrupt is edge-triggered: it comes when the first cause appears, and not again until
 * all causes are gone. So serial_next ends only when the port itself says "none pending". */

#include "servers/console/serial.h"

#include "servers/console/ports.h"

enum serial_port {
	SERIAL_DATA = 0x3F8,
	SERIAL_IER = 0x3F9, /* interrupt enable */
	SERIAL_IIR = 0x3FA, /* interrupt identification, read */
	SERIAL_FCR = 0x3FA, /* FIFO control, write */
	SERIAL_LSR = 0x3FD, /* line status */
	SERIAL_MSR = 0x3FE, /* modem status */
	SERIAL_SCRATCH = 0x3FF,
};

enum serial_bits {
	IER_RECEIVE = 0x01,
	IER_TRANSMIT = 0x02,
	IIR_NONE_PENDING = 0x01,
	IIR_FIFO = 0xC0,
	FCR_ENABLE = 0x01,
	LSR_RECEIVED = 0x01,
	LSR_TRANSMITTER_READY = 0x20,
	LSR_TRANSMITTER_EMPTY = 0x40,
};

enum {
	SERIAL_FIFO_DEPTH = 16,
};

static bool scratch_holds(uint8_t value)
{
	port_out8(SERIAL_SCRATCH, value);
	return port_in8(SERIAL_SCRATCH) == value;
}

static void enable_interrupts(struct serial *serial, uint8_t enabled)
{
	if (enabled != serial->enabled) {
		serial->enabled = enabled;
		port_out8(SERIAL_IER, enabled);
	}
}

void serial_init(struct serial *serial, struct console_out *out)
{
	serial->out = out;
	out->sent_ip = (uint32_t)(uintptr_t)port_sent;
	serial->present = scratch_holds(0x5A) && scratch_holds(0xA5);
	if (!serial->present) {
		return;
	}
	port_out8(SERIAL_IER, 0);
	/* Turning the FIFO on empties the receiver, so what was typed before is fetched first.
	 * After that QEMU hands over no more input until somebody reads, even if there is nothing.
	 * No trigger level: a key is one byte, and need not wait for the FIFO's time-out. */
	ring_init(&serial->early, serial->early_bytes, SERIAL_EARLY_SIZE);
	while ((port_in8(SERIAL_LSR) & LSR_RECEIVED) && ring_free(&serial->early) > 0) {
		ring_put(&serial->early, port_in8(SERIAL_DATA));
	}
	port_out8(SERIAL_FCR, FCR_ENABLE);
	if (!(port_in8(SERIAL_LSR) & LSR_RECEIVED)) {
		(void)port_in8(SERIAL_DATA);
	}
	serial->fifo_depth = 1;
	if ((port_in8(SERIAL_IIR) & IIR_FIFO) == IIR_FIFO) {
		serial->fifo_depth = SERIAL_FIFO_DEPTH;
	}
	serial->enabled = 0;
	enable_interrupts(serial, IER_RECEIVE);
}

uint32_t serial_room(const struct serial *serial)
{
	return serial->present ? out_free(serial->out) : CONSOLE_OUT_SIZE;
}

void serial_write_ahead(struct serial *serial, uint32_t at, uint8_t byte)
{
	out_write_ahead(serial->out, at, byte);
}

uint32_t serial_mark_ahead(const struct serial *serial, uint32_t n)
{
	return serial->out->put + (serial->present ? n : 0);
}

void serial_commit(struct serial *serial, uint32_t n)
{
	if (serial->present) {
		out_commit(serial->out, n);
	}
}

void serial_transmit(struct serial *serial)
{
	struct console_out *out = serial->out;

	if (!serial->present) {
		return;
	}
	while (out_used(out) > 0 && (port_in8(SERIAL_LSR) & LSR_TRANSMITTER_READY)) {
		for (int n = serial->fifo_depth; n > 0 && out_used(out) > 0; n--) {
			port_send(SERIAL_DATA, out_first(out), &out->taken);
		}
	}
	/* Turning it on while the transmitter is ready raises the interrupt, so nothing is lost
	 * between the look at LSR and here. */
	enable_interrupts(serial, out_used(out) > 0 ? IER_RECEIVE | IER_TRANSMIT : IER_RECEIVE);
}

bool serial_next(struct serial *serial, uint8_t *byte)
{
	if (!serial->present) {
		return false;
	}
	if (ring_take(&serial->early, byte)) {
		return true;
	}
	for (;;) {
		if (port_in8(SERIAL_LSR) & LSR_RECEIVED) {
			*byte = port_in8(SERIAL_DATA);
			return true;
		}
		/* Reading IIR clears the transmit cause, LSR the line status, MSR the modem
		 * status. */
		if (port_in8(SERIAL_IIR) & IIR_NONE_PENDING) {
			return false;
		}
		port_in8(SERIAL_MSR);
		serial_transmit(serial);
	}
}

uint32_t serial_mark(const struct serial *serial)
{
	return serial->out->put;
}

bool serial_has_sent(const struct serial *serial, uint32_t mark)
{
	int32_t beyond = (int32_t)(serial->out->taken - mark);

	if (!serial->present || beyond > SERIAL_FIFO_DEPTH) {
		return true; /* later bytes fill FIFO and shift register, so these are out */
	}
	return beyond >= 0 && (port_in8(SERIAL_LSR) & LSR_TRANSMITTER_EMPTY);
}
