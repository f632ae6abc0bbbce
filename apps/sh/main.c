/* The shell: reads lines, or takes one with -c, and runs the commands in them.
 *
 *     command & command ; command        & runs what stands before it in the background
 *     'text' "text"                      quotes keep blanks, & and ; in a word
 *     # text                             a comment
 *
 * A line with something else that shells know, or too long, is refused as a whole: nothing of it
 * runs.
 *
 * A command is a builtin or a program of the archive. A builtin runs in the shell itself, but for
 * one that takes its time or runs in the background: that one runs in a fork, so that
 * Ctrl-C and `kill` can end it. The console learns which process Ctrl-C is for. With
 * -c the shell's status is that of the last foreground command, or if there is none the first
 * status of the background ones that is not 0. */
#include "apps/sh/sh.h"
#include "libsys/args.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"

/* What became of a line. */
struct outcome {
	bool had_foreground; /* there was a foreground command, or one that could not be started */
	int status;          /* of the last of them */
};

static void run_command(int argc, char *argv[], bool background, struct outcome *outcome)
{
	int status = background ? command_background(argc, argv) : command_foreground(argc, argv);

	if (!background || status != 0) {
		*outcome = (struct outcome){true, status};
	}
}

/* What it would do elsewhere. */
static const char *foreign_means(const char *word)
{
	if (strcmp(word, "|") == 0) {
		return "there are no pipes";
	}
	if (word[0] == '<' || word[0] == '>') {
		return "input and output cannot be redirected";
	}
	return "there are no conditions: a ; b runs b in any case";
}

/* Whether the words are commands with separators between them. If not, a line says why. */
static bool check_line(char *const words[], int count)
{
	bool command = false; /* before the separator */

	if (count < 0) {
		puts(count == E_INVAL ? "sh: a quote is not closed" : "sh: too many words");
		return false;
	}
	for (int i = 0; i < count; i++) {
		bool separates = words[i] == args_background || words[i] == args_sequence;

		if (args_is_foreign(words[i])) {
			printf("sh: %s: %s (in quotes it is plain text)\n", words[i],
			       foreign_means(words[i]));
			return false;
		}
		if (separates && !command) {
			printf("sh: no command before %s\n", words[i]);
			return false;
		}
		command = !separates;
	}
	return true;
}

static struct outcome run_line(char *line)
{
	struct outcome outcome = {false, 0};
	char *words[SHELL_WORDS_MAX];
	int count = args_split(line, words, SHELL_WORDS_MAX);
	int first = 0;

	if (!check_line(words, count)) {
		return (struct outcome){true, 1};
	}
	for (int i = 0; i <= count; i++) {
		bool background = i < count && words[i] == args_background;

		if (i < count && !background && words[i] != args_sequence) {
			continue;
		}
		if (i > first) {
			run_command(i - first, words + first, background, &outcome);
		}
		first = i + 1;
	}
	return outcome;
}

static int run_once(const char *text)
{
	char line[SHELL_LINE_SIZE];
	struct outcome outcome;
	int waited;

	if (strlcpy(line, text, sizeof(line)) >= sizeof(line)) {
		puts("sh: the line is too long");
		return 1;
	}
	shell_take_foreground();
	outcome = run_line(line);
	waited = job_wait_all();
	return outcome.had_foreground ? outcome.status : waited;
}

/* No more lines come. The shell's status. */
static int end_of_input(int why)
{
	if (why == E_END) {
		puts("exit");
	} else if (why == E_NOT_FOUND) {
		puts("sh: there is no console to read from");
	} else {
		puts(status_text(why));
	}
	stdout_drain();
	return why == E_END ? 0 : 1;
}

static int run_interactive(void)
{
	char line[SHELL_LINE_SIZE];

	shell_interactive = true;
	puts("Parley. \"help\" lists the commands.");
	for (;;) {
		job_report_ended();
		shell_take_foreground();

		int length = readline("parley$ ", line, sizeof(line));

		if (length >= 0) {
			run_line(line);
		} else if (length == E_TOO_BIG) {
			printf("sh: the line is too long, nothing of it is run "
			       "(at most %d characters)\n",
			       READLINE_MAX);
		} else if (length != E_INTERRUPTED) {
			return end_of_input(length);
		}
	}
}

int main(int argc, char *argv[])
{
	if (argc == 1) {
		return run_interactive();
	}
	if (argc == 3 && strcmp(argv[1], "-c") == 0) {
		int status = run_once(argv[2]);

		stdout_drain();
		return status;
	}
	puts("usage: sh [-c LINE]");
	return 1;
}
