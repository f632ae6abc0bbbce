/* The whole console server on the device model, with clients and procmgr played by the test.
 *
 * The server runs in a thread of its own and meets the test only in ipc_reply_recv: the test hands
 * it one message and waits until it asks for the next. One of the two runs at any time. */

#include "libsys/ipc.h"
#include "servers/console/protocol.h"
#include "servers/console/serial.h"
#include "servers/console/vga.h"
#include "servers/procmgr/protocol.h"
#include "tests/host/console_machine.h"
#include "tests/host/host_check.h"

#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>

enum { PROCMGR = 0x1001, SHELL = 0x1005, OTHER = 0x1006, THIRD = 0x1007 };

struct reply {
	int count, status;
	uint32_t length;
	char text[CONSOLE_BYTES_MAX];
};

__typeof__(fake_env_page) fake_env_page; /* env_page is a macro here, so no tag to name */
struct env_info fake_env_infos[NENV];

const char *program_name;

static sem_t idle, event;
static struct ipc_msg delivered;
static int delivered_result;
static uint32_t receive_flags;
static struct reply replies[NENV];
static uint32_t killed_pid, killed_status;
static int kill_result;
static envid_t kill_ends; /* this env dies when its process is killed */
static char log_text[4096];
static uint32_t log_length, log_taken;
static enum ipc_rank own_rank;

int console_main(void);

_Noreturn void panic_at(const char *file, int number, const char *format, ...)
{
	printf("%s:%d: panic: %s\n", file, number, format);
	exit(1);
}

/* ---- libsys/ipc.h, played */

static void bury(envid_t env)
{
	fake_env_infos[ENV_SLOT(env)].status = ENV_FREE;
}

int ipc_reply(envid_t to, const struct ipc_msg *msg)
{
	struct reply *reply = &replies[ENV_SLOT(to)];
	uint32_t bytes = msg->nwords > 3 ? (msg->nwords - 3) * 4 : 0;

	if (fake_env_infos[ENV_SLOT(to)].status == ENV_FREE) {
		return E_BAD_ENV;
	}
	reply->count++;
	reply->status = (int)msg->w[0];
	reply->length = bytes;
	memcpy(reply->text, &fake_env_page.msg[3], bytes);
	return OK;
}

int ipc_reply_recv(envid_t to, struct ipc_msg *msg, uint32_t flags)
{
	if (to != 0) {
		(void)ipc_reply(to, msg);
	}
	receive_flags = flags;
	sem_post(&idle);
	sem_wait(&event);
	*msg = delivered;
	return delivered_result;
}

static void read_log(struct ipc_msg *msg)
{
	uint32_t now = log_length - log_taken;

	now = now < PM_BYTES_MAX ? now : PM_BYTES_MAX;
	memcpy(&fake_env_page.msg[3], log_text + log_taken, now);
	log_taken += now;
	*msg = (struct ipc_msg){.from = PROCMGR, .w = {now}, .nwords = 3 + (now + 3) / 4};
}

int ipc_call(envid_t to, struct ipc_msg *msg, uint32_t flags)
{
	CHECK_EQ(to, PROCMGR);
	CHECK_EQ(flags, 0);
	if (msg->w[0] == PM_LOG_READ) {
		read_log(msg);
		return OK;
	}
	CHECK_EQ(msg->w[0], PM_KILL);
	killed_pid = msg->w[1];
	killed_status = msg->w[2];
	if (kill_ends != 0) {
		bury(kill_ends);
	}
	*msg = (struct ipc_msg){.from = PROCMGR, .w = {(uint32_t)kill_result}, .nwords = 1};
	return OK;
}

void ipc_set_rank(enum ipc_rank own)
{
	own_rank = own;
}

void ipc_know_rank(envid_t env, enum ipc_rank rank)
{
	CHECK_EQ(env, PROCMGR);
	CHECK_EQ(rank, IPC_RANK_PROCMGR);
}

uint32_t ipc_put_bytes(const void *bytes, uint32_t length)
{
	CHECK_EQ(length <= CONSOLE_BYTES_MAX, 1);
	memcpy(&fake_env_page.msg[3], bytes, length);
	return 3 + (length + 3) / 4;
}

void ipc_get_bytes(void *bytes, uint32_t length)
{
	CHECK_EQ(length <= CONSOLE_BYTES_MAX, 1);
	memcpy(bytes, &fake_env_page.msg[3], length);
}

/* ---- driving the server */

static void *run_server(void *nothing)
{
	console_main();
	return nothing;
}

static void step(int result, struct ipc_msg msg)
{
	delivered = msg;
	delivered_result = result;
	sem_post(&event);
	sem_wait(&idle);
}

/* Interrupts go on arriving until all is served. */
static void deliver_irqs(void)
{
	while (machine.irqs != 0) {
		uint32_t bits = machine.irqs;

		machine.irqs = 0;
		step(OK, (struct ipc_msg){.w = {bits}});
	}
}

static void pass_time(void)
{
	if (receive_flags & IPC_RECV_TIMEOUT) {
		step(E_TIMEOUT, (struct ipc_msg){0});
	}
	deliver_irqs();
}

