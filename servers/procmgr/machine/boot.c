/* What runs first, by the kernel's command line:
 *
 *     (nothing)        the shell
 *     app=LINE         a shell that runs the line and ends
 *     app=A & B & C    if all are programs of the JOS face (jos/...), or with the word faults=self:
 *                      these programs, side by side, on path `self`, without shell and console
 *     faults=self      the shell, or these programs, on path `self`
 *     faults=ipc       the shell, and so what it starts, on path `ipc`; likewise faults=kernel
 *
 * All words are in protocols/boot.h. app= reaches to the end; words count before it. Programs
 * without a shell are all made before the first of them runs, so their envs have ids in their
 * order: the first ones that there are. Without a console no device concerns them: when they all
 * wait, without bounds, they will for ever, and the machine ends. */
#include "servers/procmgr/machine/boot.h"
#include "kernel/abi/bootinfo.h"
#include "libsys/args.h"
#include "libsys/assert.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "libsys/syscall.h"
#include "protocols/boot.h"
#include "servers/procmgr/look/log.h"
#include "servers/procmgr/machine/power.h"
#include "servers/procmgr/process/start.h"

#define APP_WORD "app="
#define NOTHING_LEFT "No runnable environments in the system!\n"

enum { WORDS_MAX = 128 };

#define KNOWN_WORD(word, low, high, text) {word, low, high},
static const struct known_word {
	const char *word; /* with `=` at the end a number follows: */
	int low, high;
} known_words[] = {BOOT_WORD_LIST(KNOWN_WORD)};
enum { NKNOWN_WORDS = sizeof(known_words) / sizeof(known_words[0]) };

static uint32_t left; /* processes with the mark `boot` */
static int status_of_first;
static bool without_console;

/* Where the word stands in the kernel's command line, as a word, or the start of one if it ends
 * with `=`; NULL: nowhere. */
static const char *find_word(const char *word)
{
	const char *line = ((const struct bootinfo *)BOOTINFO)->cmdline;
	uint32_t length = strlen(word);

	for (const char *at = strstr(line, word); at; at = strstr(at + 1, word)) {
		bool starts = at == line || at[-1] == ' ';
		bool ends = word[length - 1] == '=' || at[length] == ' ' || at[length] == '\0';

		if (starts && ends) {
			return at;
		}
	}
	return NULL;
}

/* The same, but what `app=` runs does not count. */
static const char *find_own_word(const char *word)
{
	const char *at = find_word(word), *app = find_word(APP_WORD);

	return !app || at < app ? at : NULL;
}

static bool has_word(const char *word)
{
	return find_own_word(word) != NULL;
}

/* What the list says of a word of the line, or of one of its own; NULL: no such word. */
static const struct known_word *find_known(const char *text)
{
	for (const struct known_word *known = known_words; known < known_words + NKNOWN_WORDS;
	     known++) {
		uint32_t length = strlen(known->word);
		bool number = known->word[length - 1] == '=';

		if (strncmp(text, known->word, number ? length : length + 1) == 0) {
			return known;
		}
	}
	return NULL;
}

int boot_number(const char *name, int otherwise)
{
	char text[16]; /* room for more digits than any of these numbers has */
	int number;
	const struct known_word *known = find_known(name);
	const char *at = find_own_word(name);

	assert(known);
	if (!at) {
		return otherwise;
	}
	at += strlen(name);
	uint32_t length = 0;
	while (at[length] != ' ' && at[length] != '\0' && length < sizeof(text) - 1) {
		text[length] = at[length];
		length++;
	}
	text[length] = '\0';
	if (!args_number(text, known->low, known->high, &number)) {
		char line[96];

		snprintf(line, sizeof(line),
		         "procmgr: %s%s: must be a number from %d to %d; %d is used", name, text,
		         known->low, known->high, otherwise);
		log_line(line);
		number = otherwise;
	}
	return number;
}

/* Says which words nobody reads. The first may be the kernel's file, which some loaders put
 * there. */
static void report_unknown_words(void)
{
	static char own[BOOT_CMDLINE_MAX];
	const char *app = find_word(APP_WORD),
		   *start = ((const struct bootinfo *)BOOTINFO)->cmdline;
	char *words[WORDS_MAX], line[96];

	strlcpy(own, start, app ? (uint32_t)(app - start) + 1 : sizeof(own));
	int count = args_split(own, words, WORDS_MAX);
	for (int i = 0; i < count; i++) {
		bool file = i == 0 && (strchr(words[i], '/') || strchr(words[i], '.'));

		if (!file && !find_known(words[i])) {
			snprintf(line, sizeof(line), "procmgr: no boot word '%s': it does nothing",
			         words[i]);
			log_line(line);
		}
	}
}

