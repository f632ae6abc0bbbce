/* Words of the kernel's command line. */
#include "kernel/boot/boot.h"

INIT uint32_t boot_starts_with(const char *text, const char *start)
{
	uint32_t n = 0;

	while (start[n] && text[n] == start[n]) {
		n++;
	}
	return start[n] ? 0 : n;
}

INIT bool boot_word(const char *cmdline, const char *word)
{
	for (const char *p = cmdline; *p && !boot_starts_with(p, "app="); p++) {
		uint32_t n = boot_starts_with(p, word);

		if (n && (!p[n] || p[n] == ' ')) {
			return true;
		}
		while (p[0] != ' ' && p[1]) { /* to the end of the word */
			p++;
		}
	}
	return false;
}
