/* The line editor.
 *
 *     text   p r i m e s _ 1 0 0        the terminal's cursor always stands where
 *                    ^         ^        `cursor` says, counted from where the line began
 *                 cursor     length
 *
 * It shows changes with backspaces, spaces and the text itself only, so that any terminal will
 * do, whatever its width, and nothing needs to know in which column the line began. */

#include "servers/console/line.h"

#include "libsys/string.h"
#include "servers/console/input.h"

enum {
	CTRL_A = 0x01,
	CTRL_D = 0x04,
	CTRL_E = 0x05,
	BELL = 0x07,
	BACKSPACE = 0x08,
	CTRL_U = 0x15,
	CTRL_W = 0x17,
	ESCAPE = 0x1B,
	DELETE = 0x7F,
	PARAMETER_MAX = 100,
};

static void emit_repeated(struct line *line, char c, unsigned count)
{
	char bytes[32];

	memset(bytes, c, sizeof(bytes));
	while (count > 0) {
		unsigned now = count < sizeof(bytes) ? count : sizeof(bytes);

		line->emit(line->context, bytes, now);
		count -= now;
	}
}

static void ring_bell(struct line *line)
{
	emit_repeated(line, BELL, 1);
}

static void move_to(struct line *line, unsigned cursor)
{
	if (cursor < line->cursor) {
		emit_repeated(line, '\b', line->cursor - cursor);
	} else if (cursor > line->cursor) {
		line->emit(line->context, line->text + line->cursor, cursor - line->cursor);
	}
	line->cursor = cursor;
}

/* Shows the text from the cursor on, blanks `erased` places behind it, and comes back. */
static void show_tail(struct line *line, unsigned erased)
{
	unsigned tail = line->length - line->cursor;

	line->emit(line->context, line->text + line->cursor, tail);
	emit_repeated(line, ' ', erased);
	emit_repeated(line, '\b', tail + erased);
}

static void insert_char(struct line *line, char c)
{
	if (line->length == LINE_LENGTH_MAX) {
		line->overfull = true;
		ring_bell(line);
		return;
	}
	memmove(line->text + line->cursor + 1, line->text + line->cursor,
	        line->length - line->cursor);
	line->text[line->cursor] = c;
	line->length++;
	move_to(line, line->cursor + 1);
	if (line->cursor < line->length) {
		show_tail(line, 0);
	}
}

/* Takes out [first, end). */
static void cut_chars(struct line *line, unsigned first, unsigned end)
{
	if (first == end) {
		return;
	}
	line->overfull = false;
	move_to(line, first);
	memmove(line->text + first, line->text + end, line->length - end);
	line->length -= end - first;
	show_tail(line, end - first);
}

static unsigned word_start(const struct line *line)
{
	unsigned start = line->cursor;

	while (start > 0 && line->text[start - 1] == ' ') {
		start--;
	}
	while (start > 0 && line->text[start - 1] != ' ') {
		start--;
	}
	return start;
}

static void replace_text(struct line *line, const struct history_line *with)
{
	unsigned old_length = line->length;

	line->overfull = false;
	move_to(line, 0);
	memcpy(line->text, with->text, with->length);
	line->length = with->length;
	move_to(line, line->length);
	if (old_length > line->length) {
		show_tail(line, old_length - line->length);
	}
}

/* Shows the line `back` entries ago; the new line is kept meanwhile. */
static void recall_history(struct line *line, unsigned back)
{
	const struct history_line *with = history_get(&line->history, back);

	if (back == 0) {
		with = &line->draft;
	} else if (!with) {
		ring_bell(line);
		return;
	}
	if (line->back == 0) {
		memcpy(line->draft.text, line->text, line->length);
		line->draft.length = line->length;
	}
	line->back = back;
	replace_text(line, with);
}

static void cursor_left(struct line *line)
{
	if (line->cursor > 0) {
		move_to(line, line->cursor - 1);
	}
}

static void cursor_right(struct line *line)
{
	if (line->cursor < line->length) {
		move_to(line, line->cursor + 1);
	}
}

static void erase_forwards(struct line *line)
{
	if (line->cursor < line->length) {
		cut_chars(line, line->cursor, line->cursor + 1);
	}
}

/* ESC [ n ~: the keys of the editing pad. */
static void run_pad_key(struct line *line)
{
	switch (line->parameter) {
	case 1:
	case 7: move_to(line, 0); break;
	case 3: erase_forwards(line); break;
	case 4:
	case 8: move_to(line, line->length); break;
	}
}

static void run_sequence(struct line *line, uint8_t command)
{
	switch (command) {
	case 'A': recall_history(line, line->back + 1); break;
	case 'B':
		if (line->back > 0) {
			recall_history(line, line->back - 1);
		}
		break;
	case 'C': cursor_right(line); break;
	case 'D': cursor_left(line); break;
	case 'H': move_to(line, 0); break;
	case 'F': move_to(line, line->length); break;
	case '~': run_pad_key(line); break;
	}
}

static enum line_event plain_key(struct line *line, uint8_t key)
{
	switch (key) {
	case '\n':
		move_to(line, line->length);
		line->emit(line->context, "\n", 1);
		if (line->overfull) {
			return LINE_TOO_LONG;
		}
		history_add(&line->history, line->text, line->length);
		return LINE_DONE;
	case INPUT_GAP: line->overfull = true; break;
	case CTRL_A: move_to(line, 0); break;
	case CTRL_D:
		if (line->length == 0) {
			return LINE_END;
		}
		erase_forwards(line);
		break;
	case CTRL_E: move_to(line, line->length); break;
	case BACKSPACE:
	case DELETE: cut_chars(line, line->cursor > 0 ? line->cursor - 1 : 0, line->cursor); break;
	case CTRL_U: cut_chars(line, 0, line->cursor); break;
	case CTRL_W: cut_chars(line, word_start(line), line->cursor); break;
	case ESCAPE: line->escape = LINE_ESCAPE; break;
	default:
		if (key >= ' ' && key < DELETE) {
			insert_char(line, (char)key);
		}
	}
	return LINE_EDITING;
}

static void sequence_key(struct line *line, uint8_t key)
{
	if (line->escape == LINE_ESCAPE) {
		line->escape = key == '[' || key == 'O' ? LINE_SEQUENCE : LINE_PLAIN;
		line->parameter = 0;
	} else if (key >= '0' && key <= '9') {
		if (line->parameter < PARAMETER_MAX) {
			line->parameter = line->parameter * 10 + (key - '0');
		}
	} else if (key == ';') {
		line->parameter = 0;
	} else if (key >= '@') {
		line->escape = LINE_PLAIN;
		run_sequence(line, key);
	}
}

enum line_event line_key(struct line *line, uint8_t key)
{
	if (key < ' ') {
		line->escape = LINE_PLAIN; /* a control character ends a sequence half typed */
	}
	if (line->escape == LINE_PLAIN) {
		return plain_key(line, key);
	}
	sequence_key(line, key);
	return LINE_EDITING;
}

void line_init(struct line *line, line_emit_fn *emit, void *context)
{
	memset(line, 0, sizeof(*line));
	line->emit = emit;
	line->context = context;
}

void line_show(struct line *line)
{
	unsigned cursor = line->cursor;

	line->cursor = 0;
	move_to(line, line->length);
	move_to(line, cursor);
}

void line_reset(struct line *line)
{
	line->length = 0;
	line->cursor = 0;
	line->back = 0;
	line->escape = LINE_PLAIN;
	line->overfull = false;
}
