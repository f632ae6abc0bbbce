/* On path `self`, which has no limits, fork and sbrk fail with an error when memory ends; a write
 * to a shared page for which there is no other ends that env only; and everything comes back. */
/* mem: 16 */
/* timeout: 120 */
#include "libsys/stdlib.h"
#include "tests/guest/self.h"

enum { PART = 64 * PGSIZE, CHILDREN_MAX = 1000, SHARED = 256, ROUNDS = 3 };

static uint32_t data[SHARED][WORDS] __attribute__((aligned(4096)));

static void nothing(void)
{
}

static void hold_memory(void)
{
	struct ipc_msg msg = {.nwords = 0};

	(void)sbrk(PART);
	(void)ipc_send(env_page->parent, &msg, 0);
	(void)ipc_recv(env_page->parent, &msg, 0); /* until it kills us, or ends */
	exit(0);
}

/* May also end at a write for which there is no page. */
static void fork_until_no(void)
{
	static pid_t children[CHILDREN_MAX];
	struct ipc_msg msg;
	uint32_t count = 0;
	pid_t child;

	while ((child = fork()) > 0) {
		CHECK(count < CHILDREN_MAX);
		children[count++] = child;
		if (ipc_recv(child, &msg, 0) != OK) {
			break; /* it ended for want of a page */
		}
	}
	if (child == 0) {
		hold_memory();
	}
	CHECK(child > 0 || child == E_NO_MEM);
	CHECK(count > 10);
	for (uint32_t i = 0; i < count; i++) {
		(void)kill(children[i]);
	}
	while (wait(0, NULL, 0) > 0) {}
	check_child(nothing);
}

static void take_all(void)
{
	while (sbrk(PART) != (void *)-1) {}
	while (sbrk(PGSIZE) != (void *)-1) {}
}

static void write_when_told(void)
{
	struct ipc_msg msg = {.nwords = 0};

	CHECK_EQ(ipc_send(env_page->parent, &msg, 0), OK); /* it has a stack of its own by now */
	CHECK_EQ(ipc_recv(env_page->parent, &msg, 0), OK);
	for (uint32_t i = 0; i < SHARED; i++) {
		data[i][0] = i;
	}
}

static void write_without_memory(void)
{
	struct ipc_msg go = {.nwords = 0}, ready;

	memset(data, 1, sizeof(data));
	pid_t child = start_child(write_when_told);
	CHECK_EQ(ipc_recv(child, &ready, 0), OK);
	take_all();
	CHECK_EQ(ipc_send(child, &go, 0), 0);
	struct process_end ended = end_of(child);
	CHECK_EQ(ended.how, PM_END_FAULT);
	CHECK(strstr(ended.why, "fault at 0x") != NULL);
	CHECK_EQ(data[SHARED - 1][7], 0x01010101);
}

static const struct role roles[] = {
	{"fork", fork_until_no},
	{"sbrk", take_all},
	{"write", write_without_memory},
};

int main(int argc, char *argv[])
{
	struct sysinfo before;

	play_role(argc, argv, roles, sizeof(roles) / sizeof(roles[0]));
	check_role("sbrk", 0);
	before = settled_info();
	for (int round = 0; round < ROUNDS; round++) {
		check_role("sbrk", 0);
		check_all_back(&before, "sbrk");
		check_role("write", 0);
		check_all_back(&before, "write");
		int status = end_of(start_on_self("fork")).status;
		CHECK(status == 0 || status == PM_STATUS_FAULT);
		check_all_back(&before, "fork");
	}
	return 0;
}
