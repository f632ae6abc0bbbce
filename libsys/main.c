/* From the start code to the program's main, and out again. A file of its own: a JOS program has no
 * main. */
#include "libsys/init.h"
#include "libsys/stdlib.h"

int main(int argc, char *argv[]);

void init_main(int argc, char *argv[])
{
	init_begin(argc, argv);
	exit(main(argc, argv));
}
