/* Many clients call two servers at random while some of them are killed at random points: each call
 * that succeeds was answered by the right server with the right sum, the servers count at
 * least those, and in the end nobody waits and no env is left. */
/* smp: 4 */
/* timeout: 120 */
#define PEERS_MAX 7
#include "libsys/stdlib.h"
#include "tests/guest/peers.h"

enum { SERVERS = 2, CLIENTS = PEERS_MAX - SERVERS, CALLS = 60, ROUNDS = 60, QUIT = 0xFFFFFFFF };

static envid_t server_id[SERVERS];
static volatile uint32_t served[SERVERS];
static volatile uint32_t answered[CLIENTS][SERVERS];

static void server(uint32_t arg)
{
	struct ipc_msg msg = {.nwords = 0};
	envid_t client = 0;

	for (;;) {
		CHECK_EQ(ipc_reply_recv(client, &msg, 0), OK);
		client = msg.from;
		if (msg.w[0] == QUIT) {
			return;
		}
		for (uint32_t i = 3; i < msg.nwords; i++) {
			CHECK_EQ(env_page->msg[i], msg.w[0] + i);
		}
		served[arg]++;
		msg.w[1] += msg.w[0] + arg;
		env_page->msg[3] = (uint32_t)client;
		msg.nwords = 4;
	}
}

static void client(uint32_t arg)
{
	uint32_t random = (uint32_t)env_page->id * 2654435761u | 1;

	for (uint32_t i = 0; i < CALLS; i++) {
		struct ipc_msg msg = {.w = {i, arg}};
		uint32_t s;

		random ^= random << 13;
		random ^= random >> 17;
		random ^= random << 5;
		s = random % SERVERS;
		msg.nwords = random >> 8 & 15;
		for (uint32_t w = 3; w < msg.nwords; w++) {
			env_page->msg[w] = i + w;
		}
		CHECK_EQ(ipc_call(server_id[s], &msg, 0), OK);
		CHECK_EQ(msg.from, server_id[s]);
		CHECK_EQ(msg.w[1], arg + i + s);
		CHECK_EQ(env_page->msg[3], env_page->id);
		answered[arg][s]++;
		if (random % 8 == 0) {
			sys_yield();
		}
	}
}

/* Kills a client at some moment, which may be its last, and starts another in its place. */
static void replace(envid_t id[], uint32_t i)
{
	if (sys_env_destroy(id[i], 0) == E_BAD_ENV) {
		peer_join(id[i]);
	} else {
		peer_of(id[i])->id = 0;
	}
	id[i] = peer_start(client, i);
}

int main(void)
{
	envid_t id[CLIENTS];
	uint32_t total[2] = {0, 0};

	srand(12345);
	for (uint32_t s = 0; s < SERVERS; s++) {
		server_id[s] = peer_start(server, s);
	}
	for (uint32_t i = 0; i < CLIENTS; i++) {
		id[i] = peer_start(client, i);
	}
	for (uint32_t round = 0; round < ROUNDS; round++) {
		for (uint32_t pause = rand() % 16; pause > 0; pause--) {
			sys_yield();
		}
		replace(id, rand() % CLIENTS);
	}
	for (uint32_t i = 0; i < CLIENTS; i++) {
		peer_join(id[i]);
		for (uint32_t s = 0; s < SERVERS; s++) {
			total[s] += answered[i][s];
		}
		CHECK(answered[i][0] + answered[i][1] >= CALLS);
	}
	for (uint32_t s = 0; s < SERVERS; s++) {
		/* a client that was killed between its call and its count is not in total */
		CHECK(served[s] >= total[s]);
		CHECK(served[s] <= total[s] + ROUNDS);
		CHECK_EQ(send_word(server_id[s], QUIT, 0), 0);
	}
	peers_end();
	CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, 0), E_NOT_WAITING);
	return 0;
}
