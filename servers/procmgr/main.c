/* The process manager: the first program, root of all authority.
 *
 * The kernel loads it completely, so it never faults, and gives it bootinfo and every right. It
 * starts the pager, the console and the first process (the shell), and then serves: requests
 * of processes (request.c), and deaths of envs as the kernel reports them. It calls no server and
 * waits for nobody; whoever misbehaves has only itself to wait for. The table (table.c) is
 * the system's only record of processes. */
#include "kernel/abi/bootinfo.h"
#include "libsys/ipc.h"
#include "libsys/string.h"
#include "libsys/syscall.h"
#include "servers/procmgr/life.h"
#include "servers/procmgr/power.h"
#include "servers/procmgr/request.h"
#include "servers/procmgr/server.h"
#include "servers/procmgr/start.h"

#define APP_WORD "app="

/* What follows app= in the kernel's command line, to its end; NULL: none. */
static const char *boot_app(void)
{
	const char *line = ((const struct bootinfo *)BOOTINFO)->cmdline;
	const char *word = strstr(line, APP_WORD);
	while (word != NULL && word != line && word[-1] != ' ') {
		word = strstr(word + 1, APP_WORD);
	}
	return word != NULL ? word + strlen(APP_WORD) : NULL;
}

/* The shell; or, with app=..., a shell that runs that and ends. */
static void start_first_process(void)
{
	static char text[BOOT_CMDLINE_MAX + 8] = "sh\0-c\0";
	struct arguments arguments = {.argc = 1, .text = text, .bytes = 3};
	const char *app = boot_app();
	if (app != NULL) {
		arguments.argc = 3;
		arguments.bytes = 6 + strlcpy(text + 6, app, sizeof(text) - 6) + 1;
	}
	int pid = start_spawn(NULL, &arguments);
	if (pid < 0) {
		power_fail("cannot start the first process, sh", pid);
	}
}

/* The default limit of pages depends on what is free before anything runs. */
static void init_table(void)
{
	struct sysinfo info = {0};
	(void)sys_sysinfo(&info);
	table_init(info.frames_free / PROCESS_MEMORY_PART);
}

static void boot(void)
{
	env_page->upcall = 0; /* a fault here is a bug that the kernel should report */
	env_page->xupcall = 0;
	ipc_set_rank(IPC_RANK_PROCMGR);
	if (sys_env_set(0, ENV_DEATHS, 1) < 0) {
		power_fail("this env is not the first", E_PERM);
	}
	server_map_modules();
	init_table();
	server_start_all();
	start_first_process();
}

/* Envs that have died: by themselves or by a fault nobody handled, and those that we
 * destroyed, which are nobody any more. */
static void reap(void)
{
	struct env_death death;
	while (sys_env_reap(&death) == OK) {
		struct process *process = table_by_env(death.id);
		enum pm_server server = server_of_env(death.id);
		struct ending ending = life_ending_of_death(&death);
		if (server != 0) {
			server_failed(server, &ending);
		}
		if (process != NULL) {
			life_end(process, &ending);
		}
	}
}

/* Envs that a process created by itself and left behind: nobody else would end them. */
static void destroy_heritage(void)
{
	envid_t own = sys_self();
	for (uint32_t i = 0; i < NENV; i++) {
		envid_t env = env_infos[i].id;
		uint32_t status = env_infos[i].status;
		if (status != ENV_FREE && status != ENV_DYING && env_infos[i].controller == own &&
		    env != own && table_by_env(env) == NULL && server_of_env(env) == 0) {
			(void)sys_env_destroy(env, 0);
		}
	}
}

int main(void)
{
	struct ipc_msg msg = {.nwords = 0};
	envid_t answer_to = 0;

	boot();
	for (;;) {
		int status = ipc_reply_recv(answer_to, &msg, 0);
		answer_to = 0;
		if (status < 0) {
			continue;
		}
		if (msg.from == 0) {
			if ((msg.w[0] & IPC_BIT_DEATH) != 0) {
				reap();
			}
			if ((msg.w[0] & IPC_BIT_HEIR) != 0) {
				destroy_heritage();
			}
			continue;
		}
		if (request_serve(&msg)) {
			answer_to = msg.from;
		}
	}
}
