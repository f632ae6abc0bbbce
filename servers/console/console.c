/* What the console does between two messages.
 *
 * Everything that cannot be done at once waits in a queue, and console_work looks at each queue in
 * turn: text that did not fit, the log, keys typed for a reader, drains. Nothing here waits for a
 * client; the only calls are to procmgr, which never calls the console.
 *
 * Keys are edited and shown only while somebody reads whose they are (protocols/console.h), so that
 * they appear behind the reader's prompt. If a reader dies, the line stays as it is and is shown to
 * the next one. */

#include "servers/console/console.h"

#include "libsys/ipc.h"
#include "libsys/record.h"
#include "libsys/string.h"
#include "protocols/procmgr.h"

enum { READERS_MAX = PM_BYTES_MAX / sizeof(envid_t) }; /* that one question is about */

_Static_assert((int)LINE_EMIT_MAX <= (int)OUTPUT_RESERVE, "a key's echo fits in the reserve");

static void emit_to_output(void *context, const char *bytes, unsigned length)
{
	output_write(context, bytes, length);
}

static void print_short(struct console *console, const char *text)
{
	uint32_t length = strlen(text);

	if (output_fits_echo(&console->output, length)) {
		output_write(&console->output, text, length);
	}
}

/* Answers a client that waited, with text in words 3.. if length is not 0. False if it no longer
 * waits. */
static bool answer_waiter(envid_t client, int status, const char *text, uint32_t length)
{
	struct ipc_msg msg = {.w = {(uint32_t)status}, .nwords = 1};

	if (length > 0) {
		msg.nwords = ipc_put_bytes(text, length);
	}
	return ipc_reply(client, &msg) == OK;
}

static bool knows_right(const struct console *console, envid_t client)
{
	const struct right *right = &console->rights[ENV_SLOT(client)];

	return right->client == client && right->asked == console->changes;
}

/* Which of these is the first whose the keys are? After that those up to it are known, or all. */
static void ask_who_may_read(struct console *console, const envid_t clients[], uint32_t count)
{
	struct ipc_msg msg = {.w = {PM_MAY_READ},
	                      .nwords = ipc_put_bytes(clients, count * sizeof(clients[0]))};
	bool answered = ipc_call(console->procmgr, &msg, 0) == OK;
	uint32_t first = answered && (int32_t)msg.w[0] >= 0 ? msg.w[0] : count;

	for (uint32_t i = 0; i < count && i <= first; i++) {
		console->rights[ENV_SLOT(clients[i])] =
			(struct right){clients[i], console->changes, i == first};
	}
}

bool console_may_read(struct console *console, envid_t client)
{
	if (!knows_right(console, client)) {
		ask_who_may_read(console, &client, 1);
	}
	return console->rights[ENV_SLOT(client)].may_read;
}

/* Asks about this one and others behind it: each question may wait for what strangers ask of
 * procmgr. */
static void ask_who_may_read_from(struct console *console, const struct waiter *reader)
{
	envid_t clients[READERS_MAX];
	uint32_t count = 0;

	for (; reader != NULL && count < READERS_MAX; reader = reader->next) {
		if (record_env_lives(reader->id) && !knows_right(console, reader->id)) {
			clients[count++] = reader->id;
		}
	}
	ask_who_may_read(console, clients, count);
}

/* The first living one whose the keys are, or NULL. */
static struct waiter *first_in(struct console *console, enum waiters_queue queue)
{
	struct waiter *reader = waiters_first(&console->waiters, queue), *next;

	for (; reader; reader = next) {
		next = reader->next;
		if (!record_env_lives(reader->id)) {
			waiters_remove(&console->waiters, reader);
			continue;
		}
		if (!knows_right(console, reader->id)) {
			ask_who_may_read_from(console, reader);
		}
		if (console_may_read(console, reader->id)) {
			break;
		}
	}
	return reader;
}

static struct waiter *first_reader(struct console *console)
{
	return first_in(console, WAITERS_READ);
}

