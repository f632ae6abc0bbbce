/* The whole console server: lines and characters in, Ctrl-C, readers that die. */

#include "servers/console/ports.h"
#include "tests/host/console_world.h"

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
	port_out8(0x3FA, 1); /* as the kernel leaves it */
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

static void characters_are_waited_for(void)
{
	start();
	request(SHELL, CONSOLE_WAIT_CHAR, 0);
	request(OTHER, CONSOLE_WAIT_CHAR, 0);
	check_no_reply(SHELL);
	type("a");
	check_status(SHELL, 'a');
	check_no_reply(OTHER);
	request(THIRD, CONSOLE_READ_LINE, 0);
	type("line\nb");
	check_line(THIRD, "line");
	check_status(OTHER, 'b');
	type("c");
	request(SHELL, CONSOLE_WAIT_CHAR, 0);
	check_status(SHELL, 'c');
}

static void character_of_a_dead_reader_goes_to_the_next(void)
{
	start();
	request(SHELL, CONSOLE_WAIT_CHAR, 0);
	request(OTHER, CONSOLE_WAIT_CHAR, 0);
	bury(SHELL);
	type("x");
	check_status(OTHER, 'x');
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
	check_status(SHELL, E_TOO_BIG);
}

static void line_over_the_limit_is_refused(void)
{
	start();
	request(SHELL, CONSOLE_READ_LINE, 0);
	for (int i = 0; i < CONSOLE_LINE_MAX + 1; i++) {
		type("x");
	}
	type("\n");
	check_status(SHELL, E_TOO_BIG);
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("next\n");
	check_line(SHELL, "next");
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("\033[A\n"); /* what was refused is not in the history */
	check_line(SHELL, "next");
	request(SHELL, CONSOLE_READ_LINE, 0);
	for (int i = 0; i < CONSOLE_LINE_MAX; i++) {
		type("y");
	}
	type("z\177\n"); /* seen, and made shorter */
	CHECK_EQ(replies[ENV_SLOT(SHELL)].status, CONSOLE_LINE_MAX - 1);
}

/* A line of which a part was lost, before anybody read it, is not run; those around it are. */
static void line_with_a_gap_is_refused(void)
{
	start();
	type("one\n");
	for (int i = 0; i < 500; i++) {
		type("ab cd efg\n");
	}
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_line(SHELL, "one");
	for (int i = 0; i < 409; i++) {
		request(SHELL, CONSOLE_READ_LINE, 0);
		check_line(SHELL, "ab cd efg");
	}
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_no_reply(SHELL);
	type("\n");
	check_status(SHELL, E_TOO_BIG);
	type("two\n");
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_line(SHELL, "two");
}

static void gap_is_no_character(void)
{
	start();
	type("\001");
	for (int i = 0; i < 5000; i++) {
		type("x");
	}
	request(SHELL, CONSOLE_READ_CHAR, 0);
	check_status(SHELL, 1);
	for (int i = 0; i < 4094; i++) {
		request(SHELL, i % 2 ? CONSOLE_READ_CHAR : CONSOLE_WAIT_CHAR, 0);
		check_status(SHELL, 'x');
	}
	request(SHELL, CONSOLE_READ_CHAR, 0);
	check_status(SHELL, E_NOT_FOUND);
	request(SHELL, CONSOLE_WAIT_CHAR, 0);
	check_no_reply(SHELL);
	type("y");
	check_status(SHELL, 'y');
}

/* Each question waits for what strangers ask of procmgr. */
static void crowd_in_the_background_costs_few_questions(void)
{
	enum { CROWD = 0x1100, CROWD_SIZE = 150, IN_ONE = CONSOLE_BYTES_MAX / 4 };

	start();
	request(SHELL, CONSOLE_FOREGROUND, 0);
	check_status(SHELL, OK);
	questions = 0;
	for (envid_t id = CROWD; id < CROWD + CROWD_SIZE; id++) {
		request(id, CONSOLE_READ_LINE, 0);
		request(id + CROWD_SIZE, CONSOLE_READ_CHAR, 0);
		check_status(id + CROWD_SIZE, E_NOT_FOUND);
	}
	request(SHELL, CONSOLE_READ_LINE, 0);
	CHECK_EQ(questions, 0);
	type("one\n");
	check_line(SHELL, "one");
	CHECK_EQ(questions, CROWD_SIZE / IN_ONE + 1);
	check_no_reply(CROWD);
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("two\n");
	check_line(SHELL, "two");
	CHECK_EQ(questions, CROWD_SIZE / IN_ONE + 1);
}

