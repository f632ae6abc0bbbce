/* Every status has its name and text; unknown ones are told from known ones. */
#include "libsys/status.h"
#include "tests/guest/check.h"

int main(void)
{
	CHECK_TEXT(status_name(OK), "OK");
	CHECK_TEXT(status_name(17), "OK");
	CHECK_TEXT(status_name(E_END), "E_END");
	CHECK(status_name(-1000) == NULL);
	CHECK_TEXT(STATUS(E_NO_MEM), "E_NO_MEM");
	CHECK_TEXT(STATUS(3), "OK");
	CHECK_TEXT(STATUS(-1234), "-1234");
	CHECK_TEXT(STATUS(INT32_MIN), "-2147483648");
	const char *first = STATUS(-77), *second = STATUS(-88);
	CHECK_TEXT(first, "-77");
	CHECK_TEXT(second, "-88");
	CHECK_TEXT(status_text(E_NO_MEM), "out of memory");
	CHECK_TEXT(status_text(3), "ok");
	CHECK_TEXT(status_text(-1000), "unknown error");
	return 0;
}