/* Ends the wait of a reader with a line or an error. False if it no longer waits. */
static bool answer_reader(struct console *console, struct waiter *reader, int status)
{
	envid_t id = reader->id;

	waiters_remove(&console->waiters, reader);
	console->edited_for = 0;
	return answer_waiter(id, status, console->line.text, status > 0 ? (uint32_t)status : 0);
}

static void hand_over_line(struct console *console, struct waiter *reader)
{
	if (answer_reader(console, reader, (int)console->line.length)) {
		console->line_done = false;
		line_reset(&console->line);
	}
}

static void edit_key(struct console *console, struct waiter *reader, uint8_t key)
{
	switch (line_key(&console->line, key)) {
	case LINE_EDITING: break;
	case LINE_DONE: console->line_done = true; break;
	case LINE_END: answer_reader(console, reader, E_END); break;
	case LINE_TOO_LONG:
		line_reset(&console->line);
		answer_reader(console, reader, E_TOO_BIG);
		break;
	}
}

/* Whether there is anything for a reader: else nobody asks who that is. */
static bool has_keys(const struct console *console)
{
	uint8_t key;

	return console->line_done || console->line.length > 0 ||
	       input_peek(&console->kept->input, &key);
}

static void serve_readers(struct console *console)
{
	struct waiter *reader;
	uint8_t key;

	while (has_keys(console) && (reader = first_reader(console)) &&
	       output_fits_echo(&console->output, LINE_EMIT_MAX)) {
		if (console->line_done) {
			hand_over_line(console, reader);
		} else if (console->edited_for != reader->id) {
			console->edited_for = reader->id;
			line_show(&console->line);
		} else if (input_take(&console->kept->input, &key)) {
			edit_key(console, reader, key);
		} else {
			break;
		}
	}
}

/* False if there is no foreground process. */
static bool kill_foreground(struct console *console)
{
	struct ipc_msg msg = {.w = {PM_INTERRUPT, PM_STATUS_KILLED}, .nwords = 2};

	console->changes++;
	return ipc_call(console->procmgr, &msg, 0) == OK && (int32_t)msg.w[0] >= 0;
}

/* A character whose reader is gone stays for the next. */
static void serve_char_readers(struct console *console)
{
	struct waiter *reader;
	uint8_t key;

	while (input_peek(&console->kept->input, &key) && !first_reader(console) &&
	       (reader = first_in(console, WAITERS_CHAR))) {
		envid_t id = reader->id;

		if (key == INPUT_GAP) {
			(void)input_take(&console->kept->input, &key);
			continue;
		}
		waiters_remove(&console->waiters, reader);
		if (answer_waiter(id, key, NULL, 0)) {
			(void)input_take(&console->kept->input, &key);
		}
	}
}

/* Ctrl-C ends the foreground process, else the line being edited. What was typed before it is void,
 * also if it finds neither and waits: what is typed after it is not, whenever it takes effect. */
static void interrupt_foreground(struct console *console)
{
	bool killed = kill_foreground(console);

	input_flush(&console->kept->input);
	console->line_done = false;
	line_reset(&console->line);
	if (killed) {
		print_short(console, "^C\n");
	}
	console->kept->interrupt_waits = !killed;
}

/* A Ctrl-C that ended no process is the reader's, also of one that comes after it: its prompt may
 * be seen, and answered, before it asks. */
static void interrupt_reader(struct console *console)
{
	struct waiter *reader;

	if (console->kept->interrupt_waits && (reader = first_reader(console))) {
		console->kept->interrupt_waits = false;
		print_short(console, "^C\n");
		answer_reader(console, reader, E_INTERRUPTED);
	}
}

static void take_key(struct console *console, uint8_t byte)
{
	switch (input_put(&console->kept->input, byte)) {
	case INPUT_KEPT:
	case INPUT_IGNORED: break;
	case INPUT_LOST: print_short(console, "\a"); break;
	case INPUT_INTERRUPT: interrupt_foreground(console); break;
	}
}

static void take_serial(struct console *console)
{
	uint8_t byte;

	while (serial_next(&console->output.serial, &byte)) {
		take_key(console, byte);
	}
}

