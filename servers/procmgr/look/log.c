/* The log: a ring of bytes that the console empties.
 *
 *      [ ....  part that is given  ....  newest bytes  .... ]
 *              ^ taken                 ^ given         ^ added
 *
 * The positions count bytes ever taken, given and added; they wrap around at 2^32, a multiple of
 * the ring's size. procmgr never calls the console: it raises a bit there, and the console asks.
 * When it asks for more, it has the part that it was given; the part that it was given and died
 * with is given to the next one, as it was: that one knows by the part's number whether it was
 * printed. */
#include "servers/procmgr/look/log.h"
#include "libsys/string.h"
#include "libsys/syscall.h"
#include "protocols/procmgr.h"
#include "servers/procmgr/server/kept.h"

enum { LOG_SIZE = 4096, DUMP_PART = 256 };

static char ring[LOG_SIZE];
static uint32_t taken, given, added;
static envid_t reader;
static bool has_part; /* the reader has been given [taken, given) */
static bool at_once;  /* no console is in use */

static void notify_reader(void)
{
	if (reader != 0 && added != taken) {
		(void)sys_notify(reader, PM_NOTIFY_LOG);
	}
}

void log_set_reader(envid_t console)
{
	reader = console;
	has_part = false;
	notify_reader();
}

void log_at_once(void)
{
	at_once = true;
	(void)sys_debug_screen(true);
	log_dump();
}

static void add_byte(char c)
{
	if (added - taken == LOG_SIZE) {
		given += given == taken;
		taken++;
	}
	ring[added++ % LOG_SIZE] = c;
}

void log_line(const char *line)
{
	for (; *line != '\0'; line++) {
		add_byte(*line);
	}
	add_byte('\n');
	if (at_once) {
		log_dump();
	}
	notify_reader();
}

static uint32_t take_text(char *buffer, uint32_t max)
{
	uint32_t count = 0;

	while (count < max && taken != added) {
		buffer[count++] = ring[taken++ % LOG_SIZE];
	}
	return count;
}

uint32_t log_give(char *buffer, uint32_t max, uint32_t *number)
{
	if (has_part) {
		taken = given;
	}
	if (taken == given) {
		given += added - given < max ? added - given : max;
	}
	has_part = true;
	*number = taken + 1;
	for (uint32_t at = taken; at != given; at++) {
		*buffer++ = ring[at % LOG_SIZE];
	}
	return given - taken;
}

void log_settle(void)
{
	if (has_part && kept_has_write(taken + 1)) {
		taken = given;
		has_part = false;
	}
}

void log_dump(void)
{
	char part[DUMP_PART];
	uint32_t count;

	while ((count = take_text(part, sizeof(part))) > 0) {
		(void)sys_debug_write(part, count);
	}
	given = taken;
}
