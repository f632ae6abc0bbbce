/* A ring of the last lines. The line editor is its only user. */

#include "servers/console/history.h"

#include "libsys/assert.h"
#include "libsys/string.h"

void history_add(struct history *history, const char *text, unsigned length)
{
	const struct history_line *last = history_get(history, 1);
	struct history_line *line = &history->lines[history->added % HISTORY_LINES];

	assert(length <= LINE_LENGTH_MAX);
	if (length == 0) {
		return;
	}
	if (last && last->length == length && memcmp(last->text, text, length) == 0) {
		return;
	}
	line->length = length;
	memcpy(line->text, text, length);
	history->added++;
}

const struct history_line *history_get(const struct history *history, unsigned back)
{
	if (back == 0 || back > HISTORY_LINES || back > history->added) {
		return NULL;
	}
	return &history->lines[(history->added - back) % HISTORY_LINES];
}
