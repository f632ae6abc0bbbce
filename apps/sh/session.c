/* How this shell stands to the terminal. */
#include "apps/sh/sh.h"
#include "libsys/stdio.h"

bool shell_interactive;
bool shell_in_background;

void shell_take_foreground(void)
{
	if (!shell_in_background) {
		(void)console_set_foreground(shell_interactive ? 0 : getpid());
	}
}