static void set_up(void)
{
	void *screen = mmap((void *)(uintptr_t)VGA_MEMORY, 8 * 4096, PROT_READ | PROT_WRITE,
	                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (screen != (void *)(uintptr_t)VGA_MEMORY) {
		printf("no memory at the screen's address\n");
		exit(1);
	}
	machine_reset();
	fake_env_page.controller = PROCMGR;
	for (unsigned i = 0; i < NENV; i++) {
		fake_env_infos[i] =
			(struct env_info){.id = (envid_t)(0x1000 + i), .status = ENV_NOT_RUNNABLE};
	}
}

static void go(void)
{
	pthread_t thread;

	sem_init(&idle, 0, 0);
	sem_init(&event, 0, 0);
	pthread_create(&thread, NULL, run_server, NULL);
	sem_wait(&idle);
	deliver_irqs();
	CHECK_EQ(own_rank, IPC_RANK_CONSOLE);
}

static void start(void)
{
	set_up();
	go();
}

static void request(envid_t from, uint32_t op, uint32_t w1)
{
	step(OK, (struct ipc_msg){.from = from, .w = {op, w1}, .nwords = 2});
	deliver_irqs();
}

static void request_write(envid_t from, const char *text, uint32_t length, uint32_t nwords)
{
	memcpy(&fake_env_page.msg[3], text, length);
	step(OK, (struct ipc_msg){.from = from, .w = {CONSOLE_WRITE, length}, .nwords = nwords});
	deliver_irqs();
}

static void say(envid_t from, const char *text)
{
	uint32_t length = strlen(text);

	request_write(from, text, length, 3 + (length + 3) / 4);
}

static void type(const char *text)
{
	machine_type(text, strlen(text));
	deliver_irqs();
}

static void check_no_reply(envid_t client)
{
	CHECK_EQ(replies[ENV_SLOT(client)].count, 0);
}

static void check_status(envid_t client, int status)
{
	struct reply *reply = &replies[ENV_SLOT(client)];

	CHECK_EQ(reply->count, 1);
	CHECK_EQ(reply->status, status);
	reply->count = 0;
}

static void check_line(envid_t client, const char *wanted)
{
	struct reply *reply = &replies[ENV_SLOT(client)];

	check_status(client, (int)strlen(wanted));
	CHECK_EQ(reply->length >= strlen(wanted), 1);
	CHECK_BYTES(reply->text, strlen(wanted), wanted);
}

/* All that went out on the serial line since the last look. */
static void check_sent(const char *wanted)
{
	CHECK_BYTES(machine.sent, machine.sent_length, wanted);
	machine.sent_length = 0;
}

/* ---- tests */

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

static void line_is_read_behind_the_prompt(void)
{
	start();
	say(SHELL, "$ ");
	request(SHELL, CONSOLE_READ_LINE, 0);
	CHECK_EQ(receive_flags, 0);
	replies[ENV_SLOT(SHELL)].count = 0;
	type("helo\033[Dl\r\n");
	check_line(SHELL, "hello");
	check_sent("$ helo\blo\bo\r\n");
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("\r");
	check_line(SHELL, "");
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("\004");
	check_status(SHELL, E_END);
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("\033[A\n");
	check_line(SHELL, "hello");
}

static void type_ahead_is_shown_when_read(void)
{
	start();
	type("one\rtwo\rth");
	check_sent("");
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_line(SHELL, "one");
	check_sent("one\r\n");
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_line(SHELL, "two");
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_no_reply(SHELL);
	check_sent("two\r\nth");
	type("ree\n");
	check_line(SHELL, "three");
}

static void early_input_is_kept(void)
{
	set_up();
	machine_type("early\n", 6);
	go();
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_line(SHELL, "early");
}

static void keyboard_feeds_the_same_line(void)
{
	static const uint8_t codes[] = {0x2A, 0x23, 0xA3, 0xAA, 0x17, 0x97, 0x1C, 0x9C};

	start();
	request(SHELL, CONSOLE_READ_LINE, 0);
	machine_press(codes, sizeof(codes));
	deliver_irqs();
	check_line(SHELL, "Hi");
	check_sent("Hi\r\n");
}

static void characters_come_from_type_ahead(void)
{
	start();
	request(SHELL, CONSOLE_READ_CHAR, 0);
	check_status(SHELL, E_NOT_FOUND);
	type("a\r\377");
	request(SHELL, CONSOLE_READ_CHAR, 0);
	check_status(SHELL, 'a');
	request(SHELL, CONSOLE_READ_CHAR, 0);
	check_status(SHELL, '\n');
	request(SHELL, CONSOLE_READ_CHAR, 0);
	check_status(SHELL, 0xFF);
	request(SHELL, CONSOLE_READ_CHAR, 0);
	check_status(SHELL, E_NOT_FOUND);
	check_sent("");
}

static void type_ahead_overflow_rings_once(void)
{
	start();
	for (int i = 0; i < 500; i++) {
		type("0123456789");
	}
	check_sent("\a");
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_no_reply(SHELL);
	type("\n");
	CHECK_EQ(replies[ENV_SLOT(SHELL)].status, CONSOLE_BYTES_MAX - 1);
}

static void readers_take_turns(void)
{
	start();
	request(SHELL, CONSOLE_READ_LINE, 0);
	request(OTHER, CONSOLE_READ_LINE, 0);
	request(THIRD, CONSOLE_READ_LINE, 0);
	type("one\ntwo\n");
	check_line(SHELL, "one");
	check_line(OTHER, "two");
	check_no_reply(THIRD);
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("three\nfour\n");
	check_line(THIRD, "three");
	check_line(SHELL, "four");
}

static void dead_reader_swallows_nothing(void)
{
	start();
	request(SHELL, CONSOLE_READ_LINE, 0);
	request(OTHER, CONSOLE_READ_LINE, 0);
	type("hal");
	check_sent("hal");
	bury(SHELL);
	type("f");
	check_sent("half");
	bury(OTHER);
	type(" done");
	check_sent("");
	say(THIRD, "> ");
	check_status(THIRD, 2);
	request(THIRD, CONSOLE_READ_LINE, 0);
	check_sent("> half done");
	type("\n");
	check_line(THIRD, "half done");
}

static void reused_slot_is_another_client(void)
{
	const envid_t heir = SHELL + 0x1000;

	start();
	request(SHELL, CONSOLE_READ_LINE, 0);
	fake_env_infos[ENV_SLOT(SHELL)].id = heir;
	request(heir, CONSOLE_READ_CHAR, 0);
	check_status(heir, E_NOT_FOUND);
	type("x\n");
	check_no_reply(heir);
	request(heir, CONSOLE_READ_LINE, 0);
	check_line(heir, "x");
}

static void repeated_request_replaces_the_first(void)
{
	start();
	request(SHELL, CONSOLE_READ_LINE, 0);
	request(SHELL, CONSOLE_READ_LINE, 0);
	request(OTHER, CONSOLE_READ_LINE, 0);
	type("one\ntwo\n");
	check_line(SHELL, "one");
	check_line(OTHER, "two");
}

static void interrupt_ends_the_edit(void)
{
	start();
	type("\003");
	check_sent("");
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("abc");
	type("\003");
	check_status(SHELL, E_INTERRUPTED);
	check_sent("abc^C\r\n");
	CHECK_EQ(killed_pid, 0);
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_sent("");
	type("x\n");
	check_line(SHELL, "x");
}

static void interrupt_kills_the_foreground(void)
{
	start();
	request(SHELL, CONSOLE_FOREGROUND, 7);
	check_status(SHELL, OK);
	type("typed\nahead\003");
	CHECK_EQ(killed_pid, 7);
	CHECK_EQ(killed_status, PM_STATUS_KILLED);
	check_sent("^C\r\n");
	request(SHELL, CONSOLE_FOREGROUND, 0);
	check_status(SHELL, OK);
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_no_reply(SHELL);
	check_sent("");
	killed_pid = 0;
	type("\003");
	check_status(SHELL, E_INTERRUPTED);
	CHECK_EQ(killed_pid, 0);
}

static void interrupt_kills_a_reading_foreground(void)
{
	start();
	request(SHELL, CONSOLE_FOREGROUND, 8);
	check_status(SHELL, OK);
	request(OTHER, CONSOLE_READ_LINE, 0);
	kill_ends = OTHER;
	type("abc");
	type("\003");
	CHECK_EQ(killed_pid, 8);
	check_no_reply(OTHER);
	check_sent("abc^C\r\n");
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("d\n");
	check_line(SHELL, "d");
}

static void interrupt_that_kills_nobody_ends_the_edit(void)
{
	start();
	request(SHELL, CONSOLE_FOREGROUND, 9);
	check_status(SHELL, OK);
	kill_result = E_BAD_ENV;
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("abc\003");
	check_status(SHELL, E_INTERRUPTED);
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
	step(OK, (struct ipc_msg){.w = {PM_NOTIFY_LOG}});
	memset(wanted, 'l', 1000);
	wanted[1000] = 0;
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

#define TEST(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}

int main(void)
{
	static const struct host_test tests[] = {
		TEST(writes_reach_both_devices),
		TEST(bad_requests_are_refused),
		TEST(line_is_read_behind_the_prompt),
		TEST(type_ahead_is_shown_when_read),
		TEST(early_input_is_kept),
		TEST(keyboard_feeds_the_same_line),
		TEST(characters_come_from_type_ahead),
		TEST(type_ahead_overflow_rings_once),
		TEST(readers_take_turns),
		TEST(dead_reader_swallows_nothing),
		TEST(reused_slot_is_another_client),
		TEST(repeated_request_replaces_the_first),
		TEST(interrupt_ends_the_edit),
		TEST(interrupt_kills_the_foreground),
		TEST(interrupt_kills_a_reading_foreground),
		TEST(interrupt_that_kills_nobody_ends_the_edit),
		TEST(long_output_is_deferred),
		TEST(drain_waits_for_the_last_bit),
		TEST(without_serial_all_is_answered),
		TEST(log_is_printed),
		TEST(dead_writers_and_drainers_hurt_nobody),
	};

	return host_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
