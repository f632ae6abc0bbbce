/* Envs on path `ipc` whose pager refuses all their faults within one turn, so that they end one
 * behind the other, keep the kernel lock from other CPUs no longer than calls do. */
/* icount: 1 */
/* smp: 2 */
#include "libsys/assert.h"
#include "libsys/time.h"
#include "tests/guest/self.h"

enum {
	MOST = 1000,
	PAGES = 1024,
	WAIT_MOST = 500
}; /* thousands of instructions; 8,000 in one go */

static envid_t envs[MOST];

/* Shares the area, so that its end takes long, and faults at once. */
static void start_refused(envid_t env)
{
	struct env_regs regs = {.eip = PGSIZE, .esp = 2 * PGSIZE};
	struct ipc_msg msg;

	for (uint32_t done = 0; done < PAGES;) {
		vaddr_t va = AREA + done * PGSIZE;
		int n = sys_page_share(0, va, env, va, PAGES - done);

		CHECK(n > 0);
		done += (uint32_t)n;
	}
	CHECK_EQ(sys_env_set_regs(env, &regs), OK);
	CHECK_EQ(sys_env_set(env, ENV_FAULT_US, 0), OK);
	CHECK_EQ(sys_env_set(env, ENV_PAGER, env_page->id), OK);
	CHECK_EQ(sys_env_set(env, ENV_FAULTS, FAULTS_IPC), OK);
	CHECK_EQ(ipc_recv(env, &msg, IPC_RECV_NOWAIT),
	         E_NOT_WAITING); /* awaited, so all are looked at */
	bare_run(env);
}

static void attack(void)
{
	struct ipc_msg msg;
	int n = 0;

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	for (uint32_t i = 1; i < PAGES; i++) {
		CHECK_EQ(sys_page_map(0, AREA, 0, AREA + i * PGSIZE, 1), 1);
	}
	while (n < MOST && (envs[n] = sys_env_fork(0, 0)) > 0) {
		start_refused(envs[n++]);
	}
	CHECK(n > 900);
	for (int i = 0; i < n; i++) {
		CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	}
	sys_yield();
	for (int i = 0; i < n; i++) {
		msg = (struct ipc_msg){.w = {(uint32_t)E_INVAL}};
		CHECK_EQ(ipc_reply(envs[i], &msg), OK);
	}
	for (int i = 0; i < n; i++) {
		while (env_infos[ENV_SLOT(envs[i])].status > ENV_DYING) {
			sys_yield();
		}
	}
}

static const struct role roles[] = {{"attack", attack}};

int main(int argc, char *argv[])
{
	program_name = argv[0];
	play_role(argc, argv, roles, 1);
	pid_t pid = start_on_self("attack");
	struct process_end end;
	struct sysinfo info, former;
	uint32_t longest = 0;

	CHECK_EQ(sys_sysinfo(&former), OK);
	while (wait(pid, &end, PM_WAIT_NOHANG) == 0) { /* on the other CPU */
		for (int i = 0; i < 100; i++) {
			CHECK_EQ(sys_sysinfo(&info), OK);
			/* somebody else may have run here meanwhile, and waited, too */
			uint32_t waited = (info.lock_wait - former.lock_wait) /
			                  (info.lock_takes - former.lock_takes);

			longest = waited > longest ? waited : longest;
			former = info;
		}
	}
	printf("a call waited up to %u\n", longest);
	CHECK(longest <= WAIT_MOST);
	CHECK_EQ(end.status, 0);
	return 0;
}
