/* Whatever comes by message, from a process or from an env that is none, with words, pages and bits
 * that mean nothing: the servers refuse it and go on serving. */
#include "libsys/stdlib.h"
#include "protocols/console.h"
#include "tests/guest/peers.h"

enum { ROUNDS = 72, WAIT_US = 1000 };

static envid_t servers[3];
static uint8_t page[PGSIZE] __attribute__((aligned(4096)));

static uint32_t garbage(void)
{
	static const uint32_t likely[] = {0,          1,          4096,       0x7FFFFFFF,
	                                  0x80000000, 0xFFFFFFFF, 0xEEC00000, 0x00800000};

	return rand() % 2 ? likely[rand() % 8] : rand();
}

/* Operations that exist end a process, wait long, or print: those get it from the other env. */
static uint32_t odd_operation(void)
{
	uint32_t op = garbage();

	return op < 64 ? op + 64 : op;
}

static void send_garbage(envid_t server, uint32_t op, uint32_t flags)
{
	struct ipc_msg msg = {.w = {op, garbage(), garbage()}, .nwords = rand() % 65};

	for (uint32_t i = 3; i < IPC_WORDS_MAX; i++) {
		env_page->msg[i] = garbage();
	}
	set_run((vaddr_t)page, 1, IPC_MODE_MAP | IPC_MODE_WRITABLE);
	env_page->send_us = env_page->recv_us = WAIT_US;
	(void)ipc_call(server, &msg, flags | IPC_SEND_TIMEOUT | IPC_RECV_TIMEOUT);
	(void)sys_notify(server, garbage() & IPC_BITS_USER);
}

/* No process: may ask for all there is. */
static void stranger(uint32_t arg)
{
	for (uint32_t i = 0; i < ROUNDS; i++) {
		uint32_t op = i % 24;

		if (servers[arg] == servers[2]) { /* the console would print and read for us */
			op = i % 2 ? odd_operation() : op % 2;
		}
		send_garbage(servers[arg], op, i % 3 ? 0 : IPC_PAGES);
	}
}

int main(void)
{
	servers[0] = process_manager;
	servers[1] = process_server(PM_SERVER_PAGER);
	servers[2] = process_server(PM_SERVER_CONSOLE);
	CHECK(servers[1] > 0 && servers[2] > 0);
	srand(4711);
	for (uint32_t s = 0; s < 3; s++) {
		peer_join(peer_start(stranger, s));
		for (uint32_t i = 0; i < ROUNDS; i++) {
			send_garbage(servers[s], odd_operation(), i % 3 ? 0 : IPC_PAGES);
		}
		CHECK(env_lives(servers[s]));
	}
	CHECK_EQ(process_server(PM_SERVER_PAGER), servers[1]);
	CHECK_EQ(stdout_drain(), OK);
	CHECK(getpid() > 0);
	return 0;
}
