/* Where text goes: the serial line and the screen, with room to spare for the echo. */
#pragma once

#include "servers/console/kept.h"
#include "servers/console/serial.h"

/* Clients' text leaves room for this many bytes of echo, which so never waits behind them. */
enum { OUTPUT_RESERVE = 1024 };

struct output {
	struct serial serial;
	struct kept *kept;
};

/* Sets up both devices, to go on with the text and, if it makes sense, the screen in *kept. cells:
 * the text memory. */
void output_init(struct output *output, struct kept *kept, volatile uint16_t *cells);

/* Whether a client's text of this length fits now, beside the reserve. */
bool output_fits(const struct output *output, uint32_t length);

/* Whether an echo of up to `length` bytes fits now. */
bool output_fits_echo(const struct output *output, uint32_t length);

/* Prints text; '\n' goes to the line as "\r\n". The caller has asked whether it fits. */
void output_write(struct output *output, const char *text, uint32_t length);

/* The same for a numbered write of a client: whenever this console ends, the write is either noted
 * and all of the text will be sent, or neither. */
void output_accept(struct output *output, envid_t client, uint32_t number, const char *text,
                   uint32_t length);

/* Starts what can go at once: bytes to the transmitter, the cursor to its place. */
void output_start(struct output *output);
