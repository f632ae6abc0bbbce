/* The process manager: the first program, root of all authority.
 *
 * The kernel loads it completely, so it never faults, and gives it bootinfo and every right. It
 * starts the pager, the console and the first processes (boot.c), and then serves: requests of
 * processes (request.c), and deaths of envs as the kernel reports them (family.c). It calls no
 * server and waits for nobody; whoever misbehaves has only itself to wait for. The table (table.c)
 * is the system's only record of processes. */
#include "libsys/ipc.h"
#include "libsys/syscall.h"
#include "servers/procmgr/family/family.h"
#include "servers/procmgr/machine/boot.h"
#include "servers/procmgr/machine/power.h"
#include "servers/procmgr/process/fork.h"
#include "servers/procmgr/request/request.h"
#include "servers/procmgr/server/server.h"

/* The default limit of pages depends on what is free before anything runs. */
static void init_table(void)
{
	struct sysinfo info = {0};

	(void)sys_sysinfo(&info);
	table_init(info.frames_free / PROCESS_MEMORY_PART, boot_deadline_ms());
}

static void boot_system(void)
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
	boot_start();
}

static void serve_bits(uint32_t bits)
{
	if ((bits & IPC_BIT_STANDSTILL) != 0) {
		boot_standstill();
	}
	if ((bits & FORK_BIT_AGAIN) != 0) {
		fork_go_on();
	}
	if ((bits & ~(uint32_t)FORK_BIT_AGAIN) != 0) {
		family_settle();
	}
}

int main(void)
{
	struct ipc_msg msg = {.nwords = 0};
	envid_t answer_to = 0;

	boot_system();
	for (;;) {
		int status = ipc_reply_recv(answer_to, &msg, 0);

		answer_to = 0;
		if (status < 0) {
			continue;
		}
		if (msg.from == 0) {
			serve_bits(msg.w[0]);
			continue;
		}
		if (request_serve(&msg)) {
			answer_to = msg.from;
		}
	}
}
