/* The flags that sysenter does not save are each env's own: who calls with NT, DF, AC or ID set has
 * them afterwards, and its partner does not; nor does the partner get a data segment that is
 * none. */
#include "tests/guest/peers.h"
#include "tests/guest/sysenter.h"

enum { TRIES = 50, OURS = FL_NT | FL_DF | FL_AC | FL_ID };

ENTER(by_sysenter, "sysenter; int $0x30");
ENTER(by_int, "int $0x30");
ENTER(without_segments, "xorl %ecx, %ecx; movl %ecx, %ds; movl %ecx, %es; movl %esp, %ecx;"
                        "sysenter; int $0x30");

typedef void call_fn(struct entry *);

static struct entry exchange(call_fn *call, uint32_t flags, envid_t partner, uint32_t more)
{
	struct entry entry = {.eax = SYS_IPC | IPC_SEND | IPC_RECV | more | IPC_WORDS(1),
	                      .ebx = (uint32_t)partner,
	                      .esi = flags,
	                      .flags = flags};

	call(&entry);
	CHECK((int)entry.eax >= 0);
	CHECK_EQ(entry.flags & OURS, flags & OURS);
	return entry;
}

/* Answers with the flags that it has itself, after each request, as seen by its own entry. */
static void server(uint32_t arg)
{
	struct entry got = {.eax = SYS_IPC | IPC_RECV};

	(void)arg;
	by_sysenter(&got);
	for (;;) {
		got.eax = SYS_IPC | IPC_SEND | IPC_RECV | IPC_REPLY | IPC_WORDS(1);
		got.esi = got.flags;
		got.flags = 0;
		by_sysenter(&got);
		CHECK_EQ(got.flags & OURS, 0);
		CHECK_EQ(*(volatile uint32_t *)&arg, arg); /* through ds */
	}
}

int main(void)
{
	envid_t peer;
	uint32_t flags[] = {0, FL_NT, FL_DF, FL_AC, FL_ID, OURS, FL_DF | FL_NT};

	if (!env_page->sysenter) {
		return 0;
	}
	peer = peer_start(server, 0);
	for (uint32_t i = 0; i < TRIES; i++) {
		uint32_t mine = flags[i % (sizeof(flags) / sizeof(flags[0]))];

		CHECK_EQ(exchange(by_sysenter, mine, peer, 0).esi & OURS, 0);
		CHECK_EQ(exchange(by_int, mine, peer, 0).esi & OURS, 0);
		CHECK_EQ(exchange(without_segments, 0, peer, 0).esi & OURS, 0);
	}
	peer_kill(peer);
	return 0;
}
