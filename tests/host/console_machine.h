/* A model of the console's devices: a 16550, an 8042 with a keyboard, a CRT controller. */
#pragma once

#include "kernel/abi/types.h"

enum { MACHINE_SENT_MAX = 1 << 20 };

struct machine {
	/* To be set by the test. */
	bool has_serial, has_keyboard, deaf_keyboard;
	bool fast_serial; /* sends what it gets at once, as QEMU does */

	/* To be looked at. */
	uint32_t irqs; /* edges since last cleared: 1 << irq */
	char sent[MACHINE_SENT_MAX];
	uint32_t sent_length;
	uint32_t line_writes; /* to what the kernel sets: divisor access, modem control */
	uint32_t overruns;    /* bytes written to a full transmitter */
	uint8_t crtc[256];    /* registers */
	uint32_t port_reads;  /* of any port */

	/* Its own. */
	uint8_t scratch, ier, fcr;
	bool transmit_cause, serial_line, receiver_stuck;
	char transmit[16];
	uint32_t transmit_length;
	bool shifting; /* the shift register is busy */
	char shift;
	char received[1 << 16];
	uint32_t received_put, received_taken;
	uint8_t config, command, crtc_index;
	uint8_t keys[1 << 12];
	uint32_t keys_put, keys_taken;
	bool keyboard_off;
};

extern struct machine machine;

/* A machine with all devices, fresh from its BIOS. */
void machine_reset(void);

/* Bytes arrive on the serial line. */
void machine_type(const char *bytes, uint32_t length);

/* Codes arrive from the keyboard. */
void machine_press(const uint8_t *codes, uint32_t count);

/* The serial line sends up to `count` bytes (slow serial lines only). */
void machine_send(uint32_t count);
