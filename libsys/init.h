/* What a program has run before main and after its end: constructors, destructors, atexit. */
#pragma once

/* Called by the start code: runs the functions of .preinit_array and .init_array, which may do all
 * that main may, then main, and exits with what that returns. */
_Noreturn void init_main(int argc, char *argv[]);

/* Calls what a program's start has to call before its main function. */
void init_begin(int argc, char *argv[]);

/* Calls what atexit was given, the last one first, and then the functions of .fini_array, the last
 * one first. Each once, even if one of them comes here. */
void init_end(void);
