/* Requests. Page faults that nobody handled, and how many there were. */
#include "servers/procmgr/paging/fault.h"
#include "servers/procmgr/look/tally.h"
#include "servers/procmgr/process/life.h"
#include "servers/procmgr/request/handlers.h"
#include "servers/procmgr/server/server.h"

int request_fault(struct request *request)
{
	int reason = (int)request->extra[2];
	struct ending ending = {
		.how = PM_END_FAULT,
		.status = PM_STATUS_FAULT,
		.va = request->w1,
		.err = request->w2,
		.ip = request->extra[0],
		.vector = request->extra[1],
		.reason = reason < 0 ? reason : E_FAULT,
	};

	if (!request->caller) {
		server_failed(server_of_env(request->from), &ending);
	} else {
		life_end(request->caller, &ending);
	}
	return NO_ANSWER;
}

/* Who gets no pages any more cannot even handle its own end. */
int request_pager(struct request *request)
{
	int status = (int)request->w2;

	if (status == E_DEAD || status == E_BAD_ENV) {
		status = fault_find_pager(request->from);
	} else if (status >= 0) {
		status = E_INVAL;
	}
	if (status == OK || !request->caller) {
		return status;
	}
	struct ending ending = fault_ending_unhandled(request->from, request->w1, status);
	life_end(request->caller, &ending);
	return NO_ANSWER;
}

int request_faults(struct request *request)
{
	if (request->w1 >= FAULT_PATHS || request->w2 > 1) {
		return E_INVAL;
	}
	if (request->w2 != 0 && request->caller != table_first()) {
		return E_PERM;
	}
	struct fault_counts sum = tally_of_forgotten(request->w1);
	if (request->w2 != 0) {
		tally_reset(request->w1);
	}
	request->answer->nwords = ipc_put_bytes(&sum, sizeof(sum));
	return OK;
}
