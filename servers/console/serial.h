/* The first serial port: a 16550 at 0x3f8, interrupt 4, 115200 baud, 8N1. */
#ifndef PARLEY_SERVERS_CONSOLE_SERIAL_H
#define PARLEY_SERVERS_CONSOLE_SERIAL_H

#include "servers/console/ring.h"

enum { SERIAL_IRQ = 4, SERIAL_EARLY_SIZE = 256, SERIAL_RING_SIZE = 8192 };

struct serial {
	bool present;
	struct ring early; /* what serial_init found in the receiver */
	uint8_t early_bytes[SERIAL_EARLY_SIZE];
	uint8_t fifo_depth; /* bytes that the transmitter takes at once */
	uint8_t enabled;    /* what the interrupt enable register holds */
	struct ring out;    /* not yet given to the transmitter */
	uint8_t out_bytes[SERIAL_RING_SIZE];
};

/* Finds the port and sets it up; received bytes that already wait in it are kept.
 * serial->present says whether it is there. */
void serial_init(struct serial *serial);

/* Bytes that serial_put takes now. Without a port everything is taken and forgotten. */
uint32_t serial_room(const struct serial *serial);

/* Queues one byte as it is. The caller has seen serial_room() > 0. */
void serial_put(struct serial *serial, uint8_t byte);

/* Gives queued bytes to the transmitter as far as it takes them; its interrupt asks for
 * the rest. Never waits. */
void serial_transmit(struct serial *serial);

/* The next received byte into *byte, or false. To be called until false after each interrupt:
 * it then has served every cause, so the line is low and the next cause makes an edge. */
bool serial_next(struct serial *serial, uint8_t *byte);

/* A mark for what is queued so far; serial_has_sent says whether all of it has left the machine. */
uint32_t serial_mark(const struct serial *serial);
bool serial_has_sent(const struct serial *serial, uint32_t mark);

#endif
