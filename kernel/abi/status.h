/* Status codes. Every system call and every server answers with one of these:
 * zero or a positive count on success, a negative code on failure. One list
 * yields the codes and (through libsys' status_name) their names. */
#pragma once

/* X(name, value, text) */
#define STATUS_LIST(X)                                                                             \
	X(OK, 0, "ok")                                                                             \
	X(E_INVAL, -1, "invalid argument")                                                         \
	X(E_BAD_ENV, -2, "no such env or process")                                                 \
	X(E_PERM, -3, "not permitted")                                                             \
	X(E_NO_MEM, -4, "out of memory")                                                           \
	X(E_NO_ENV, -5, "out of envs")                                                             \
	X(E_LIMIT, -6, "limit reached")                                                            \
	X(E_FAULT, -7, "bad address")                                                              \
	X(E_AGAIN, -8, "changed meanwhile, try again")                                             \
	X(E_TIMEOUT, -9, "timed out")                                                              \
	X(E_DEAD, -10, "peer died")                                                                \
	X(E_NOT_WAITING, -11, "peer is not waiting")                                               \
	X(E_SHARED, -12, "page has other mappings")                                                \
	X(E_NOT_FOUND, -13, "not found")                                                           \
	X(E_BAD_EXE, -14, "not an executable")                                                     \
	X(E_NO_CHILD, -15, "no such child")                                                        \
	X(E_TOO_BIG, -16, "too big")                                                               \
	X(E_NO_CALL, -17, "no such call")                                                          \
	X(E_BUSY, -18, "busy")                                                                     \
	X(E_INTERRUPTED, -19, "interrupted")                                                       \
	X(E_END, -20, "end of input")                                                              \
	X(E_LOST, -21, "only its pager had it, which is gone")

enum status {
#define STATUS_ENUM(name, value, text) name = value,
	STATUS_LIST(STATUS_ENUM)
#undef STATUS_ENUM
};
