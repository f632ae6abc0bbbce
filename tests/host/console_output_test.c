/* The whole console server: text out, refusals, drains, the log. */

#include "servers/console/vga.h"
#include "tests/host/console_world.h"

static void writes_reach_both_devices(void)
{
	start();
	say(SHELL, "hi\nyou");
	check_status(SHELL, 6);
	check_sent("hi\r\nyou");
	CHECK_EQ(*(volatile uint16_t *)(uintptr_t)VGA_MEMORY, 0x0700 | 'h');
	CHECK_EQ(((volatile uint16_t *)(uintptr_t)VGA_MEMORY)[VGA_COLUMNS + 2], 0x0700 | 'u');
	request_write(SHELL, "", 0, 0);
	check_status(SHELL, 0);
}

static void bad_requests_are_refused(void)
{
	char text[CONSOLE_BYTES_MAX] = {0};

	start();
	request(SHELL, 0, 0);
	check_status(SHELL, E_NO_CALL);
	request(SHELL, 77, 0);
	check_status(SHELL, E_NO_CALL);
	request(SHELL, CONSOLE_WRITE, CONSOLE_BYTES_MAX + 1);
	check_status(SHELL, E_INVAL);
	request(SHELL, CONSOLE_WRITE, 0xFFFFFFFFu);
	check_status(SHELL, E_INVAL);
	request(SHELL, CONSOLE_WRITE, 1);
	check_status(SHELL, E_INVAL);
	request_write(SHELL, text, 5, 4);
	check_status(SHELL, E_INVAL);
	request_write(SHELL, text, CONSOLE_BYTES_MAX, IPC_WORDS_MAX - 1);
	check_status(SHELL, E_INVAL);
	request(SHELL, CONSOLE_FOREGROUND, 0x80000000u);
	check_status(SHELL, E_INVAL);
	check_sent("");
	request_write(SHELL, text, CONSOLE_BYTES_MAX, IPC_WORDS_MAX);
	check_status(SHELL, CONSOLE_BYTES_MAX);
}

static void long_output_is_deferred(void)
{
	char text[CONSOLE_BYTES_MAX];
	uint32_t total = 0, checked = 0, accepted;
	int waiting = 0;

	set_up();
	machine.fast_serial = false;
	go();
	for (int i = 0; i < 100; i++) {
		envid_t client = (envid_t)(0x1010 + i);

		memset(text, 'A' + i % 26, sizeof(text));
		request_write(client, text, sizeof(text), IPC_WORDS_MAX);
		total += sizeof(text);
		waiting += replies[ENV_SLOT(client)].count == 0;
	}
	CHECK_EQ(waiting > 50, 1);
	/* Keys are still shown while others wait for room. */
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("key");
	type("\003");
	check_status(SHELL, E_INTERRUPTED);
	total += strlen("key^C\r\n");
	accepted = total - waiting * sizeof(text);
	request(SHELL, CONSOLE_DRAIN, 0);
	while (machine.sent_length < total) {
		if (machine.sent_length < accepted) {
			check_no_reply(SHELL);
		}
		machine_send(1);
		pass_time();
	}
	check_status(SHELL, OK);
	for (int i = 0; i < 100; i++) {
		check_status((envid_t)(0x1010 + i), sizeof(text));
	}
	for (uint32_t i = 0; i < total; i++) {
		if (machine.sent[i] >= 'A' && machine.sent[i] <= 'Z' &&
		    machine.sent[i - (i > 0)] != '^') {
			CHECK_EQ(machine.sent[i], 'A' + (int)(checked / CONSOLE_BYTES_MAX) % 26);
			checked++;
		}
	}
	CHECK_EQ(checked, 100 * CONSOLE_BYTES_MAX);
	CHECK_EQ(machine.overruns, 0);
}

static void drain_waits_for_the_last_bit(void)
{
	set_up();
	machine.fast_serial = false;
	go();
	request(SHELL, CONSOLE_DRAIN, 0);
	check_status(SHELL, OK);
	say(SHELL, "ab");
	check_status(SHELL, 2);
	request(SHELL, CONSOLE_DRAIN, 0);
	for (int i = 0; i < 2; i++) {
		check_no_reply(SHELL);
		machine_send(1);
		CHECK_EQ(receive_flags, IPC_RECV_TIMEOUT);
		pass_time();
	}
	check_status(SHELL, OK);
	CHECK_EQ(receive_flags, 0);
	check_sent("ab");
}

static void without_serial_all_is_answered(void)
{
	set_up();
	machine.has_serial = false;
	machine.has_keyboard = false;
	go();
	for (int i = 0; i < 100; i++) {
		say(SHELL, "a line that goes to the screen only\n");
		check_status(SHELL, 36);
	}
	request(SHELL, CONSOLE_DRAIN, 0);
	check_status(SHELL, OK);
}

