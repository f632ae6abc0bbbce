/* The console's clients, procmgr and kernel, as far as the server can tell. */

#include "tests/host/console_world.h"

#include "servers/console/vga.h"

#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>

enum { PROCMGR = 0x1001 };

__typeof__(fake_env_page) fake_env_page; /* env_page is a macro here, so no tag to name */
struct env_info fake_env_infos[NENV];

const char *program_name;

static sem_t idle, event;
static struct ipc_msg delivered;
static int delivered_result;
uint32_t receive_flags;
struct reply replies[NENV];
envid_t dies_unseen;
uint32_t pid_above[NENV];
uint32_t foreground_pid, killed_pid, killed_status;
envid_t terminal_owner;
uint32_t questions;
int kill_result;
envid_t kill_ends;
char log_text[4096];
uint32_t log_length, log_taken;
static enum ipc_rank own_rank;

int console_main(void);

_Noreturn void panic_at(const char *file, int number, const char *format, ...)
{
	printf("%s:%d: panic: %s\n", file, number, format);
	exit(1);
}

/* ---- libsys/ipc.h, played */

void bury(envid_t env)
{
	fake_env_infos[ENV_SLOT(env)].status = ENV_FREE;
}

int ipc_reply(envid_t to, const struct ipc_msg *msg)
{
	struct reply *reply = &replies[ENV_SLOT(to)];
	uint32_t bytes = msg->nwords > 3 ? (msg->nwords - 3) * 4 : 0;

	if (to == dies_unseen || fake_env_infos[ENV_SLOT(to)].status == ENV_FREE) {
		return E_BAD_ENV;
	}
	reply->count++;
	reply->status = (int)msg->w[0];
	reply->length = bytes;
	memcpy(reply->text, &fake_env_page.msg[3], bytes);
	return OK;
}

int ipc_reply_recv(envid_t to, struct ipc_msg *msg, uint32_t flags)
{
	if (to != 0) {
		(void)ipc_reply(to, msg);
	}
	receive_flags = flags;
	sem_post(&idle);
	sem_wait(&event);
	*msg = delivered;
	return delivered_result;
}

static void read_log(struct ipc_msg *msg)
{
	uint32_t now = log_length - log_taken;

	now = now < PM_BYTES_MAX ? now : PM_BYTES_MAX;
	memcpy(&fake_env_page.msg[3], log_text + log_taken, now);
	log_taken += now;
	*msg = (struct ipc_msg){
		.from = PROCMGR, .w = {now, log_taken}, .nwords = 3 + (now + 3) / 4};
}

/* Whether the keys are the client's. */
static bool owns_terminal(envid_t client)
{
	return terminal_owner == 0 ||
	       (foreground_pid != 0 ? pid_above[ENV_SLOT(client)] == foreground_pid
	                            : client == terminal_owner);
}

/* Which of the envs that the message names is the first whose the keys are. */
static void find_reader(struct ipc_msg *msg)
{
	envid_t envs[IPC_WORDS_MAX];
	uint32_t count = msg->nwords - 3, first = 0;

	questions++;
	CHECK_EQ(msg->nwords > 3 && msg->nwords <= IPC_WORDS_MAX, 1);
	ipc_get_bytes(envs, count * sizeof(envs[0]));
	while (first < count && !owns_terminal(envs[first])) {
		first++;
	}
	*msg = (struct ipc_msg){
		.from = PROCMGR, .w = {first < count ? first : (uint32_t)E_NOT_FOUND}, .nwords = 1};
}

/* Whoever comes after an owner that has died is its parent. */
static void take_terminal(struct ipc_msg *msg)
{
	envid_t client = (envid_t)msg->w[1];
	bool dead = fake_env_infos[ENV_SLOT(terminal_owner)].status == ENV_FREE;
	bool may = dead || client == terminal_owner || owns_terminal(client);

	if (may) {
		terminal_owner = client;
		foreground_pid = msg->w[2];
	}
	*msg = (struct ipc_msg){.from = PROCMGR, .w = {(uint32_t)(may ? OK : E_PERM)}, .nwords = 1};
}

int ipc_call(envid_t to, struct ipc_msg *msg, uint32_t flags)
{
	CHECK_EQ(to, PROCMGR);
	CHECK_EQ(flags, 0);
	if (msg->w[0] == PM_LOG_READ) {
		read_log(msg);
		return OK;
	}
	if (msg->w[0] == PM_MAY_READ) {
		find_reader(msg);
		return OK;
	}
	if (msg->w[0] == PM_FOREGROUND) {
		take_terminal(msg);
		return OK;
	}
	CHECK_EQ(msg->w[0], PM_INTERRUPT);
	if (foreground_pid == 0) {
		*msg = (struct ipc_msg){.from = PROCMGR, .w = {(uint32_t)E_NOT_FOUND}, .nwords = 1};
		return OK;
	}
	killed_pid = foreground_pid;
	killed_status = msg->w[1];
	foreground_pid = 0;
	if (kill_ends != 0) {
		bury(kill_ends);
	}
	*msg = (struct ipc_msg){.from = PROCMGR, .w = {(uint32_t)kill_result}, .nwords = 1};
	return OK;
}

