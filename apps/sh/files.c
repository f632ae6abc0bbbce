/* ls and cat: the files of the archive. */
#include "apps/sh/sh.h"
#include "libsys/status.h"
#include "libsys/stdio.h"

int files_ls(int argc, char *argv[])
{
	struct file_info info;

	(void)argc;
	(void)argv;
	for (uint32_t i = 0; file_list(i, &info) >= 0; i++) {
		printf("%8u %s\n", info.size, info.name);
	}
	return 0;
}

static int cat_file(const char *name)
{
	static char buffer[PM_BYTES_MAX];
	uint32_t offset = 0;
	int count;

	while ((count = file_read(name, offset, buffer, sizeof(buffer))) > 0) {
		for (int i = 0; i < count; i++) {
			putchar(buffer[i]);
		}
		offset += (uint32_t)count;
	}
	if (count < 0) {
		printf("cat: %s: %s\n", name, status_text(count));
	}
	return count;
}

int files_cat(int argc, char *argv[])
{
	int failed = 0;

	for (int i = 1; i < argc; i++) {
		failed |= cat_file(argv[i]) < 0;
	}
	return failed;
}
