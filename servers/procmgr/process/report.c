/* Lines that say why a process ended. An ending is kept as numbers, and becomes text when somebody
 * wants to read it: the symbol comes from the program's file in the archive. */
#include "servers/procmgr/process/report.h"
#include "kernel/abi/page.h"
#include "kernel/abi/status.h"
#include "libsys/exception.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "servers/procmgr/image/image.h"
#include "servers/procmgr/machine/boot.h"
#include "servers/procmgr/server/server.h"

enum { WHO_MAX = PM_NAME_MAX + 16, SYMBOL_MAX = 96 };

/* "main+0x11" between the texts given, or nothing at all; the code is `behind` bytes before
 * `ip`. */
static void format_symbol(const struct image *image, vaddr_t ip, uint32_t behind,
                          const char *before, const char *after, char *buffer, uint32_t size)
{
	uint32_t offset;
	const char *symbol = image_symbol(image, ip - behind, &offset);

	buffer[0] = '\0';
	if (symbol) {
		snprintf(buffer, size, "%s%.64s+0x%x%s", before, symbol, offset + behind, after);
	}
}

static void format_exception(const char *who, const struct image *image,
                             const struct ending *ending, char *buffer, uint32_t size)
{
	char symbol[SYMBOL_MAX];

	/* A trap's address is behind its instruction, which may be a function's last. */
	uint32_t behind = ending->vector == VECTOR_BREAKPOINT || ending->vector == VECTOR_OVERFLOW;
	format_symbol(image, ending->ip, behind, " (", ")", symbol, sizeof(symbol));
	snprintf(buffer, size, "%s: %s at ip 0x%08x%s", who, exception_name(ending->vector),
	         ending->ip, symbol);
}

/* Who did not answer: the pager, or another process that pages this one. */
static void format_pager(envid_t pager, char *buffer, uint32_t size)
{
	const struct process *process = table_by_env(pager);

	if (server_of_env(pager) == PM_SERVER_PAGER) {
		strlcpy(buffer, "the pager", size);
	} else if (process) {
		snprintf(buffer, size, "%s[%d]", process->program->name, process->pid);
	} else {
		snprintf(buffer, size, "env %x", pager);
	}
}

/* ": why", or nothing if it could be anything. */
static void format_reason(const struct ending *ending, char *buffer, uint32_t size)
{
	char who[WHO_MAX];
	const char *kind = exception_fault_kind(ending->va, ending->err);

	if (ending->stack_full) {
		kind = "exception stack overflow";
	}
	if (ending->reason == E_FAULT && kind) {
		snprintf(buffer, size, ": %s", kind);
	} else if (ending->reason == E_FAULT) {
		buffer[0] = '\0';
	} else if (ending->reason == E_TIMEOUT && ending->pager != 0) {
		format_pager(ending->pager, who, sizeof(who));
		snprintf(buffer, size, ": no answer from %s in %u ms", who, ending->deadline_ms);
	} else {
		snprintf(buffer, size, ": %s", status_text(ending->reason));
	}
}

static void format_page_fault(const char *who, const struct image *image,
                              const struct ending *ending, char *buffer, uint32_t size)
{
	char symbol[SYMBOL_MAX], reason[SYMBOL_MAX];
	const char *access = (ending->err & FEC_WR) != 0 ? "write" : "read";

	format_symbol(image, ending->ip, 0, " ", "", symbol, sizeof(symbol));
	format_reason(ending, reason, sizeof(reason));
	snprintf(buffer, size, "%s: fault at 0x%08x (%s, ip 0x%08x%s)%s", who, ending->va, access,
	         ending->ip, symbol, reason);
}

static void format_fault(const char *who, const struct image *image, const struct ending *ending,
                         char *buffer, uint32_t size)
{
	if (ending->vector == VECTOR_PAGE_FAULT) {
		format_page_fault(who, image, ending, buffer, size);
	} else {
		format_exception(who, image, ending, buffer, size);
	}
}

void report_process(const struct process *process, char *buffer, uint32_t size)
{
	char who[WHO_MAX];

	if (process->ending.how == PM_END_FAULT && process->path == FAULT_PATH_SELF &&
	    boot_with_joslog()) {
		buffer[0] = '\0';
		return;
	}
	snprintf(who, sizeof(who), "%s[%d]", process->program->name, process->pid);
	switch (process->ending.how) {
	case PM_END_KILLED: snprintf(buffer, size, "%s: killed", who); break;
	case PM_END_FAULT:
		format_fault(who, &process->program->content, &process->ending, buffer, size);
		break;
	default: buffer[0] = '\0'; break;
	}
}

void report_server(const char *name, const struct image *image, const struct ending *ending,
                   char *buffer, uint32_t size)
{
	format_fault(name, image, ending, buffer, size);
}
