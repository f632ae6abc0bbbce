/* JOS face: error numbers. Calls return them negated. */
#pragma once

/* X(NAME, value, what %e prints) */
#define JOS_ERROR_LIST(X)                                                                          \
	X(E_UNSPECIFIED, 1, "unspecified error")                                                   \
	X(E_BAD_ENV, 2, "bad environment")                                                         \
	X(E_INVAL, 3, "invalid parameter")                                                         \
	X(E_NO_MEM, 4, "out of memory")                                                            \
	X(E_NO_FREE_ENV, 5, "out of environments")                                                 \
	X(E_FAULT, 6, "segmentation fault")                                                        \
	X(E_IPC_NOT_RECV, 7, "env is not recving")                                                 \
	X(E_EOF, 8, "unexpected end of file")

enum {
#define JOS_ERROR_ENUM(name, value, text) name = value,
	JOS_ERROR_LIST(JOS_ERROR_ENUM)
#undef JOS_ERROR_ENUM
};
enum { MAXERROR = E_EOF + 1 };
