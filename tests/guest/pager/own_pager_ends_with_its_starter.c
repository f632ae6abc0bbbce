/* A pager whose starter ended before it had a client ends, too; other programs do not notice when
 * their parent ends. */
#include "libsys/time.h"
#include "tests/guest/pager/own_pagers.h"

static void start_and_end(void)
{
	pid_t pid = start_quiet_pager();

	words_at(AREA)[1] = (uint32_t)pid;
	words_at(AREA)[0] = (uint32_t)info_of(pid).env;
	if (words_at(AREA)[3]) { /* it serves already */
		CHECK_EQ(pager_await(pid, 5000), OK);
	}
}

/* Bits are hidden from who is no pager. */
static void receives(void)
{
	struct ipc_msg msg;

	words_at(AREA)[2] = (uint32_t)env_page->id;
	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	CHECK(msg.from != 0);
	CHECK_EQ(msg.w[0], 9);
}

static void leave_receiver(void)
{
	words_at(AREA)[1] = (uint32_t)start_child(receives);
}

static void await_end(pid_t pid)
{
	struct pm_info info;

	while (process_next(pid - 1, &info) == pid) {
		sleep_ms(1);
	}
}

int main(void)
{
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	for (uint32_t i = 0; i < 4; i++) {
		words_at(AREA)[3] = i % 2;
		check_child(start_and_end);
		await_end((pid_t)words_at(AREA)[1]);
	}
	check_child(leave_receiver);
	while (words_at(AREA)[2] == 0) {
		sys_yield();
	}
	tell((envid_t)words_at(AREA)[2], 9);
	await_end((pid_t)words_at(AREA)[1]);
	return 0;
}
