/* Processes, as seen by a program: calls on the process manager.
 *
 * Every call is one message to procmgr and its answer (protocols/procmgr.h). Nothing is
 * cached but procmgr's own id, so a fork leaves nothing stale. An error of the IPC itself is
 * returned like an error of procmgr. On fault path `self` what concerns forked children is done in
 * the process itself (self.c), and procmgr is asked about the others. */
#include "libsys/process.h"
#include "libsys/fault.h"
#include "libsys/init.h"
#include "libsys/ipc.h"
#include "libsys/self.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "libsys/syscall.h"

enum { FIRST_MSG_WORD = 3, STATUS_MAX = 100, FIRST_PID = 1 };

envid_t process_manager;

/* One call on procmgr. Its result (w0), or an error. *msg is replaced by the answer. */
static int manager_call(struct ipc_msg *msg)
{
	int status = ipc_call(process_manager, msg, 0);

	return status < 0 ? status : (int)msg->w[0];
}

/* A call of plain words. */
static int manager_request(enum pm_op op, uint32_t w1, uint32_t w2)
{
	struct ipc_msg msg = {.w = {op, w1, w2}, .nwords = 3};

	return manager_call(&msg);
}

/* Bytes of text or data that came with an answer. */
static uint32_t answer_bytes(const struct ipc_msg *msg)
{
	return msg->nwords <= FIRST_MSG_WORD ? 0 : (msg->nwords - FIRST_MSG_WORD) * 4;
}

static int clamp_status(int status)
{
	return status < 0 || status > STATUS_MAX ? STATUS_MAX : status;
}

/* The child starts inside the very call that its parent makes: in an env of its own, with the
 * result 0 and no message. What tells it from the parent is the id in its env page. */
pid_t fork(void)
{
	(void)stdout_flush();
	if (self_path()) {
		return self_fork();
	}
	envid_t self = env_page->id;
	int result;
	do {
		result = manager_request(PM_FORK, env_page->upcall, env_page->xupcall);
	} while (result == E_AGAIN);
	if (env_page->id != self) {
		fault_know_manager(process_manager);
		return 0;
	}
	return result;
}

/* The strings of argv one after the other, zeros included, in the message. nwords or E_TOO_BIG. */
static int put_arguments(int argc, const char *const argv[], uint32_t *bytes)
{
	char text[PM_BYTES_MAX];
	uint32_t used = 0;

	for (int i = 0; i < argc; i++) {
		uint32_t size = strlen(argv[i]) + 1;

		if (size > sizeof(text) - used) {
			return E_TOO_BIG;
		}
		memcpy(text + used, argv[i], size);
		used += size;
	}
	*bytes = used;
	return (int)ipc_put_bytes(text, used);
}

static int start_program(enum pm_op op, enum fault_path path, pid_t pager, uint32_t flags, int argc,
                         const char *const argv[])
{
	if (argc < 1) {
		return E_INVAL;
	}
	if (argc > PM_ARGC_MASK) {
		return E_TOO_BIG;
	}
	if (pager < 0 || pager > PM_PID_MAX) {
		return E_BAD_ENV;
	}
	int result;
	do {
		uint32_t bytes;

		result = put_arguments(argc, argv, &bytes);
		if (result >= 0) {
			uint32_t w1 = (uint32_t)argc | (uint32_t)path << PM_PATH_SHIFT;
			uint32_t w2 = bytes | (uint32_t)pager << PM_PAGER_SHIFT | flags;
			struct ipc_msg msg = {.w = {op, w1, w2}, .nwords = (uint32_t)result};

			result = manager_call(&msg);
		}
	} while (result == E_AGAIN);
	return result;
}

pid_t spawn(int argc, const char *const argv[])
{
	return spawn_on(FAULT_PATH_INHERIT, argc, argv);
}

pid_t spawn_on(enum fault_path path, int argc, const char *const argv[])
{
	return start_program(PM_SPAWN, path, 0, 0, argc, argv);
}

pid_t spawn_paged(pid_t pager, enum fault_path path, int argc, const char *const argv[])
{
	return start_program(PM_SPAWN, path, pager, 0, argc, argv);
}

