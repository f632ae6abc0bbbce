/* The servers that procmgr starts, and starts again when they die: the pager and the console, from
 * boot modules.
 *
 * A module's name is the last word of its string. Servers are loaded with all their memory
 * present and have no pager.
 *
 *              start                      died by itself, or killed
 *     (boot) --------> runs (env != 0) -----------------------------> start again
 *                                                                         |
 *                          gone (env == 0) <------------------------------+
 *                                             CRASHES_MAX in CRASHES_US before this one
 *
 * Starting again takes no time in which procmgr serves others: whoever asks for a server gets one
 * that stands, or hears that it is gone. Deaths are heard of before any request of who suffered
 * from them: the kernel delivers the bit before messages. What a server knew and must not lose lies
 * where its death does not reach: the pager's in page tables, the console's in pages that outlive
 * it (kept.h). */
#include "servers/procmgr/server/server.h"
#include "kernel/abi/bootinfo.h"
#include "libsys/ipc.h"
#include "libsys/record.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "protocols/pager.h"
#include "servers/procmgr/family/family.h"
#include "servers/procmgr/image/load.h"
#include "servers/procmgr/layout.h"
#include "servers/procmgr/look/log.h"
#include "servers/procmgr/look/trace.h"
#include "servers/procmgr/machine/boot.h"
#include "servers/procmgr/machine/power.h"
#include "servers/procmgr/process/report.h"
#include "servers/procmgr/server/kept.h"

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

/* Pages of a program that a fault may bring. */
enum { AROUND = 8 };

static const struct bootinfo *const bootinfo = (const struct bootinfo *)BOOTINFO;

static struct image modules[BOOT_MODULES_MAX];

/* A server that crashes more than so often in so much time is not started again. */
enum { CRASHES_MAX = 5, CRASHES_US = 10000000, START_ATTEMPTS = 3 };

struct server {
	const char *name;
	enum ipc_rank rank;
	int (*equip)(envid_t env);                      /* what it needs before it runs */
	void (*introduce)(envid_t former, envid_t env); /* makes it known; former: 0 at boot */
	const char *loss;                               /* what no longer works without it */
	const struct image *image;
	envid_t env; /* 0: does not run */
	uint32_t restarts;
	uint32_t crashes; /* since boot; the last ones, a ring: */
	uint64_t crash_us[CRASHES_MAX];
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

