/* Arguments as people type them. No state but the separators, which are constant. */
#include "libsys/args.h"

#include "kernel/abi/status.h"
#include "libsys/stdlib.h"
#include "libsys/string.h"

#define SEPARATORS " \t&;|<>"

char args_background[] = "&";
char args_sequence[] = ";";
/* Longer ones first. */
static char foreign[][3] = {"&&", "||", "|", "<", ">"};
enum { FOREIGN = sizeof(foreign) / sizeof(foreign[0]) };

bool args_number(const char *text, long low, long high, int *number)
{
	char *end;
	long value = strtol(text, &end, 10);

	*number = (int)value;
	return end != text && *end == '\0' && value >= low && value <= high;
}

bool args_seconds(const char *text, uint32_t *ms)
{
	const char *next = text;
	uint32_t seconds = 0, part = 0;
	int digits = 0;

	for (; *next >= '0' && *next <= '9' && seconds <= ARGS_SECONDS_MAX; next++, digits++) {
		seconds = seconds * 10 + (uint32_t)(*next - '0');
	}
	if (*next == '.') {
		next++;
		for (uint32_t unit = 100; *next >= '0' && *next <= '9'; next++, digits++) {
			part += (uint32_t)(*next - '0') * unit;
			unit /= 10;
		}
	}
	*ms = seconds * 1000 + part;
	return digits > 0 && *next == '\0' && seconds <= ARGS_SECONDS_MAX;
}

bool args_is_foreign(const char *word)
{
	for (int i = 0; i < FOREIGN; i++) {
		if (word == foreign[i]) {
			return true;
		}
	}
	return false;
}

/* The separator that begins with `first`, behind which stands `next`; NULL: none does. */
static char *find_separator(char first, char next)
{
	for (int i = 0; i < FOREIGN; i++) {
		if (foreign[i][0] == first && (foreign[i][1] == '\0' || foreign[i][1] == next)) {
			return foreign[i];
		}
	}
	return first == '&' ? args_background : first == ';' ? args_sequence : NULL;
}

/* Cuts the word at `word` out of its line, without its quotes. *stop gets the blank, separator
 * or zero behind it, which the end of the word may have overwritten. Returns what follows that;
 * NULL if a quote is not closed. */
static char *cut_word(char *word, char *stop)
{
	char *in = word, *out = word;
	char quote = '\0';

	for (; *in != '\0' && (quote != '\0' || !strchr(SEPARATORS, *in)); in++) {
		if (quote == '\0' && (*in == '\'' || *in == '"')) {
			quote = *in;
		} else if (quote != '\0' && *in == quote) {
			quote = '\0';
		} else {
			*out++ = *in;
		}
	}
	*stop = *in;
	if (*in != '\0') {
		in++;
	}
	*out = '\0';
	return quote == '\0' ? in : NULL;
}

int args_split(char *line, char *words[], int max)
{
	int count = 0;

	for (;;) {
		char stop = *line;

		if (stop == '\0' || stop == '#') {
			return count;
		}
		if (count + 2 > max) { /* a word and a separator */
			return E_TOO_BIG;
		}
		if (strchr(SEPARATORS, stop)) {
			line++;
		} else {
			words[count++] = line;
			line = cut_word(line, &stop);
			if (!line) {
				return E_INVAL;
			}
		}
		char *separator = find_separator(stop, *line);
		if (separator) {
			words[count++] = separator;
			line += separator[1] != '\0';
		}
	}
}
