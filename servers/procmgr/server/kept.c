/* The console's memory that outlives it: what a console has accepted is printed, whatever becomes
 * of the console. Mapped here at the same address. What stands in it may come from a console with a
 * bug: it is checked before it is used. */
#include "servers/procmgr/server/kept.h"
#include "kernel/abi/status.h"
#include "libsys/string.h"
#include "libsys/syscall.h"
#include "protocols/console.h"

enum { PART = 256 };

int kept_make(void)
{
	return page_alloc_all(0, CONSOLE_KEPT | PTE_W, CONSOLE_KEPT_PAGES);
}

int kept_map(envid_t console)
{
	return page_map_all(0, CONSOLE_KEPT, console, CONSOLE_KEPT | PTE_W, CONSOLE_KEPT_PAGES);
}

void kept_stop_console(envid_t console)
{
	volatile struct console_out *out = (volatile struct console_out *)CONSOLE_KEPT;
	struct env_regs regs;

	(void)sys_env_set(console, ENV_RUN, 0);
	if (out->sent_ip != 0 && sys_env_get_regs(console, &regs) == OK &&
	    regs.eip == out->sent_ip && out->taken != out->put) {
		out->taken++;
	}
}

void kept_print(void)
{
	volatile struct console_out *out = (volatile struct console_out *)CONSOLE_KEPT;
	char part[PART];
	uint32_t used = 0;

	if (out->put - out->taken > CONSOLE_OUT_SIZE) {
		return;
	}
	while (out->taken != out->put) {
		char c = (char)out->bytes[out->taken++ % CONSOLE_OUT_SIZE];

		if (c != '\r') { /* the kernel adds these by itself */
			part[used++] = c;
		}
		if (used == PART || out->taken == out->put) {
			(void)sys_debug_write(part, used);
			used = 0;
		}
	}
}

bool kept_has_write(uint32_t number)
{
	const volatile struct console_kept *kept =
		(const volatile struct console_kept *)CONSOLE_KEPT;
	const volatile struct console_write *write = &kept->writes[ENV_SLOT(env_page->id)];

	return write->client == env_page->id && write->number == number &&
	       (int32_t)(kept->out.put - write->mark) >= 0;
}

void kept_clear(void)
{
	memset((void *)CONSOLE_KEPT, 0, CONSOLE_KEPT_PAGES * PGSIZE);
}
