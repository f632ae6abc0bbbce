/* The frames that the kernel keeps for new envs after others died are free memory: they count as
 * such, and whoever needs the last page gets them. */
/* mem: 16 */
#include "tests/guest/memory.h"

enum { ENVS = 60, CHILDREN = 4, RESERVE = 128, SLACK = 32 };

static struct sysinfo info(void)
{
	struct sysinfo now;

	CHECK_EQ(sys_sysinfo(&now), OK);
	return now;
}

/* Asked to, takes pages until there are none or it has all that it may, and says which. */
static void hog(void)
{
	vaddr_t va = AREA;
	struct ipc_msg msg = {.nwords = 1};
	int status;

	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	do {
		status = sys_page_alloc(0, va | PTE_W, 1);
		va += PGSIZE;
	} while (status == 1);
	msg.w[0] = (uint32_t)status;
	CHECK_EQ(ipc_reply_recv(msg.from, &msg, 0), OK);
}

static envid_t env_of(pid_t pid)
{
	struct pm_info process;

	CHECK_EQ(process_next(pid - 1, &process), pid);
	return process.env;
}

static void make_spares(void)
{
	static envid_t envs[ENVS];

	for (int i = 0; i < ENVS; i++) {
		envs[i] = bare_empty(8);
		CHECK_EQ(sys_env_set(envs[i], ENV_SLOTS, 0), OK); /* or it takes half of ours */
	}
	for (int i = 0; i < ENVS; i++) {
		bare_destroy(envs[i]);
	}
	while (info().dying > 0) {
		sys_yield();
	}
}

int main(void)
{
	struct ipc_msg msg = {.nwords = 1};
	pid_t pids[CHILDREN];
	uint32_t before;

	for (int i = 0; i < CHILDREN; i++) {
		pids[i] = start_child(hog);
	}
	before = info().frames_free;
	make_spares();
	CHECK(info().frames_free + 2 >= before); /* but for pages of our own, touched meanwhile */
	for (int i = 0; i < CHILDREN && (int)msg.w[0] != E_NO_MEM; i++) {
		CHECK_EQ(ipc_call(env_of(pids[i]), &msg, 0), OK);
	}
	CHECK_EQ((int)msg.w[0], E_NO_MEM);
	CHECK(info().frames_free < RESERVE + SLACK);
	for (int i = 0; i < CHILDREN; i++) {
		CHECK_EQ(kill(pids[i]), OK);
	}
	return 0;
}