/* ---- Starting ---- */

static struct process *make_process(enum fault_path path, const struct arguments *arguments)
{
	struct process *process;
	int pid = start_stopped(NULL, &(struct start){.path = path}, arguments, &process);

	if (pid < 0) {
		log_line(arguments->text);
		power_fail("cannot start this program", pid);
	}
	process->boot = true;
	left++;
	return process;
}

/* The shell, which runs `app` if that is not NULL. */
static void start_shell(enum fault_path path, const char *app)
{
	static char text[BOOT_CMDLINE_MAX + 8] = "sh\0-c\0";
	struct arguments arguments = {.argc = 1, .text = text, .bytes = 3};

	if (app) {
		arguments.argc = 3;
		arguments.bytes = 6 + strlcpy(text + 6, app, sizeof(text) - 6) + 1;
	}
	const struct process *shell = make_process(path, &arguments);
	(void)sys_env_set(shell->env, ENV_RUN, 1);
}

static struct process *make_program(char *const words[], uint32_t count)
{
	static char text[BOOT_CMDLINE_MAX];
	struct arguments arguments = {.argc = count, .text = text};

	for (uint32_t i = 0; i < count; i++) {
		arguments.bytes +=
			strlcpy(text + arguments.bytes, words[i], sizeof(text) - arguments.bytes) +
			1;
	}
	return make_process(FAULT_PATH_SELF, &arguments);
}

static void start_programs(char *const words[], int count)
{
	struct process *made[WORDS_MAX];
	uint32_t nmade = 0;
	int first = 0;

	without_console = true;
	(void)sys_irq_bind(IRQ_STANDSTILL, 0);
	log_at_once();
	for (int i = 0; i <= count; i++) {
		if (i < count && words[i] != args_background) {
			continue;
		}
		if (i > first) {
			made[nmade++] = make_program(words + first, (uint32_t)(i - first));
		}
		first = i + 1;
	}
	for (uint32_t i = 0; i < nmade; i++) {
		(void)sys_env_set(made[i]->env, ENV_RUN, 1);
	}
}

/* Whether the commands of a line are all programs of the JOS face. */
static bool all_jos(char *const words[], int count)
{
	for (int i = 0; i < count; i++) {
		bool first = i == 0 || words[i - 1] == args_background;
		bool separator = words[i] == args_background;

		if (first && !separator && strncmp(words[i], JOS_PREFIX, strlen(JOS_PREFIX)) != 0) {
			return false;
		}
	}
	return true;
}

void boot_start(void)
{
	static char line[BOOT_CMDLINE_MAX];
	char *words[WORDS_MAX];
	const char *app = find_word(APP_WORD);
	bool self = has_word("faults=self");
	enum fault_path path = self                        ? FAULT_PATH_SELF
	                       : has_word("faults=ipc")    ? FAULT_PATH_IPC
	                       : has_word("faults=kernel") ? FAULT_PATH_KERNEL
	                                                   : FAULT_PATH_PAGER;

	report_unknown_words();
	app = app ? app + strlen(APP_WORD) : NULL;
	strlcpy(line, app ? app : "", sizeof(line));
	int count = args_split(line, words, WORDS_MAX);
	bool plain = count > 0; /* nothing but programs, side by side */
	for (int i = 0; i < count; i++) {
		plain = plain && words[i] != args_sequence;
	}
	if (plain && (self || all_jos(words, count))) {
		start_programs(words, count);
	} else {
		start_shell(path, app);
	}
}

/* ---- Ending ---- */

static void say_nothing_left(void)
{
	(void)sys_debug_write(NOTHING_LEFT, strlen(NOTHING_LEFT));
}

void boot_standstill(void)
{
	say_nothing_left();
	power_off(PM_STATUS_STANDSTILL);
}

void boot_process_ended(const struct process *process)
{
	if (process == table_first()) {
		status_of_first = process->ending.status;
	}
	if (--left > 0) {
		return;
	}
	if (boot_with_joslog()) {
		say_nothing_left();
	}
	power_off(status_of_first);
}

bool boot_with_joslog(void)
{
	return has_word("joslog");
}

bool boot_without_console(void)
{
	return without_console;
}

uint32_t boot_deadline_ms(void)
{
	return (uint32_t)boot_number("deadline=", PROCESS_DEADLINE_MS);
}

bool boot_may_kill_servers(void)
{
	return has_word("killservers");
}
