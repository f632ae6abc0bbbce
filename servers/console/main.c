/* The console server: text in and out over the first serial line, the screen and the keyboard.
 *
 * This file is the loop and the requests; console.c holds what happens between two of them. The
 * server is mapped entirely from the start and never faults, so all its memory is static. It may
 * call procmgr and nobody else, and waits for nobody but procmgr: a request that cannot be
 * answered yet is queued, and the loop goes on. */

#include "libsys/assert.h"
#include "libsys/ipc.h"
#include "libsys/string.h"
#include "protocols/console.h"
#include "servers/console/console.h"

enum {
	ANSWER_LATER = INT32_MIN, /* no status: the client is in a queue */
	DRAIN_POLL_US = 1000,
};

static int handle_write(struct console *console, envid_t client, uint32_t length, uint32_t number,
                        uint32_t nwords)
{
	char text[CONSOLE_BYTES_MAX];
	struct waiter *writer;

	if (length > CONSOLE_BYTES_MAX || (length > 0 && nwords < 3 + (length + 3) / 4)) {
		return E_INVAL;
	}
	if (kept_has_write(console->kept, client, number)) {
		return (int)length;
	}
	ipc_get_bytes(text, length);
	if (!waiters_first(&console->waiters, WAITERS_WRITE) &&
	    output_fits(&console->output, length)) {
		output_accept(&console->output, client, number, text, length);
		return (int)length;
	}
	writer = waiters_add(&console->waiters, client, WAITERS_WRITE);
	memcpy(writer->text, text, length);
	writer->length = length;
	writer->number = number;
	return ANSWER_LATER;
}

/* A reader of keys comes whose they are: it is told of no Ctrl-C, nor is who comes later. */
static void forget_interrupt(struct console *console, envid_t client)
{
	if (console->kept->interrupt_waits && console_may_read(console, client)) {
		console->kept->interrupt_waits = false;
	}
}

static int handle_read_line(struct console *console, envid_t client)
{
	waiters_add(&console->waiters, client, WAITERS_READ);
	return ANSWER_LATER;
}

static int handle_read_char(struct console *console, envid_t client)
{
	uint8_t byte;
	bool typed = input_peek(&console->kept->input, &byte);

	byte = INPUT_GAP;
	if (typed && console_may_read(console, client)) {
		while (byte == INPUT_GAP && input_take(&console->kept->input, &byte)) {}
	}
	return byte != INPUT_GAP ? byte : E_NOT_FOUND;
}

static int handle_wait_char(struct console *console, envid_t client)
{
	forget_interrupt(console, client);
	waiters_add(&console->waiters, client, WAITERS_CHAR);
	return ANSWER_LATER;
}

static int handle_foreground(struct console *console, envid_t client, uint32_t pid)
{
	return pid > INT32_MAX ? E_INVAL : console_take_foreground(console, client, pid);
}

static int handle_drain(struct console *console, envid_t client)
{
	struct waiter *waiter = waiters_add(&console->waiters, client, WAITERS_DRAIN);

	waiter->mark = serial_mark(&console->output.serial);
	return ANSWER_LATER;
}

static int serve_request(struct console *console, const struct ipc_msg *msg)
{
	/* A client that asks waits for nothing else: what it waited for before it has given up. */
	waiters_forget(&console->waiters, msg->from);
	switch (msg->w[0]) {
	case CONSOLE_WRITE:
		return handle_write(console, msg->from, msg->w[1], msg->w[2], msg->nwords);
	case CONSOLE_READ_LINE: return handle_read_line(console, msg->from);
	case CONSOLE_READ_CHAR: return handle_read_char(console, msg->from);
	case CONSOLE_WAIT_CHAR: return handle_wait_char(console, msg->from);
	case CONSOLE_FOREGROUND: return handle_foreground(console, msg->from, msg->w[1]);
	case CONSOLE_DRAIN: return handle_drain(console, msg->from);
	default: return E_NO_CALL;
	}
}

int main(void)
{
	static struct console console;
	struct ipc_msg msg = {0};
	envid_t client = 0;

	program_name = "console";
	console.procmgr = env_page->controller;
	ipc_set_rank(IPC_RANK_CONSOLE);
	ipc_know_rank(console.procmgr, IPC_RANK_PROCMGR);
	env_page->recv_us = DRAIN_POLL_US;
	console_start(&console);
	console_work(&console);
	for (;;) {
		bool came =
			ipc_reply_recv(client, &msg,
		                       console_wants_time(&console) ? IPC_RECV_TIMEOUT : 0) == OK;

		client = 0;
		if (came && msg.from == 0) {
			console_take_bits(&console, msg.w[0]);
		} else if (came) {
			int result = serve_request(&console, &msg);

			client = result == ANSWER_LATER ? 0 : msg.from;
			msg.w[0] = (uint32_t)result;
			msg.nwords = 1;
		}
		console_work(&console);
	}
}
