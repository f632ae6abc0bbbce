/* Line editing. Pure: keys go in, bytes to show come out through a function. */
#pragma once

#include "kernel/abi/types.h"
#include "servers/console/history.h"

/* No key shows more bytes than this: the worst is a full line erased from its end. */
enum { LINE_EMIT_MAX = 3 * CONSOLE_BYTES_MAX };

/* Shows bytes on the terminal. */
typedef void line_emit_fn(void *context, const char *bytes, unsigned length);

enum line_event {
	LINE_EDITING,  /* the line goes on */
	LINE_DONE,     /* it is complete: text[0..length) */
	LINE_END,      /* end of input: Ctrl-D on an empty line */
	LINE_TOO_LONG, /* it ended, but is not what was typed */
};

enum line_escape { LINE_PLAIN, LINE_ESCAPE, LINE_SEQUENCE };

struct line {
	line_emit_fn *emit;
	void *context;
	char text[LINE_LENGTH_MAX];
	unsigned length;
	unsigned cursor;
	enum line_escape escape; /* how far into an escape sequence the keys are */
	unsigned parameter;      /* its number */
	bool overfull;           /* text was typed that is not in it */
	struct history history;
	unsigned back;             /* which line of the history is shown, 0 the new one */
	struct history_line draft; /* the new one while another is shown */
};

/* An empty line with no history. */
void line_init(struct line *line, line_emit_fn *emit, void *context);

/* Takes one key: text, '\n' (ends the line), 8 or 127 (erase backwards), Ctrl-A and Ctrl-E (start,
 * end), Ctrl-U (erase to the start), Ctrl-W (erase a word), Ctrl-D (erase forwards; on an empty
 * line LINE_END), and the sequences of the cursor keys, Home, End and Delete. The rest is ignored.
 * A line that is full answers with BEL, and ends with LINE_TOO_LONG, unless something of it is
 * erased first: so who pastes does not run half a line, and who looks may shorten it. The same
 * after INPUT_GAP, for keys that were lost. After LINE_DONE the text stands until line_reset. */
enum line_event line_key(struct line *line, uint8_t key);

/* Shows the line so far, the cursor being where its first character belongs. */
void line_show(struct line *line);

/* Starts an empty line, showing nothing. The history stays. */
void line_reset(struct line *line);
