/* Building an env out of a program image. */
#pragma once

#include "servers/procmgr/image/image.h"

/* Arguments of a program: argc strings one after the other, zeros included. */
struct arguments {
	uint32_t argc; /* at most ARGUMENTS_MAX */
	const char *text;
	uint32_t bytes; /* of text; at most ARGUMENTS_BYTES_MAX */
};
enum { ARGUMENTS_MAX = 256, ARGUMENTS_BYTES_MAX = 2048 };

/* OK if the text holds exactly argc strings and at least one, else E_INVAL or E_TOO_BIG. */
int arguments_check(const struct arguments *arguments);

enum load_kind {
	/* Paged: all but a few pages come when touched. The image is of the archive. */
	LOAD_PROGRAM,
	/* The same with all pages of the file: its pager need not know the archive. */
	LOAD_WHOLE,
	/* All there, but one stack page only, and no exception stack: as on JOS. */
	LOAD_SELF,
	/* All there from the start, so it never faults. May use what the kernel keeps back for
	 * servers, so it works when processes have taken everything. */
	LOAD_SERVER,
};

struct load {
	enum load_kind kind;
	const struct image *image;
	const struct arguments *arguments; /* NULL: none */
	uint32_t limit;                    /* of pages; 0 none */
	uint32_t label;                    /* of the env; 0 for a server */
};

/* Builds a stopped env that starts the program at its first instruction, with the start of a stack
 * and (but for LOAD_SELF) an exception stack. Its pager is not set. The env's id, or an error:
 * E_BAD_EXE, E_NO_MEM, E_NO_ENV, E_LIMIT, and then nothing is left of it. */
envid_t load_env(const struct load *load);
