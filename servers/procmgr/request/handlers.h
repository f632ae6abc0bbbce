/* Requests of processes and of the console: one handler per operation, in rooms. A handler returns
 * what is answered in w[0], or NO_ANSWER. */
#pragma once

#include "libsys/ipc.h"
#include "servers/procmgr/process/table.h"

enum { FIRST_TEXT_WORD = 3, EXTRA_WORDS = 3 };

/* A handler's result if there is no answer to give now. */
enum { NO_ANSWER = 1 << 30 };

struct request {
	envid_t from;
	struct process *caller; /* whose env asks, or to whose family it belongs; NULL: a server */
	uint32_t w1, w2;
	uint32_t extra[EXTRA_WORDS]; /* words 3.., 0 where the message has none */
	uint32_t bytes;              /* that came in words 3.. */
	char text[PM_BYTES_MAX + 1]; /* these bytes, zero terminated */
	struct ipc_msg *answer;      /* w[0] is the handler's result */
};

/* The env that asks, unless it is the process's own: then 0. */
static inline envid_t request_guardian(const struct request *request)
{
	return request->caller->env == request->from ? 0 : request->from;
}

/* process.c */
int request_self(struct request *request);
int request_fork(struct request *request);
int request_spawn(struct request *request);
int request_exec(struct request *request);
int request_exit(struct request *request);
int request_wait(struct request *request);
int request_kill(struct request *request);
int request_ps(struct request *request);
int request_limit(struct request *request);
int request_deadline(struct request *request);
int request_hint(struct request *request);
/* fault.c */
int request_fault(struct request *request);
int request_pager(struct request *request);
int request_faults(struct request *request);
/* terminal.c */
int request_foreground(struct request *request);
int request_may_read(struct request *request);
int request_interrupt(struct request *request);
/* machine.c */
int request_lookup(struct request *request);
int request_server_kill(struct request *request);
int request_file_list(struct request *request);
int request_file_read(struct request *request);
int request_log_read(struct request *request);
int request_trace(struct request *request);
int request_poweroff(struct request *request);