static void take_keyboard(struct console *console)
{
	uint8_t byte;

	while (keyboard_next(&console->keyboard, &byte)) {
		take_key(console, byte);
	}
}

static void admit_writers(struct console *console)
{
	struct waiter *writer;

	while ((writer = waiters_first(&console->waiters, WAITERS_WRITE)) &&
	       output_fits(&console->output, writer->length)) {
		envid_t id = writer->id;

		output_accept(&console->output, id, writer->number, writer->text, writer->length);
		waiters_remove(&console->waiters, writer);
		/* A writer that died meanwhile misses nothing. */
		(void)answer_waiter(id, (int)writer->length, NULL, 0);
	}
}

static bool log_can_go_on(const struct console *console)
{
	return console->log_waits && output_fits(&console->output, PM_BYTES_MAX);
}

/* One part: strangers may write there as fast as we read, and keep procmgr busy meanwhile. */
static void print_log(struct console *console)
{
	char text[PM_BYTES_MAX];

	if (log_can_go_on(console)) {
		struct ipc_msg msg = {.w = {PM_LOG_READ}, .nwords = 1};

		if (ipc_call(console->procmgr, &msg, 0) != OK || (int32_t)msg.w[0] <= 0 ||
		    msg.w[0] > sizeof(text)) {
			console->log_waits = false;
			return;
		}
		ipc_get_bytes(text, msg.w[0]);
		if (!kept_has_write(console->kept, console->procmgr, msg.w[1])) {
			output_accept(&console->output, console->procmgr, msg.w[1], text, msg.w[0]);
		}
	}
}

static void answer_drains(struct console *console)
{
	struct waiter *waiter;

	while ((waiter = waiters_first(&console->waiters, WAITERS_DRAIN)) &&
	       serial_has_sent(&console->output.serial, waiter->mark)) {
		envid_t id = waiter->id;

		waiters_remove(&console->waiters, waiter);
		(void)answer_waiter(id, OK, NULL, 0);
	}
}

void console_start(struct console *console)
{
	struct kept *kept = (struct kept *)CONSOLE_KEPT;

	console->kept = kept;
	console->changes = 1;
	kept_open(kept);
	output_init(&console->output, kept, (volatile uint16_t *)(uintptr_t)VGA_MEMORY);
	keyboard_init(&console->keyboard);
	line_init(&console->line, emit_to_output, &console->output);
	if (out_in_line(&kept->out)) { /* somebody's prompt, or a line half typed */
		print_short(console, "\n");
	}
	console->log_waits = true; /* procmgr may have written before it could notify us */
	/* The devices may have raised their line before it was bound to us. */
	take_serial(console);
	take_keyboard(console);
}

void console_take_bits(struct console *console, uint32_t bits)
{
	if (bits & (1u << SERIAL_IRQ)) {
		take_serial(console);
	}
	if (bits & (1u << KEYBOARD_IRQ)) {
		take_keyboard(console);
	}
	if (bits & PM_NOTIFY_LOG) {
		console->log_waits = true;
	}
	if (bits & PM_NOTIFY_TERMINAL) {
		console->changes++;
	}
}

int console_take_foreground(struct console *console, envid_t client, uint32_t pid)
{
	struct ipc_msg msg = {.w = {PM_FOREGROUND, (uint32_t)client, pid}, .nwords = 3};
	int status = ipc_call(console->procmgr, &msg, 0);

	if (status != OK || (int32_t)msg.w[0] < 0) {
		return status != OK ? status : (int)msg.w[0];
	}
	console->changes++;
	if (pid != 0 && console->kept->interrupt_waits) {
		console->kept->interrupt_waits = false;
		if (kill_foreground(console)) {
			print_short(console, "^C\n");
		}
	}
	return OK;
}

void console_work(struct console *console)
{
	admit_writers(console);
	print_log(console);
	interrupt_reader(console);
	serve_readers(console);
	serve_char_readers(console);
	output_start(&console->output);
	answer_drains(console);
}

bool console_wants_time(const struct console *console)
{
	return waiters_first(&console->waiters, WAITERS_DRAIN) != NULL || log_can_go_on(console);
}
