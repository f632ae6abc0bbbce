/* A pager that looks: one line per fault of its clients, and a table of counts at the end. What to
 * do about a fault it leaves to the policy of the pager server (libsys/paging.h), so programs
 * behave as always.
 *
 *     run -p logpager PROGRAM      lines and counts
 *     run -p 'logpager -q' PROGRAM counts only
 */
#include "libsys/pager.h"
#include "libsys/paging.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "libsys/syscall.h"

/* By enum paging_action. */
static struct {
	const char *name;
	uint32_t count;
} kinds[] = {
	[PAGING_RETRY] = {"changed meanwhile", 0},  [PAGING_ZERO_FILL] = {"zero page", 0},
	[PAGING_BREAK_COW] = {"copy on write", 0},  [PAGING_IMAGE_MAP] = {"program page", 0},
	[PAGING_IMAGE_COPY] = {"program page", 0},  [PAGING_LOST] = {"lost page", 0},
	[PAGING_NOT_OURS] = {"none of a pager", 0},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static bool quiet;

static int handle(const struct pager_fault *fault)
{
	enum paging_action kind = paging_decide(fault->va, fault->entry, fault->err);
	int status = paging_handle(fault->client, fault->va, fault->entry, fault->err);

	kinds[kind].count++;
	if (!quiet) {
		printf("logpager: env %08x page %08x entry %08x %s%s: %s: %s\n", fault->client,
		       fault->va, fault->entry, (fault->err & FEC_WR) != 0 ? "write" : "read",
		       fault->asked_by_kernel ? " (kernel)" : "", kinds[kind].name,
		       status_text(status));
	}
	return status;
}

static void print_counts(void)
{
	uint32_t total = 0;

	for (int i = 0; i < KINDS; i++) {
		total += kinds[i].count;
		if (kinds[i].count > 0) {
			printf("logpager: %6u %s\n", kinds[i].count, kinds[i].name);
		}
	}
	printf("logpager: %6u faults\n", total);
}

int main(int argc, char *argv[])
{
	struct pager_fault fault;
	int answer = OK;

	quiet = argc > 1 && strcmp(argv[1], "-q") == 0;
	if (argc > 1 && !quiet) {
		puts("usage: logpager [-q]");
		return 1;
	}
	if (!pager_wanted(argv[0])) {
		return 1;
	}
	while (pager_next(&fault, answer)) {
		answer = handle(&fault);
	}
	print_counts();
	return 0;
}
