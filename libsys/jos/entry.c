/* From the start code (nasm/user/jos_start.asm) to the program's umain, and out again. */
#include "libsys/init.h"
#include "libsys/jos/kernel.h"

const char *binaryname = "<unknown>";

/* The last part of the path: programs lie in a folder of the archive. */
static const char *base_name(const char *path)
{
	const char *name = path;

	for (; *path; path++) {
		if (*path == '/') {
			name = path + 1;
		}
	}
	return name;
}

void libmain(int argc, char **argv)
{
	if (argc > 0) {
		binaryname = base_name(argv[0]);
	}
	init_begin(argc, argv);
	umain(argc, argv);
	exit();
}

void exit(void)
{
	init_end();
	for (;;) {
		sys_env_destroy(0);
	}
}
