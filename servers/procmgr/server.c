/* The servers that procmgr starts: the pager and the console, from boot modules.
 *
 * A module's name is the last word of its string. Servers are loaded with all their memory
 * present and have no pager. */
#include "servers/procmgr/server.h"
#include "kernel/abi/bootinfo.h"
#include "libsys/ipc.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "servers/procmgr/layout.h"
#include "servers/procmgr/load.h"
#include "servers/procmgr/log.h"
#include "servers/procmgr/power.h"
#include "servers/procmgr/report.h"

/* What the console drives. */
enum {
	COM1_IRQ = 4,
	COM1_PORTS_FIRST = 0x3F8,
	COM1_PORTS = 8,
	KEYBOARD_IRQ = 1,
	KEYBOARD_PORTS_FIRST = 0x60,
	KEYBOARD_PORTS = 5,
	VGA_CURSOR_PORTS_FIRST = 0x3D4,
	VGA_CURSOR_PORTS = 2,
	VGA_TEXT_FRAME = 0xB8000 / PGSIZE,
	VGA_TEXT_PAGES = 8,
	VGA_TEXT_VA = 0x00300000,
};

static const struct bootinfo *const bootinfo = (const struct bootinfo *)BOOTINFO;

static struct image modules[BOOT_MODULES_MAX];

/* By enum pm_server. */
static struct server {
	const char *name;
	envid_t env; /* 0: not started */
	const struct image *image;
} servers[PM_SERVER_END] = {
	[PM_SERVER_PAGER] = {.name = "pager"},
	[PM_SERVER_CONSOLE] = {.name = "console"},
};

/* ---- Modules ---- */

static uint32_t module_count(void)
{
	return bootinfo->nmodules < BOOT_MODULES_MAX ? bootinfo->nmodules : BOOT_MODULES_MAX;
}

static const struct image *find_module(const char *name)
{
	for (uint32_t i = 0; i < module_count(); i++) {
		const char *string = bootinfo->module[i].name;
		const char *last = strrchr(string, ' ');
		if (strcmp(last != NULL ? last + 1 : string, name) == 0) {
			return &modules[i];
		}
	}
	power_fail("a boot module is missing", E_NOT_FOUND);
}

/* Maps frames that the kernel does not manage as its own: modules, devices. */
static int map_frames(envid_t env, vaddr_t va_perm, uint32_t frame, uint32_t npages)
{
	while (npages > 0) {
		int done = sys_page_phys(env, va_perm, frame, npages);
		if (done < 0) {
			return done;
		}
		va_perm += (uint32_t)done * PGSIZE;
		frame += (uint32_t)done;
		npages -= (uint32_t)done;
	}
	return OK;
}

static void map_module(const struct boot_module *module, struct image *image, vaddr_t *next_va)
{
	uint32_t npages = module->size / PGSIZE + (module->size % PGSIZE != 0);
	if (npages > (MODULES_TOP - *next_va) / PGSIZE) {
		power_fail("the boot modules are too big", E_TOO_BIG);
	}
	int status = map_frames(0, *next_va, module->start / PGSIZE, npages);
	if (status < 0) {
		power_fail("cannot map a boot module", status);
	}
	*image = (struct image){(const void *)*next_va, module->size};
	*next_va += npages * PGSIZE;
}

void server_map_modules(void)
{
	vaddr_t next_va = MODULES;
	for (uint32_t i = 0; i < module_count(); i++) {
		map_module(&bootinfo->module[i], &modules[i], &next_va);
	}
	const struct image *archive = find_module("apps");
	if (archive_init(archive->bytes, archive->size) < 0) {
		log_line("procmgr: the archive is corrupt or too long; some files are missing");
	}
}

/* ---- Servers ---- */

static void check(int status, const char *what)
{
	if (status < 0) {
		power_fail(what, status);
	}
}

/* A stopped server. */
static envid_t load_server(enum pm_server which)
{
	struct server *server = &servers[which];
	server->image = find_module(server->name);
	struct load load = {.kind = LOAD_SERVER, .image = server->image};
	server->env = load_env(&load);
	check(server->env, "cannot load a server");
	return server->env;
}

static void give_devices(envid_t console)
{
	const char *what = "cannot give the console its devices";
	check(sys_irq_bind(COM1_IRQ, console), what);
	check(sys_irq_bind(KEYBOARD_IRQ, console), what);
	check(sys_ports(console, COM1_PORTS_FIRST, COM1_PORTS), what);
	check(sys_ports(console, KEYBOARD_PORTS_FIRST, KEYBOARD_PORTS), what);
	check(sys_ports(console, VGA_CURSOR_PORTS_FIRST, VGA_CURSOR_PORTS), what);
	check(map_frames(console, VGA_TEXT_VA | PTE_W | PAGE_NOCACHE, VGA_TEXT_FRAME,
	                 VGA_TEXT_PAGES),
	      what);
}

void server_start_all(void)
{
	envid_t pager = load_server(PM_SERVER_PAGER);
	ipc_know_rank(pager, IPC_RANK_PAGER);
	check(sys_env_set(pager, ENV_RUN, 1), "cannot start the pager");

	envid_t console = load_server(PM_SERVER_CONSOLE);
	ipc_know_rank(console, IPC_RANK_CONSOLE);
	give_devices(console);
	check(sys_env_set(console, ENV_RUN, 1), "cannot start the console");
	log_set_reader(console);
}

envid_t server_env(enum pm_server which)
{
	bool known = which > 0 && which < PM_SERVER_END && servers[which].env > 0;
	return known ? servers[which].env : E_NOT_FOUND;
}

enum pm_server server_of_env(envid_t env)
{
	for (enum pm_server which = PM_SERVER_PAGER; which < PM_SERVER_END; which++) {
		if (servers[which].env == env && env != 0) {
			return which;
		}
	}
	return 0;
}

void server_failed(enum pm_server which, const struct ending *ending)
{
	char line[PM_BYTES_MAX];
	const struct server *server = &servers[which];
	if (ending->how == PM_END_FAULT) {
		report_server(server->name, server->image, ending, line, sizeof(line));
	} else {
		snprintf(line, sizeof(line), "%s: ended with status %d", server->name,
		         ending->status);
	}
	power_fail(line, OK);
}
