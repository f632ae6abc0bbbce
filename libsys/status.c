/* Names and texts of status codes, both from the one list in kernel/abi/status.h. */
#include "libsys/status.h"

#include "kernel/abi/types.h"

const char *status_name(int status)
{
	if (status > 0) {
		status = OK;
	}
	switch (status) {
#define STATUS_NAME(name, value, text)                                                             \
	case value: return #name;
		STATUS_LIST(STATUS_NAME)
#undef STATUS_NAME
	default: return NULL;
	}
}

const char *status_in(int status, char number[STATUS_SIZE])
{
	const char *name = status_name(status);
	char *next = number + STATUS_SIZE - 1;

	if (name) {
		return name;
	}
	*next = '\0'; /* names are all that is not negative */
	for (uint32_t left = -(uint32_t)status; left > 0; left /= 10) {
		*--next = (char)('0' + left % 10);
	}
	*--next = '-';
	return next;
}

const char *status_text(int status)
{
	if (status > 0) {
		status = OK;
	}
	switch (status) {
#define STATUS_TEXT(name, value, text)                                                             \
	case value: return text;
		STATUS_LIST(STATUS_TEXT)
#undef STATUS_TEXT
	default: return "unknown error";
	}
}
