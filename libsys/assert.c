/* Panic: says who, where and why, walks the frame pointers, and ends the process with status 97.
 *
 * The walk trusts nothing: a frame is read only where the own page tables say that it may be, and
 * the number of frames is bounded, so a broken stack costs a shorter backtrace and no
 * fault. A panic inside the panic (the console's part of it can fail) ends at once. */
#include "libsys/assert.h"

#include "libsys/ipc.h"
#include "libsys/process.h"
#include "libsys/stdio.h"

enum {
	PANIC_STATUS = 97,
	FRAMES_MAX = 32,
};

/* What ebp points at. */
struct frame {
	const struct frame *caller;
	uint32_t return_ip;
};

const char *program_name = "?";

static bool page_readable(vaddr_t va)
{
	const pte_t wanted = PTE_P | PTE_U;

	return va >= PGSIZE && va < UTOP && (uvpd[va >> PTSHIFT] & wanted) == wanted &&
	       (uvpt[va >> PGSHIFT] & wanted) == wanted;
}

static bool frame_readable(const struct frame *frame)
{
	vaddr_t va = (vaddr_t)frame;

	return page_readable(va) && page_readable(va + sizeof(*frame) - 1);
}

static void print_backtrace(const struct frame *frame)
{
	for (int i = 0; i < FRAMES_MAX && frame_readable(frame) && frame->return_ip != 0; i++) {
		printf("  #%d 0x%08x %s\n", i, frame->return_ip, program_name);
		frame = frame->caller;
	}
}

static _Noreturn void end_now(void)
{
	for (;;) {
		int status = sys_env_destroy(0, PANIC_STATUS);

		(void)status; /* there is nothing left to try but again */
	}
}

void panic_at(const char *file, int line, const char *format, ...)
{
	static bool panicking;
	va_list args;

	if (panicking) {
		end_now();
	}
	panicking = true;

	printf("%s[%d]: panic at %s:%d: ", program_name,
	       ipc_own_rank == IPC_RANK_APP ? getpid() : env_page->id, file, line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	print_backtrace(__builtin_frame_address(0));
	stdout_flush();
	if (ipc_own_rank == IPC_RANK_APP) {
		_Exit(PANIC_STATUS);
	}
	end_now();
}
