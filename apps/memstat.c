/* Shows what memory is used for, one figure a line. Waits first, but not for ever, until the
 * spaces of dead processes are torn down, so that figures from before and after can be compared. */
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/syscall.h"
#include "libsys/time.h"

enum {
	SETTLE_MS = 2000,
	STEP_MS = 5,
	PAGES_PER_MIB = 1024 * 1024 / PGSIZE,
};

static int read_settled(struct sysinfo *info)
{
	int status = sys_sysinfo(info);

	for (int ms = 0; status >= 0 && info->dying != 0 && ms < SETTLE_MS; ms += STEP_MS) {
		sleep_ms(STEP_MS);
		status = sys_sysinfo(info);
	}
	return status;
}

static void print_pages(const char *name, unsigned pages)
{
	printf("%-7s%u pages (%u MiB)\n", name, pages, pages / PAGES_PER_MIB);
}

int main(void)
{
	struct sysinfo info;
	int status = read_settled(&info);

	if (status < 0) {
		printf("memstat: %s\n", status_text(status));
		return 1;
	}
	print_pages("total ", info.frames_total);
	print_pages("free ", info.frames_free);
	print_pages("shared ", info.frames_shared);
	print_pages("unused ", info.frames_unused);
	printf("envs   %u\n", info.envs);
	printf("cpus   %u\n", info.ncpu);
	if (info.dying != 0) {
		printf("dying  %u\n", info.dying);
	}
	return 0;
}