pid_t spawn_pager(pid_t pager, enum fault_path path, int argc, const char *const argv[])
{
	return start_program(PM_SPAWN, path, pager, PM_SPAWN_PAGES, argc, argv);
}

/* procmgr cannot change an env that the process forked by itself: that one lasts as long as the
 * program, and ends as it does. Returns only an error. */
static int stand_for(pid_t pid)
{
	struct process_end end;

	if (pid >= 0) {
		pid = wait(pid, &end, 0);
	}
	if (pid >= 0) {
		_Exit(end.status);
	}
	return pid;
}

int exec(int argc, const char *const argv[])
{
	(void)stdout_flush();
	if (self_forked()) {
		return stand_for(spawn_on(FAULT_PATH_SELF, argc, argv));
	}
	return start_program(PM_EXEC, FAULT_PATH_INHERIT, 0, 0, argc, argv); /* the path stays */
}

void exit(int status)
{
	init_end();
	(void)stdout_flush();
	_Exit(status);
}

void _Exit(int status)
{
	int clamped = clamp_status(status);

	if (!self_path()) {
		(void)manager_request(PM_EXIT, (uint32_t)clamped, 0);
	}
	for (;;) { /* path self, not a process of procmgr's, or procmgr is gone */
		(void)sys_env_destroy(0, clamped);
	}
}

/* Waits for a child that procmgr knows. */
static pid_t manager_wait(pid_t pid, struct process_end *end, int flags)
{
	struct ipc_msg msg = {.w = {PM_WAIT, (uint32_t)pid, (uint32_t)flags}, .nwords = 3};

	pid_t result = manager_call(&msg);
	if (result > 0 && end) {
		uint32_t bytes = answer_bytes(&msg);

		ipc_get_bytes(end->why, bytes);
		end->why[bytes] = '\0';
		end->pid = result;
		end->status = (int)msg.w[1];
		end->how = msg.w[2];
	}
	return result;
}

/* Forked children are looked for here, spawned ones at procmgr, as long as there are both. */
static pid_t wait_on_self(pid_t pid, struct process_end *end, int flags)
{
	for (uint32_t turn = 0;; turn++) {
		pid_t forked = self_wait_now(pid, end);

		if (forked == E_NO_CHILD) {
			return manager_wait(pid, end, flags);
		}
		if (forked > 0) {
			return forked;
		}
		if (pid == 0) {
			pid_t spawned = manager_wait(pid, end, PM_WAIT_NOHANG);

			if (spawned > 0) {
				return spawned;
			}
		}
		if ((flags & PM_WAIT_NOHANG) != 0) {
			return 0;
		}
		self_pause(turn);
	}
}

pid_t wait(pid_t pid, struct process_end *end, int flags)
{
	return self_path() ? wait_on_self(pid, end, flags) : manager_wait(pid, end, flags);
}

int kill(pid_t pid)
{
	if (self_path() && pid > PM_PID_MAX) {
		return self_kill(pid);
	}
	return manager_request(PM_KILL, (uint32_t)pid, PM_STATUS_KILLED);
}

pid_t getpid(void)
{
	if (self_forked()) {
		return env_page->id;
	}
	return manager_request(PM_SELF, 0, 0);
}

pid_t getppid(void)
{
	if (self_forked()) {
		return self_parent();
	}
	struct ipc_msg msg = {.w = {PM_SELF}, .nwords = 1};
	int result = manager_call(&msg);
	return result < 0 ? result : (pid_t)msg.w[1];
}

int process_next(int cursor, struct pm_info *info)
{
	int result = manager_request(PM_PS, (uint32_t)cursor, 0);

	if (result >= 0) {
		ipc_get_bytes(info, sizeof(*info));
	}
	return result;
}

int process_limit(pid_t pid, uint32_t pages, uint32_t children)
{
	env_page->msg[FIRST_MSG_WORD] = children;
	struct ipc_msg msg = {.w = {PM_LIMIT, (uint32_t)pid, pages}, .nwords = FIRST_MSG_WORD + 1};
	return manager_call(&msg);
}