static void log_is_printed(void)
{
	char wanted[4096];

	set_up();
	strcpy(log_text, "early line\n");
	log_length = strlen(log_text);
	go();
	check_sent("early line\r\n");
	log_taken = 0;
	memset(log_text, 'l', 1000);
	log_length = 1000;
	deliver(OK, (struct ipc_msg){.w = {PM_NOTIFY_LOG}});
	memset(wanted, 'l', 1000);
	wanted[PM_BYTES_MAX] = 0;
	check_sent(
		wanted); /* a part between two messages, so that a long log keeps nobody waiting */
	for (uint32_t sent = PM_BYTES_MAX; sent < 1000; sent += PM_BYTES_MAX) {
		pass_time();
	}
	wanted[PM_BYTES_MAX] = 'l';
	wanted[1000 - PM_BYTES_MAX] = 0;
	check_sent(wanted);
}

static void dead_writers_and_drainers_hurt_nobody(void)
{
	char text[CONSOLE_BYTES_MAX];

	set_up();
	machine.fast_serial = false;
	go();
	memset(text, 'x', sizeof(text));
	for (int i = 0; i < 60; i++) {
		request_write((envid_t)(0x1010 + i), text, sizeof(text), IPC_WORDS_MAX);
	}
	request(0x1080, CONSOLE_DRAIN, 0);
	for (int i = 0; i < 60; i++) {
		bury((envid_t)(0x1010 + i));
	}
	bury(0x1080);
	for (uint32_t i = 0; i < 60 * sizeof(text); i++) {
		machine_send(1);
		pass_time();
	}
	CHECK_EQ(machine.sent_length, 60 * sizeof(text));
	say(SHELL, "y");
	check_status(SHELL, 1);
}

static bool was_sent(const char *text)
{
	size_t length = strlen(text);

	for (size_t at = 0; at + length <= machine.sent_length; at++) {
		if (memcmp(machine.sent + at, text, length) == 0) {
			return true;
		}
	}
	return false;
}

static void write_and_be_killed(void)
{
	say_numbered(SHELL, "first line, longer than the FIFO\n", 7);
	check_status(SHELL, 33);
	CHECK_EQ(machine.sent_length < 30, 1);
}

/* Each write once, whether its client has heard that it was accepted or asks the next console. */
static void next_console_prints_what_was_accepted_once(void)
{
	set_up();
	machine.fast_serial = false;
	run_former_console(write_and_be_killed);
	go();
	say_numbered(SHELL, "first line, longer than the FIFO\n", 7);
	check_status(SHELL, 33);
	say_numbered(SHELL, "second\n", 8);
	check_status(SHELL, 7);
	say_numbered(SHELL, "not numbered\n", 0);
	check_status(SHELL, 13);
	say_numbered(OTHER, "another's\n", 8);
	check_status(OTHER, 10);
	for (int i = 0; i < 100; i++) {
		machine_send(1);
		pass_time();
	}
	CHECK_EQ(machine.sent_length > 0, 1);
	CHECK_EQ(was_sent("first"), 0);
	const char *rest = "than the FIFO\r\nsecond\r\nnot numbered\r\nanother's\r\n";
	CHECK_EQ(was_sent(rest), 1);
}

static void set_foreground_and_be_killed(void)
{
	request(SHELL, CONSOLE_FOREGROUND, 42);
	check_status(SHELL, OK);
	type("typed ahead\r");
}

static void next_console_knows_foreground_and_keys(void)
{
	set_up();
	run_former_console(set_foreground_and_be_killed);
	terminal_owner = SHELL; /* procmgr has heard it */
	foreground_pid = 42;
	pid_above[ENV_SLOT(OTHER)] = 42;
	go();
	request(SHELL, CONSOLE_READ_LINE, 0);
	request(OTHER, CONSOLE_READ_LINE, 0);
	check_line(OTHER, "typed ahead");
	type("\003");
	CHECK_EQ(killed_pid, 42);
}

static void leave_garbage(void)
{
	memset((char *)(uintptr_t)CONSOLE_KEPT, 0xA5, CONSOLE_KEPT_PAGES * 4096);
}

static void garbage_that_is_kept_hurts_nobody(void)
{
	set_up();
	run_former_console(leave_garbage);
	go();
	say_numbered(SHELL, "hi\n", 1);
	check_status(SHELL, 3);
	check_sent("hi\r\n");
}

int main(void)
{
	static const struct host_test tests[] = {
		TEST(writes_reach_both_devices),
		TEST(bad_requests_are_refused),
		TEST(long_output_is_deferred),
		TEST(drain_waits_for_the_last_bit),
		TEST(without_serial_all_is_answered),
		TEST(log_is_printed),
		TEST(dead_writers_and_drainers_hurt_nobody),
		TEST(next_console_prints_what_was_accepted_once),
		TEST(next_console_knows_foreground_and_keys),
		TEST(garbage_that_is_kept_hurts_nobody),
	};

	return host_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
