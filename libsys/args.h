/* Arguments as people type them: numbers, seconds, and lines of words. */
#pragma once

#include "kernel/abi/types.h"

/* The whole of text is a decimal number low..high. False otherwise; *number is then undefined. */
bool args_number(const char *text, long low, long high, int *number);

/* The whole of text is a number of seconds, 0 up to ARGS_SECONDS_MAX, perhaps with a fraction
 * ("2", "0.25"). *ms gets milliseconds. False otherwise; *ms is then undefined. */
bool args_seconds(const char *text, uint32_t *ms);
enum { ARGS_SECONDS_MAX = 1000000 };

/* What separates commands in a line: these very pointers stand among its words. */
extern char args_background[]; /* "&" */
extern char args_sequence[];   /* ";" */

/* Whether it is one of these too, but none that we know: && || | < >. */
bool args_is_foreign(const char *word);

/* Splits a line, in place, at blanks into words, and separators between them. '...' and "..." keep
 * blanks and separators in a word; # at the begin of a word starts a comment. Returns how many
 * words and separators there are, E_INVAL if a quote is not closed, or E_TOO_BIG if there are more
 * than `max`; the line is spoilt then. */
int args_split(char *line, char *words[], int max);