int process_hint(pid_t pid, enum hint kind, uint32_t value, uint32_t ms)
{
	env_page->msg[FIRST_MSG_WORD] = ms;
	struct ipc_msg msg = {.w = {PM_HINT, (uint32_t)pid, kind | value << PM_HINT_SHIFT},
	                      .nwords = FIRST_MSG_WORD + 1};
	return manager_call(&msg);
}

int process_deadline(pid_t pid, uint32_t ms)
{
	return manager_request(PM_DEADLINE, (uint32_t)pid, ms);
}

envid_t process_server(enum pm_server which)
{
	return manager_request(PM_LOOKUP, which, 0);
}

uint32_t process_server_restarts(enum pm_server which)
{
	struct ipc_msg msg = {.w = {PM_LOOKUP, which}, .nwords = 2};
	int result = manager_call(&msg);

	return result < 0 ? 0 : msg.w[1];
}

int process_server_kill(enum pm_server which)
{
	return manager_request(PM_SERVER_KILL, which, 0);
}

int process_faults(enum fault_path path, bool reset, struct fault_counts *faults)
{
	int result = manager_request(PM_FAULTS, path, reset);

	if (result >= 0) {
		ipc_get_bytes(faults, sizeof(*faults));
	}
	return result;
}

int process_trace(enum pm_trace what, uint32_t argument)
{
	return manager_request(PM_TRACE, what, argument);
}

int poweroff(int status)
{
	if (getpid() != FIRST_PID) {
		return E_PERM;
	}
	init_end();
	(void)stdout_flush();
	(void)manager_request(PM_POWEROFF, (uint32_t)clamp_status(status), 0);
	exit(status);
}

void process_fault(vaddr_t va, uint32_t err, uint32_t ip, uint32_t vector)
{
	process_fault_because(va, err, ip, vector, E_FAULT);
}

/* A plain send: whoever faults, a server too, may report it, and nobody answers the dead. */
void process_fault_because(vaddr_t va, uint32_t err, uint32_t ip, uint32_t vector, int reason)
{
	env_page->msg[FIRST_MSG_WORD] = ip;
	env_page->msg[FIRST_MSG_WORD + 1] = vector;
	env_page->msg[FIRST_MSG_WORD + 2] = (uint32_t)reason;
	struct ipc_msg msg = {.w = {PM_FAULT, va, err}, .nwords = FIRST_MSG_WORD + 3};
	(void)ipc_send(process_manager, &msg, 0);
	for (;;) { /* procmgr does this too, if it knows us */
		(void)sys_env_destroy(0, PM_STATUS_FAULT);
	}
}

enum { FILE_RUNS = 0111 }; /* of a file's mode: somebody may execute it (cpio(5)) */

int file_list(uint32_t index, struct file_info *info)
{
	struct ipc_msg msg = {.w = {PM_FILE_LIST, index}, .nwords = 2};
	int result = manager_call(&msg);

	if (result < 0) {
		return result;
	}
	uint32_t length = (uint32_t)result < PM_NAME_MAX ? (uint32_t)result : PM_NAME_MAX - 1;
	ipc_get_bytes(info->name, length);
	info->name[length] = '\0';
	info->size = msg.w[1];
	info->runs = (msg.w[2] & FILE_RUNS) != 0;
	return OK;
}

/* One message's worth of a file. */
static int file_read_part(const char *name, uint32_t offset, void *buffer, uint32_t length)
{
	uint32_t nwords = ipc_put_bytes(name, strlen(name) + 1);
	struct ipc_msg msg = {.w = {PM_FILE_READ, offset, length}, .nwords = nwords};
	int result = manager_call(&msg);

	if (result > 0) {
		ipc_get_bytes(buffer, (uint32_t)result);
	}
	return result;
}

int file_read(const char *name, uint32_t offset, void *buffer, uint32_t length)
{
	uint32_t done = 0;

	if (strlen(name) >= PM_NAME_MAX) {
		return E_NOT_FOUND;
	}
	do {
		uint32_t part = length - done < PM_BYTES_MAX ? length - done : PM_BYTES_MAX;
		int result = file_read_part(name, offset + done, (char *)buffer + done, part);

		if (result < 0) {
			return done == 0 ? result : (int)done;
		}
		if (result == 0) {
			break;
		}
		done += (uint32_t)result;
	} while (done < length);
	return (int)done;
}