/* SHELL is a shell, OTHER a program that it started in the background, as process 7. */
static void background_gets_no_key(void)
{
	start();
	pid_above[ENV_SLOT(OTHER)] = 7;
	request(SHELL, CONSOLE_FOREGROUND, 0);
	check_status(SHELL, OK);
	request(OTHER, CONSOLE_READ_LINE, 0);
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("one\n");
	check_line(SHELL, "one");
	type("two\n");
	check_no_reply(OTHER);
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_line(SHELL, "two");
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("\003");
	check_status(SHELL, E_INTERRUPTED);
	check_no_reply(OTHER);
	request(OTHER, CONSOLE_READ_CHAR, 0);
	check_status(OTHER, E_NOT_FOUND);
	request(OTHER, CONSOLE_WAIT_CHAR, 0);
	type("x");
	check_no_reply(OTHER);
	request(OTHER, CONSOLE_FOREGROUND, 7);
	check_status(OTHER, E_PERM);
	request(OTHER, CONSOLE_FOREGROUND, 0);
	check_status(OTHER, E_PERM);
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("\n");
	check_line(SHELL, "x");
}

static void foreground_reads_and_all_below_it(void)
{
	start();
	pid_above[ENV_SLOT(OTHER)] = pid_above[ENV_SLOT(THIRD)] = 7;
	request(SHELL, CONSOLE_FOREGROUND, 0);
	check_status(SHELL, OK);
	request(OTHER, CONSOLE_READ_LINE, 0); /* before it is in the foreground */
	type("one\n");
	check_no_reply(OTHER);
	request(SHELL, CONSOLE_FOREGROUND, 7);
	check_status(SHELL, OK);
	check_line(OTHER, "one");
	request(THIRD, CONSOLE_READ_LINE, 0);
	type("two\nthree\n");
	check_line(THIRD, "two");
	request(OTHER, CONSOLE_READ_LINE, 0);
	check_line(OTHER, "three");
	request(OTHER, CONSOLE_READ_LINE, 0);
	request(SHELL, CONSOLE_FOREGROUND, 0);
	check_status(SHELL, OK);
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("four\n");
	check_line(SHELL, "four");
	check_no_reply(OTHER);
}