void ipc_set_rank(enum ipc_rank own)
{
	own_rank = own;
}

void ipc_know_rank(envid_t env, enum ipc_rank rank)
{
	CHECK_EQ(env, PROCMGR);
	CHECK_EQ(rank, IPC_RANK_PROCMGR);
}

uint32_t ipc_put_bytes(const void *bytes, uint32_t length)
{
	CHECK_EQ(length <= CONSOLE_BYTES_MAX, 1);
	memcpy(&fake_env_page.msg[3], bytes, length);
	return 3 + (length + 3) / 4;
}

void ipc_get_bytes(void *bytes, uint32_t length)
{
	CHECK_EQ(length <= CONSOLE_BYTES_MAX, 1);
	memcpy(bytes, &fake_env_page.msg[3], length);
}

/* ---- driving the server */

static void *run_server(void *nothing)
{
	console_main();
	return nothing;
}

static void step(int result, struct ipc_msg msg)
{
	delivered = msg;
	delivered_result = result;
	sem_post(&event);
	sem_wait(&idle);
}

void deliver_irqs(void)
{
	while (machine.irqs != 0) {
		uint32_t bits = machine.irqs;

		machine.irqs = 0;
		step(OK, (struct ipc_msg){.w = {bits}});
	}
}

void deliver(int result, struct ipc_msg msg)
{
	step(result, msg);
	deliver_irqs();
}

void bequeath(envid_t client, envid_t heir)
{
	fake_env_infos[ENV_SLOT(client)].id = heir;
}

void pass_time(void)
{
	if (receive_flags & IPC_RECV_TIMEOUT) {
		step(E_TIMEOUT, (struct ipc_msg){0});
	}
	deliver_irqs();
}

void set_up(void)
{
	void *screen = mmap((void *)(uintptr_t)VGA_MEMORY, 8 * 4096, PROT_READ | PROT_WRITE,
	                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (screen != (void *)(uintptr_t)VGA_MEMORY) {
		printf("no memory at the screen's address\n");
		exit(1);
	}
	if (mmap((void *)(uintptr_t)CONSOLE_KEPT, CONSOLE_KEPT_PAGES * 4096, PROT_READ | PROT_WRITE,
	         MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED) {
		printf("no memory at the address of what is kept\n");
		exit(1);
	}
	machine_reset();
	fake_env_page.controller = PROCMGR;
	for (unsigned i = 0; i < NENV; i++) {
		fake_env_infos[i] =
			(struct env_info){.id = (envid_t)(0x1000 + i), .status = ENV_NOT_RUNNABLE};
	}
}

void go(void)
{
	pthread_t thread;

	sem_init(&idle, 0, 0);
	sem_init(&event, 0, 0);
	pthread_create(&thread, NULL, run_server, NULL);
	sem_wait(&idle);
	deliver_irqs();
	CHECK_EQ(own_rank, IPC_RANK_CONSOLE);
}

void start(void)
{
	set_up();
	go();
}

void request(envid_t from, uint32_t op, uint32_t w1)
{
	step(OK, (struct ipc_msg){.from = from, .w = {op, w1}, .nwords = 2});
	deliver_irqs();
}

static void request_numbered(envid_t from, const char *text, uint32_t length, uint32_t number,
                             uint32_t nwords)
{
	memcpy(&fake_env_page.msg[3], text, length);
	step(OK, (struct ipc_msg){
			 .from = from, .w = {CONSOLE_WRITE, length, number}, .nwords = nwords});
	deliver_irqs();
}

void request_write(envid_t from, const char *text, uint32_t length, uint32_t nwords)
{
	request_numbered(from, text, length, 0, nwords);
}

void say(envid_t from, const char *text)
{
	uint32_t length = strlen(text);

	request_write(from, text, length, 3 + (length + 3) / 4);
}

void say_numbered(envid_t from, const char *text, uint32_t number)
{
	uint32_t length = strlen(text);

	request_numbered(from, text, length, number, 3 + (length + 3) / 4);
}

void run_former_console(void (*fn)(void))
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		go();
		fn();
		exit(0);
	}
	CHECK_EQ(waitpid(child, &status, 0), child);
	CHECK_EQ(status, 0);
}

void type(const char *text)
{
	machine_type(text, strlen(text));
	deliver_irqs();
}

void check_no_reply(envid_t client)
{
	CHECK_EQ(replies[ENV_SLOT(client)].count, 0);
}

void check_status(envid_t client, int status)
{
	struct reply *reply = &replies[ENV_SLOT(client)];

	CHECK_EQ(reply->count, 1);
	CHECK_EQ(reply->status, status);
	reply->count = 0;
}

void check_line(envid_t client, const char *wanted)
{
	struct reply *reply = &replies[ENV_SLOT(client)];

	check_status(client, (int)strlen(wanted));
	CHECK_EQ(reply->length >= strlen(wanted), 1);
	CHECK_BYTES(reply->text, strlen(wanted), wanted);
}

void check_sent(const char *wanted)
{
	CHECK_BYTES(machine.sent, machine.sent_length, wanted);
	machine.sent_length = 0;
}
