/* The last lines entered. */
#pragma once

#include "protocols/console.h"

enum {
	LINE_LENGTH_MAX = CONSOLE_LINE_MAX,
	HISTORY_LINES = 16,
};

struct history_line {
	unsigned length;
	char text[LINE_LENGTH_MAX];
};

/* Entry n of all ever added is in lines[n % HISTORY_LINES]. */
struct history {
	unsigned added;
	struct history_line lines[HISTORY_LINES];
};

/* Remembers a line of up to LINE_LENGTH_MAX bytes, unless it is empty or the same as the last. */
void history_add(struct history *history, const char *text, unsigned length);

/* The line `back` entries ago, 1 the newest; NULL if there is none. */
const struct history_line *history_get(const struct history *history, unsigned back);