/* OTHER is a shell that was started in SHELL. */
static void shells_may_be_nested(void)
{
	start();
	pid_above[ENV_SLOT(OTHER)] = 7;
	request(SHELL, CONSOLE_FOREGROUND, 7);
	request(OTHER, CONSOLE_FOREGROUND, 0);
	check_status(OTHER, OK);
	request(SHELL, CONSOLE_READ_LINE, 0);
	request(OTHER, CONSOLE_READ_LINE, 0);
	type("one\n");
	check_line(OTHER, "one");
	request(OTHER, CONSOLE_FOREGROUND, 8);
	check_status(OTHER, OK);
	bury(OTHER);
	replies[ENV_SLOT(SHELL)].count = 0;
	request(SHELL, CONSOLE_FOREGROUND, 0);
	check_status(SHELL, OK);
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("two\n");
	check_line(SHELL, "two");
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

static void line_whose_reader_is_gone_goes_to_the_next(void)
{
	start();
	request(SHELL, CONSOLE_READ_LINE, 0);
	dies_unseen = SHELL;
	type("one\n");
	request(OTHER, CONSOLE_READ_LINE, 0);
	check_line(OTHER, "one");
	check_sent("one\r\n");
	dies_unseen = OTHER;
	request(OTHER, CONSOLE_READ_LINE, 0);
	request(THIRD, CONSOLE_READ_LINE, 0);
	type("two\n");
	check_line(THIRD, "two");
}

static void reused_slot_is_another_client(void)
{
	const envid_t heir = SHELL + 0x1000;

	start();
	request(SHELL, CONSOLE_READ_LINE, 0);
	bequeath(SHELL, heir);
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

static void interrupt_waits_for_a_foreground_being_started(void)
{
	start();
	type("\003");
	request(SHELL, CONSOLE_FOREGROUND, 7);
	check_status(SHELL, OK);
	CHECK_EQ(killed_pid, 7);
	check_sent("^C\r\n");
	killed_pid = 0;
	request(SHELL, CONSOLE_FOREGROUND, 8);
	check_status(SHELL, OK);
	CHECK_EQ(killed_pid, 0);
	request(SHELL, CONSOLE_FOREGROUND, 0);
	check_status(SHELL, OK);
	type("\003x\n");
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_status(SHELL, E_INTERRUPTED);
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_line(SHELL, "x");
	request(SHELL, CONSOLE_FOREGROUND, 9);
	check_status(SHELL, OK);
	CHECK_EQ(killed_pid, 0);
}

/* Its prompt is seen before it asks, so the user may be faster. */
static void interrupt_waits_for_a_reader_that_comes(void)
{
	start();
	type("some words\003\003");
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_status(SHELL, E_INTERRUPTED);
	check_sent("^C\r\n");
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_no_reply(SHELL);
	check_sent("");
}

/* Whether it takes effect at once or later: what was typed before it is void, and nothing that was
 * typed after it. */
static void interrupt_voids_only_what_came_before(void)
{
	start();
	request(SHELL, CONSOLE_READ_LINE, 0);
	type("run\r");
	check_line(SHELL, "run");
	type("void\rvo\003first\rsecond\rth");
	request(SHELL, CONSOLE_FOREGROUND, 9);
	check_status(SHELL, OK);
	CHECK_EQ(killed_pid, 9);
	request(SHELL, CONSOLE_FOREGROUND, 0);
	check_status(SHELL, OK);
	type("ird\r");
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_line(SHELL, "first");
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_line(SHELL, "second");
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_line(SHELL, "third");
	check_no_reply(SHELL);
	type("void again\r\003next\r");
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_status(SHELL, E_INTERRUPTED);
	request(SHELL, CONSOLE_READ_LINE, 0);
	check_line(SHELL, "next");
}

static void interrupt_kills_a_reading_foreground(void)
{
	start();
	request(SHELL, CONSOLE_FOREGROUND, 8);
	check_status(SHELL, OK);
	pid_above[ENV_SLOT(OTHER)] = 8;
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

int main(void)
{
	static const struct host_test tests[] = {
		TEST(line_is_read_behind_the_prompt),
		TEST(type_ahead_is_shown_when_read),
		TEST(early_input_is_kept),
		TEST(keyboard_feeds_the_same_line),
		TEST(characters_come_from_type_ahead),
		TEST(characters_are_waited_for),
		TEST(character_of_a_dead_reader_goes_to_the_next),
		TEST(type_ahead_overflow_rings_once),
		TEST(line_over_the_limit_is_refused),
		TEST(line_with_a_gap_is_refused),
		TEST(gap_is_no_character),
		TEST(background_gets_no_key),
		TEST(crowd_in_the_background_costs_few_questions),
		TEST(foreground_reads_and_all_below_it),
		TEST(shells_may_be_nested),
		TEST(readers_take_turns),
		TEST(dead_reader_swallows_nothing),
		TEST(line_whose_reader_is_gone_goes_to_the_next),
		TEST(reused_slot_is_another_client),
		TEST(repeated_request_replaces_the_first),
		TEST(interrupt_ends_the_edit),
		TEST(interrupt_kills_the_foreground),
		TEST(interrupt_waits_for_a_foreground_being_started),
		TEST(interrupt_waits_for_a_reader_that_comes),
		TEST(interrupt_voids_only_what_came_before),
		TEST(interrupt_kills_a_reading_foreground),
		TEST(interrupt_that_kills_nobody_ends_the_edit),
	};

	return host_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