		if (strcmp(last ? last + 1 : string, name) == 0) {
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

/* ---- The pager ---- */

/* What the pager needs to load programs on demand; see protocols/pager.h. OK or an error. */
static int equip_pager(envid_t pager)
{
	struct pager_setup *setup = (struct pager_setup *)SCRATCH;
	uint32_t npages = (archive_size() + PGSIZE - 1) / PGSIZE;
	int status = sys_page_alloc(0, SCRATCH | PTE_W, 1);

	if (status < 0) {
		return status;
	}
	*setup = (struct pager_setup){
		.archive_size = archive_size(),
		.around = (uint32_t)boot_number("around=", AROUND),
	};
	status = page_map_all(0, SCRATCH, pager, PAGER_SETUP, 1);
	if (status >= 0) {
		status = page_map_all(0, archive_start(), pager, PAGER_ARCHIVE, npages);
	}
	(void)sys_page_unmap(0, SCRATCH, 1);
	return status;
}

static bool has_clients_to_move; /* envs may have a pager that is dead */

/* One env whose pager is dead gets the pager server. If there will be none: a process on path
 * `pager` asks us at its next fault (fault.c); the others have faults that wait in the kernel for a
 * pager: without one these are nobody's. */
static bool move_client(envid_t env)
{
	const struct process *process = table_by_any_env(env);
	envid_t pager = server_env(PM_SERVER_PAGER);

	if (pager > 0) {
		return sys_env_set(env, ENV_PAGER, (uint32_t)pager) >= 0;
	}
	if (!process || process->path != FAULT_PATH_PAGER) {
		(void)sys_env_set(env, ENV_PAGER, 0);
	}
	return false;
}

/* An env that is made meanwhile, as a copy of one that still has the dead pager, is found by the
 * next pass. */
static void move_clients(void)
{
	has_clients_to_move = false;
	for (uint32_t slot = 0; slot < NENV; slot++) {
		struct env_info info;

		if (record_read(slot, &info) && info.pager != 0 && !record_env_lives(info.pager) &&
		    move_client(info.id)) {
			has_clients_to_move = true;
		}
	}
}

static void introduce_pager(envid_t former, envid_t pager)
{
	(void)pager;
	if (former != 0) {
		server_pager_died();
	}
}

void server_pager_died(void)
{
	move_clients();
	if (has_clients_to_move) {
		family_come_again();
	}
}

bool server_settle(void)
{
	if (has_clients_to_move) {
		move_clients();
	}
	return has_clients_to_move;
}

/* ---- The console ---- */

static int give_ports(envid_t env, uint32_t first, uint32_t count, int status)
{
	return status < 0 ? status : sys_ports(env, first, count);
}

static int equip_console(envid_t console)
{
	int status = sys_irq_bind(COM1_IRQ, console);

	if (status >= 0) {
		status = sys_irq_bind(KEYBOARD_IRQ, console);
	}
	status = give_ports(console, COM1_PORTS_FIRST, COM1_PORTS, status);
	status = give_ports(console, KEYBOARD_PORTS_FIRST, KEYBOARD_PORTS, status);
	status = give_ports(console, VGA_CURSOR_PORTS_FIRST, VGA_CURSOR_PORTS, status);
	if (status >= 0) {
		status = kept_map(console);
	}
	return status < 0 ? status
	                  : map_frames(console, VGA_TEXT_VA | PTE_W | PAGE_NOCACHE, VGA_TEXT_FRAME,
	                               VGA_TEXT_PAGES);
}

static void introduce_console(envid_t former, envid_t console)
{
	(void)former;
	(void)sys_debug_screen(false); /* it is the console's now */
	log_set_reader(console);
}

/* ---- Servers ---- */

/* By enum pm_server. */
static struct server servers[PM_SERVER_END] = {
	[PM_SERVER_PAGER] = {.name = "pager",
                             .rank = IPC_RANK_PAGER,
                             .equip = equip_pager,
                             .introduce = introduce_pager,
                             .loss = "processes end at their next page fault"},
	[PM_SERVER_CONSOLE] = {.name = "console",
                               .rank = IPC_RANK_CONSOLE,
                               .equip = equip_console,
                               .introduce = introduce_console,
                               .loss = "output goes through the kernel, and there is no input"},
};

static bool is_server(enum pm_server which)
{
	return which > 0 && which < PM_SERVER_END;
}

/* Loads the server, equips it, makes it known and lets it run. OK, or an error; then nothing is
 * left of it. */
static int start_server(struct server *server)
{
	envid_t former = server->env;
	struct load load = {.kind = LOAD_SERVER, .image = server->image};
	envid_t env = load_env(&load);
	int status = env < 0 ? env : server->equip(env);

	if (status < 0) {
		if (env > 0) {
			(void)sys_env_destroy(env, 0);
		}
		return status;
	}

	/* ---- commit: nothing below can fail ---- */
	server->env = env;
	ipc_know_rank(env, server->rank);
	trace_name_server(env, server->name);
	server->introduce(former, env);
	(void)sys_env_set(env, ENV_RUN, 1);
	return OK;
}

void server_start_all(void)
{
	int made = kept_make();

	if (made < 0) {
		power_fail("cannot make the console's memory", made);
	}
	for (enum pm_server which = PM_SERVER_PAGER; which < PM_SERVER_END; which++) {
		servers[which].image = find_module(servers[which].name);
		int status = start_server(&servers[which]);
		if (status < 0) {
			log_line(servers[which].name);
			power_fail("cannot start this server", status);
		}
	}
}

/* Notes that the server crashed; whether it is to be started once more. */
static bool may_start_again(struct server *server)
{
	uint64_t now = sys_clock_us();
	uint64_t *oldest = &server->crash_us[server->crashes % CRASHES_MAX];
	bool often = server->crashes >= CRASHES_MAX && now - *oldest < CRASHES_US;

	server->crashes++;
	*oldest = now;
	return !often;
}

static void say_of_server(const struct server *server, const char *what, const char *more)
{
	char line[PM_BYTES_MAX];

	snprintf(line, sizeof(line), "procmgr: %s %s%s", server->name, what, more);
	log_line(line);
}

static void give_up(struct server *server, const char *why)
{
	server->env = 0;
	if (server == &servers[PM_SERVER_CONSOLE]) {
		log_set_reader(0);
		kept_print();
		log_at_once();
	} else {
		server_pager_died();
	}
	say_of_server(server, why, server->loss);
}

/* Starts a server that is dead. The kernel keeps enough for that, so that it fails at most for a
 * moment. What is said before that is the first that a new console prints. */
static void start_again(struct server *server, const char *why)
{
	int status = E_NO_MEM;

	say_of_server(server, why, "");
	for (int i = 0; i < START_ATTEMPTS && status < 0; i++) {
		status = start_server(server);
	}
	if (status < 0) {
		give_up(server, "cannot be started again: ");
		return;
	}
	server->restarts++;
}

envid_t server_env(enum pm_server which)
{
	if (!is_server(which)) {
		return E_NOT_FOUND;
	}
	return servers[which].env != 0 ? servers[which].env : E_DEAD;
}

uint32_t server_restarts(enum pm_server which)
{
	return is_server(which) ? servers[which].restarts : 0;
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
	struct server *server = &servers[which];

	if (ending->how == PM_END_FAULT) {
		report_server(server->name, server->image, ending, line, sizeof(line));
	} else {
		snprintf(line, sizeof(line), "%s: ended with status %d", server->name,
		         ending->status);
	}
	log_line(line);
	(void)sys_env_destroy(server->env, 0); /* if it only said so */
	if (which == PM_SERVER_CONSOLE) {
		kept_print();
		log_settle();
		kept_clear(); /* it may have crashed because of what stands there */
	}
	if (may_start_again(server)) {
		start_again(server, "is started again");
	} else {
		give_up(server, "crashed too often and stays dead: ");
	}
}

int server_kill(enum pm_server which)
{
	envid_t env = server_env(which);

	if (env < 0) {
		return env;
	}
	if (which == PM_SERVER_CONSOLE) {
		kept_stop_console(env);
	}
	(void)sys_env_destroy(env, 0);
	start_again(&servers[which], "was killed and is started again");
	return OK;
}

void server_silence_console(void)
{
	envid_t console = servers[PM_SERVER_CONSOLE].env;

	if (console != 0) {
		kept_stop_console(console);
		kept_print();
		log_settle();
	}
}
