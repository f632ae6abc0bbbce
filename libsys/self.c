/* Fault path `self`, in the process itself: the exokernel's way.
 *
 * An env on this path starts as on JOS: everything loaded, no upcall, no exception stack.
 * self_start makes both before main, so that the stack grows and a fork's pages are copied here
 * too, by the same policy that the pager follows (libsys/paging.c). What nobody handles is run
 * again without an upcall (libsys/fault.c): then the kernel ends the env, and its death says why.
 *
 * A forked child is an env that its parent controls; procmgr does not know it. The parent asks the
 * kernel for deaths, keeps the ends of children here until wait() wants them, and hides the
 * kernel's notices from the program. All of this is memory that a fork copies: become_child
 * makes it the child's own. */
#include "libsys/self.h"
#include "libsys/assert.h"
#include "libsys/exception.h"
#include "libsys/fault.h"
#include "libsys/ipc.h"
#include "libsys/paging.h"
#include "libsys/stdio.h"
#include "libsys/string.h"

#define EXCEPTION_STACK (UXSTACKTOP - PGSIZE)

enum {
	CHILDREN_MAX = 128,   /* a page is shared with the rest of bss */
	STACK_AT_WORK = 1024, /* bytes below a frame of ours that a fork may write to */
	PAUSE_YIELDS = 64,
	PAUSE_US = 1000,
	STATUS_MAX = 100,
	STATUS_SELF_KILLED = 0x100, /* what the kernel is told by who kills itself */
};

struct child {
	envid_t env;
	uint32_t va_or_status, ip; /* as in struct env_death, of one that has ended */
	uint8_t cause, code;
};

/* First those that have ended, in the order of their ends, then the living. */
static struct child children[CHILDREN_MAX];
static uint32_t nchildren, nended;
static pid_t own_pid;      /* 0: not known yet */
static pid_t parent_pid;   /* of a forked env */
static envid_t parent_env; /* likewise; 0: this is none */

bool self_started;

/* In nasm/user/fork.asm; see there. */
int fork_env(uint32_t eax, int (*complete)(envid_t child));

bool self_forked(void)
{
	return self_path() && parent_env != 0;
}

/* ---- faults ---- */

void self_start(void)
{
	self_started = true;
	if (sys_page_alloc(0, EXCEPTION_STACK | PTE_W, 1) >= 0) {
		env_page->upcall = (vaddr_t)fault_upcall;
		env_page->xupcall = (vaddr_t)fault_xupcall;
	}
}

static pte_t entry_of(vaddr_t va)
{
	bool own = va < UTOP && (uvpd[va >> PTSHIFT] & PTE_P) != 0;

	return own ? uvpt[va >> PGSHIFT] : 0;
}

/* The faulting code may be about to use the env page's `expect` itself. */
__attribute__((regparm(1))) int self_fault(const struct utrapframe *utf)
{
	uint32_t expect = env_page->expect;
	vaddr_t va = utf->fault_va;
	int status;

	if (__builtin_expect(!self_started, false)) {
		return E_FAULT;
	}
	status = paging_handle(0, PTE_ADDR(va), entry_of(va), utf->err);
	env_page->expect = expect;
	return status;
}

/* ---- children ---- */

/* The child's place in the table, or nchildren. */
static uint32_t child_find(envid_t env)
{
	uint32_t i = 0;

	while (i < nchildren && children[i].env != env) {
		i++;
	}
	return i;
}

static void child_ended(uint32_t place, const struct env_death *death)
{
	if (place < nended || place == nchildren) {
		return; /* known already, or left to us by a child that died before it */
	}
	children[place] = children[nended];
	children[nended++] = (struct child){
		.env = death->id,
		.va_or_status = death->va_or_status,
		.ip = death->ip,
		.cause = (uint8_t)death->cause,
		.code = (uint8_t)death->code,
	};
}

/* Forgets a child that has ended. */
static void child_remove(uint32_t place)
{
	nended--;
	nchildren--;
	memmove(&children[place], &children[place + 1], (nended - place) * sizeof(children[0]));
	children[nended] = children[nchildren];
}

/* Reads what the kernel has about dead envs of ours. */
static void reap(void)
{
	struct env_death death;

	while (sys_env_reap(&death) == OK) {
		child_ended(child_find(death.id), &death);
	}
}

/* ---- fork ---- */

static int share_range(envid_t child, vaddr_t from, vaddr_t to)
{
	return page_share_all(0, from | PTE_SHARE, child, from | PTE_COW, (to - from) / PGSIZE);
}

/* Shares everything below USTACKTOP, copied on write. But the pages of the stack that the parent is
 * at work on are copied at once: it writes there before the fork is over, and must not need memory
 * for that when there is none. The child writes there too. */
static int copy_memory(envid_t child)
{
	vaddr_t frame = (vaddr_t)__builtin_frame_address(0);
	vaddr_t low = PTE_ADDR(frame - STACK_AT_WORK), high = PTE_ADDR(frame) + PGSIZE;

	if (high > USTACKTOP) { /* on the exception stack, in a handler */
		return share_range(child, 0, USTACKTOP);
	}
	int status = share_range(child, 0, low);
	for (vaddr_t page = low; page < high && status >= 0; page += PGSIZE) {
		const pte_t own = PTE_P | PTE_W;

		if ((entry_of(page) & (own | PTE_SHARE)) == own) {
			status = sys_page_fill(child, page | PTE_W, 0, page, 1);
		} else {
			status = share_range(child, page, page + PGSIZE);
		}
	}
	return status < 0 ? status : share_range(child, high, USTACKTOP);
}

static int copy_env(envid_t child)
{
	int status = sys_env_set(child, ENV_UPCALL, env_page->upcall);

	if (status >= 0) {
		status = sys_env_set(child, ENV_XUPCALL, env_page->xupcall);
	}
	if (status >= 0) {
		status = copy_memory(child);
	}
	if (status >= 0) { /* never shared; in use if a fault handler forks */
		status = sys_page_fill(child, EXCEPTION_STACK | PTE_W, 0, EXCEPTION_STACK, 1);
	}
	return status == E_FAULT ? OK : status; /* there is none to copy */
}

/* Called by fork_env, in the parent. The child is noted while memory is still the parent's
 * alone. */
static int complete_fork(envid_t child)
{
	children[nchildren++] = (struct child){.env = child};
	int status = copy_env(child);
	if (status < 0) {
		(void)sys_env_destroy(child, 0);
		nchildren--;
		return status;
	}

	/* ---- commit: nothing below can fail ---- */
	(void)sys_env_set(child, ENV_RUN, 1);
	return child;
}

static void become_child(void)
{
	parent_pid = own_pid;
	parent_env = env_page->parent;
	own_pid = env_page->id;
	nchildren = 0;
	nended = 0;
	ipc_hidden_bits = IPC_HIDDEN_BITS;
}

pid_t self_fork(void)
{
	if (own_pid == 0) {
		own_pid = getpid();
	}
	ipc_hidden_bits |= IPC_BIT_DEATH | IPC_BIT_HEIR;
	int status = sys_env_set(0, ENV_DEATHS, 1);
	reap();
	if (status < 0 || nchildren == CHILDREN_MAX) {
		return status < 0 ? status : E_LIMIT;
	}
	pid_t child = fork_env(SYS_ENV_FORK, complete_fork);
	if (child == 0) {
		become_child();
	}
	return child;
}

pid_t self_parent(void)
{
	return env_page->controller == parent_env ? parent_pid : 0;
}

/* ---- wait and kill ---- */

static void describe_fault(const struct child *child, struct process_end *end)
{
	int length = snprintf(end->why, sizeof(end->why), "%s[%d]: ", program_name, child->env);
	char *text = end->why + length;
	uint32_t size = sizeof(end->why) - (uint32_t)length;

	if (child->cause == DEATH_EXCEPTION) {
		snprintf(text, size, "%s at ip 0x%08x", exception_name(child->code), child->ip);
	} else {
		const char *kind = child->cause == DEATH_STACK_FULL
		                           ? "exception stack overflow"
		                           : exception_fault_kind(child->va_or_status, child->code);

		snprintf(text, size, "fault at 0x%08x (%s, ip 0x%08x)%s%s", child->va_or_status,
		         (child->code & FEC_WR) != 0 ? "write" : "read", child->ip,
		         kind ? ": " : "", kind ? kind : "");
	}
}

static void describe(const struct child *child, struct process_end *end)
{
	end->pid = child->env;
	end->why[0] = '\0';
	if (child->cause == DEATH_KILLED ||
	    (child->cause == DEATH_EXIT && child->va_or_status == STATUS_SELF_KILLED)) {
		end->how = PM_END_KILLED;
		end->status = PM_STATUS_KILLED;
		snprintf(end->why, sizeof(end->why), "%s[%d]: killed", program_name, child->env);
	} else if (child->cause == DEATH_EXIT) {
		end->how = PM_END_EXIT;
		end->status =
			child->va_or_status > STATUS_MAX ? STATUS_MAX : (int)child->va_or_status;
	} else {
		end->how = PM_END_FAULT;
		end->status = PM_STATUS_FAULT;
		describe_fault(child, end);
	}
}

pid_t self_wait_now(pid_t pid, struct process_end *end)
{
	reap();
	uint32_t place = pid == 0 ? 0 : child_find(pid);
	if (place == nchildren) {
		return E_NO_CHILD;
	}
	if (place >= nended) {
		return 0;
	}
	pid_t result = children[place].env;
	if (end) {
		describe(&children[place], end);
	}
	child_remove(place);
	return result;
}

/* The kernel tells of a death only who receives from anyone. A receive here could take a message
 * that is the program's; so this looks again after a while. */
void self_pause(uint32_t turn)
{
	if (turn < PAUSE_YIELDS) {
		sys_yield();
	} else {
		ipc_sleep_us(PAUSE_US);
	}
}

/* Whom we end ourselves the kernel does not report. Who has just ended by itself was killed in
 * vain: wait() will see how it ended. */
int self_kill(pid_t pid)
{
	struct env_death death = {.id = pid, .cause = DEATH_KILLED};
	int status = sys_env_destroy(pid, STATUS_SELF_KILLED);
	uint32_t place = child_find(pid);

	if (status >= 0) {
		child_ended(place, &death);
	}
	return place < nchildren ? OK : status;
}
