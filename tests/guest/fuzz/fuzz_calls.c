/* timeout: 120
 * All system calls at random, in all ways, from several processes and from envs that share memory
 * with them, while others do nothing wrong: the machine lives, nothing is lost, and those end well.
 * `make fuzz` runs more of it. */
#include "tests/guest/fuzz/fuzz_replay.h"

enum { STEPS = 2000, PAGES = 64 };

#define WORD_OF(field) (offsetof(__typeof__(*env_page), field) / 4)

static const uint32_t edges[] = {0,
                                 1,
                                 2,
                                 3,
                                 7,
                                 0xFF,
                                 0x400,
                                 0xFFF,
                                 0x1000,
                                 UTEXT,
                                 FUZZ_WORK,
                                 FUZZ_WORK | PTE_W,
                                 UTOP,
                                 UTOP - 1,
                                 UTOP - PGSIZE,
                                 ENVPAGE,
                                 UVPT,
                                 UVPD,
                                 ULIM,
                                 KERNBASE,
                                 0xFFFFF000,
                                 0xFFFFFFFF,
                                 0x80000000,
                                 0x7FFFFFFF,
                                 USTACKTOP,
                                 UXSTACKTOP - PGSIZE,
                                 UENVS,
                                 UPAGES,
                                 PFTEMP,
                                 0xF0100000,
                                 USTACKTOP - PGSIZE,
                                 0xEFBFFFFC};

static struct fuzz_value number(uint32_t n)
{
	return (struct fuzz_value){FUZZ_NUMBER, n};
}

static struct fuzz_value any(struct dice *dice)
{
	switch (dice_below(dice, 4)) {
	case 0: return number(dice_bits(dice));
	case 1: return (struct fuzz_value){FUZZ_LAST, 0};
	default: return number(DICE_OF(dice, edges));
	}
}

/* Of whom: mostly oneself and one's helper, at times a stranger. */
static struct fuzz_value env(struct dice *dice, uint32_t lane)
{
	uint32_t which = dice_below(dice, 16);

	if (which < 6) {
		return number(0);
	}
	if (which < 9) {
		return (struct fuzz_value){FUZZ_SELF, 0};
	}
	if (which < 13) {
		return (struct fuzz_value){FUZZ_LANE, (lane + FUZZ_LANES) % FUZZ_ALL_LANES};
	}
	switch (which) {
	case 13: return (struct fuzz_value){FUZZ_OTHER, dice_below(dice, 4)};
	case 14: return (struct fuzz_value){FUZZ_LANE, dice_below(dice, FUZZ_ALL_LANES)};
	default: return any(dice);
	}
}

/* With flags that make sense there, mostly. */
static struct fuzz_value address(struct dice *dice, const uint32_t *flags, uint32_t nflags)
{
	uint32_t va = FUZZ_WORK + dice_below(dice, PAGES) * PGSIZE;

	if (dice_once_in(dice, 24)) {
		return any(dice);
	}
	if (dice_once_in(dice, 6)) {
		va += PTSIZE - PAGES / 2 * PGSIZE; /* around the end of a page table */
	}
	if (dice_once_in(dice, 32)) {
		return number(va | dice_below(dice, PGSIZE));
	}
	return number(va | dice_of(dice, flags, nflags));
}
#define ADDRESS(dice, flags) address(dice, flags, sizeof(flags) / sizeof((flags)[0]))

static const uint32_t no_flags[] = {0, 0, 0, PAGE_COND};
static const uint32_t to_flags[] = {0, PTE_W, PTE_W, PTE_W | PTE_SHARE, PTE_COW, PTE_W | PTE_COW};
static const uint32_t alloc_flags[] = {0,
                                       PTE_W,
                                       PTE_W,
                                       PTE_W | PTE_COW,
                                       PAGE_COND | PTE_W,
                                       PTE_SHARE | PTE_W,
                                       PAGE_FILL | PTE_W,
                                       PAGE_FILL,
                                       PAGE_FILL | PAGE_UNSHARE | PTE_W,
                                       PAGE_COND | PAGE_FILL | PAGE_UNSHARE | PTE_W};
static const uint32_t marks[] = {PTE_ZERO_FILL,   PTE_IMAGE, PTE_IMAGE | PTE_IMAGE_WRITABLE,
                                 PTE_COW | PTE_P, PTE_KEPT,  0};
static const uint32_t keep_flags[] = {0, PTE_SHARE, PTE_COW};

static uint32_t run_length(struct dice *dice)
{
	static const uint32_t lengths[] = {0,   1,   2,    31,   32,   33,       64,      127,
	                                   128, 129, 1023, 1024, 1025, 0x800000, 0xFFFFFF};

	return dice_below(dice, 3) ? dice_below(dice, 20) : DICE_OF(dice, lengths);
}

static void page_call(struct dice *dice, uint32_t lane, struct fuzz_call *call)
{
	static const uint32_t calls[] = {SYS_PAGE_ALLOC, SYS_PAGE_ALLOC, SYS_PAGE_MAP,
	                                 SYS_PAGE_MAP,   SYS_PAGE_UNMAP, SYS_PAGE_QUERY,
	                                 SYS_PAGE_MARK,  SYS_PAGE_SHARE, SYS_PAGE_PHYS};

	call->eax = DICE_OF(dice, calls) | run_length(dice) << 8;
	call->ebx = env(dice, lane);
	call->edi = env(dice, lane);
	call->ebp = ADDRESS(dice, to_flags);
	switch (call->eax & 0xFF) {
	case SYS_PAGE_ALLOC: call->esi = ADDRESS(dice, alloc_flags); break;
	case SYS_PAGE_MARK:
		call->edi =
			number(dice_once_in(dice, 2)
		                       ? DICE_OF(dice, marks) | (dice_bits(dice) & 0x1FF000)
		                       : DICE_OF(dice, alloc_flags) |
		                                 (dice_once_in(dice, 2) ? PTE_P : dice_bits(dice)));
		/* fall through */
	case SYS_PAGE_MAP:
	case SYS_PAGE_UNMAP: call->esi = ADDRESS(dice, no_flags); break;
	default: call->esi = ADDRESS(dice, keep_flags); break;
	}
}

static void env_call(struct dice *dice, uint32_t lane, struct fuzz_call *call)
{
	static const uint32_t calls[] = {SYS_ENV_FORK, SYS_ENV_DESTROY, SYS_ENV_SET,  SYS_ENV_SET,
	                                 SYS_ENV_SET,  SYS_ENV_REGS,    SYS_ENV_REGS, SYS_ENV_REAP,
	                                 SYS_HINT,     SYS_NOTIFY};
	static const uint32_t limits[] = {0, 1, 3, 4, 5, 16, 64, FUZZ_PAGES};

	call->eax = DICE_OF(dice, calls);
	call->ebx = env(dice, lane);
	call->esi = number(dice_below(dice, 14));
	call->edi = dice_once_in(dice, 2) ? number(dice_below(dice, 3)) : env(dice, lane);
	call->ebp = any(dice);
	if (call->eax == SYS_ENV_FORK && !dice_once_in(dice, 4)) {
		call->esi = number(DICE_OF(dice, limits));
		call->ebx = number(0);
	} else if (call->eax == SYS_ENV_DESTROY && call->ebx.what == FUZZ_NUMBER) {
		call->ebx = any(dice);
	} else if (call->eax == SYS_HINT) {
		call->eax |= dice_below(dice, 8) << 8;
		call->edi = any(dice);
	} else if (call->eax == SYS_NOTIFY) {
		call->esi = number(dice_once_in(dice, 2) ? 0x10000u << dice_below(dice, 8)
		                                         : dice_bits(dice));
	} else if (dice_once_in(dice, 4)) {
		call->eax |= dice_bits(dice) << 8;
	}
}

/* Waits are short or none, nearly always: one that is killed because it waits makes few calls. */
static void ipc_call_at_random(struct dice *dice, uint32_t lane, struct fuzz_call *call)
{
	static const uint32_t phases[] = {IPC_SEND,
	                                  IPC_SEND,
	                                  IPC_RECV,
	                                  IPC_RECV,
	                                  IPC_SEND | IPC_RECV,
	                                  IPC_SEND | IPC_RECV,
	                                  IPC_SEND | IPC_RECV | IPC_REPLY,
	                                  IPC_SEND | IPC_REPLY};
	uint32_t flags = DICE_OF(dice, phases);

	flags |= dice_once_in(dice, 2) ? IPC_PAGES : 0;
	flags |= dice_once_in(dice, 2) ? IPC_WINDOW : 0;
	flags |= dice_once_in(dice, 16) ? IPC_PUBLISH : 0;
	flags |= dice_once_in(dice, 64) ? IPC_FAULT_CALL : 0;
	if (dice_below(dice, 64)) {
		flags |= dice_below(dice, 6) ? IPC_SEND_NOWAIT : IPC_SEND_TIMEOUT;
		bool calls = (flags & (IPC_SEND | IPC_RECV | IPC_REPLY)) == (IPC_SEND | IPC_RECV);

		flags |= dice_below(dice, 6) && !calls ? IPC_RECV_NOWAIT : IPC_RECV_TIMEOUT;
	}
	if (dice_once_in(dice, 32)) {
		flags ^= dice_bits(dice) & 0xFFFF00;
	}
	call->eax = SYS_IPC | flags |
	            IPC_WORDS(dice_once_in(dice, 16) ? dice_below(dice, 128) : dice_below(dice, 8));
	call->ebx = dice_once_in(dice, 4) ? env(dice, lane)
	            : flags & IPC_SEND
	                    ? (struct fuzz_value){FUZZ_LANE, dice_below(dice, FUZZ_ALL_LANES)}
	            : dice_once_in(dice, 4) ? (struct fuzz_value){FUZZ_SELF, 0}
	                                    : number(0);
	call->esi = dice_once_in(dice, 3) ? number(dice_below(dice, 0x60)) : any(dice);
	call->edi = any(dice);
	call->ebp = any(dice);
}

/* 0xF0 is the call of the kernel whose allocations fail, for whom one likes: there it spoils what
 * is looked for. */
static void other_call(struct dice *dice, uint32_t lane, struct fuzz_call *call)
{
	uint32_t what =
		dice_once_in(dice, 8) ? dice_below(dice, 0xF0) : dice_below(dice, SYS_COUNT + 1);

	call->eax = what | (dice_once_in(dice, 2) ? dice_bits(dice) : run_length(dice)) << 8;
	call->ebx = dice_once_in(dice, 2) ? any(dice) : env(dice, lane);
	call->esi = dice_once_in(dice, 2) ? any(dice) : ADDRESS(dice, alloc_flags);
	call->edi = dice_once_in(dice, 2) ? any(dice) : env(dice, lane);
	call->ebp = dice_once_in(dice, 2) ? any(dice) : ADDRESS(dice, alloc_flags);
	if (what ==
	    SYS_DEBUG_WRITE) { /* text at random helps nobody who reads what the machine says */
		call->esi = number(dice_bits(dice) | 0x80000000u);
	}
}

/* A touch of what page calls have made of the page: a fault, often. */
static void touch(struct dice *dice, struct fuzz_call *call)
{
	call->way = dice_once_in(dice, 2) ? FUZZ_READ : FUZZ_WRITE;
	call->eax = SYS_COUNT; /* no call: the value that is written */
	call->ebx = dice_once_in(dice, 16) ? any(dice) : ADDRESS(dice, no_flags);
}

static void odd_registers(struct dice *dice, struct fuzz_call *call)
{
	static const uint32_t flags[] = {0x100,    0x200,   0x400,      0x800,   0x1000,  0x2000,
	                                 0x4000,   0x10000, 0x20000,    0x40000, 0x80000, 0x100000,
	                                 0x200000, 0x8D5,   0xFFFFFEFF, 0x44600};
	static const uint32_t selectors[] = {0,    1,    2,    3,    0x08, 0x10, 0x1B,  0x20,
	                                     0x23, 0x28, 0x2B, 0x30, 0x33, 0x38, 0xFFFF};

	if (dice_once_in(dice, 4)) {
		call->flags ^= DICE_OF(dice, flags);
	}
	if (dice_once_in(dice, 32)) {
		call->odd |= FUZZ_ODD_ESP;
		call->esp = dice_once_in(dice, 2) ? DICE_OF(dice, edges) : dice_bits(dice);
	}
	if (dice_once_in(dice, 256)) {
		call->odd |= FUZZ_ODD_EIP;
		call->eip = dice_once_in(dice, 2) ? DICE_OF(dice, edges) : dice_bits(dice);
	}
	if (dice_once_in(dice, 32)) {
		call->odd |= FUZZ_ODD_SEGMENTS;
		call->ds = DICE_OF(dice, selectors);
		call->es = DICE_OF(dice, selectors);
		call->fs = DICE_OF(dice, selectors);
		call->gs = DICE_OF(dice, selectors);
	}
	if (dice_once_in(dice, 64)) {
		call->way = FUZZ_VECTOR;
		call->vector = (uint8_t)dice_bits(dice);
	}
}

static void poke(struct fuzz_call *call, uint32_t word, uint32_t value)
{
	if (call->npokes < FUZZ_POKES) {
		call->pokes[call->npokes].word = (uint16_t)word;
		call->pokes[call->npokes++].value = value;
	}
}

/* A run to send and a window that make sense, mostly. */
static void poke_runs(struct dice *dice, struct fuzz_call *call)
{
	static const uint32_t lengths[] = {0,  1,  1,  1,  2,          3,
	                                   32, 63, 64, 65, 0x80000000, 0xFFFFFFFF};
	static const uint32_t modes[] = {IPC_MODE_MAP,
	                                 IPC_MODE_GRANT,
	                                 IPC_MODE_COPY,
	                                 IPC_MODE_MAP | IPC_MODE_WRITABLE,
	                                 IPC_MODE_GRANT | IPC_MODE_WRITABLE,
	                                 3,
	                                 0xFFFFFFFF};

	poke(call, WORD_OF(send_va), ADDRESS(dice, no_flags).n & ~PAGE_COND);
	poke(call, WORD_OF(send_npages),
	     dice_once_in(dice, 8) ? DICE_OF(dice, lengths) : 1 + dice_below(dice, 3));
	poke(call, WORD_OF(send_mode),
	     modes[dice_once_in(dice, 16) ? dice_below(dice, 7) : dice_below(dice, 5)]);
	poke(call, WORD_OF(recv_va), ADDRESS(dice, to_flags).n);
	poke(call, WORD_OF(recv_npages),
	     dice_once_in(dice, 8) ? DICE_OF(dice, lengths) : dice_below(dice, 8));
}

/* Whatever, wherever: mostly where the kernel looks. */
static void scramble(struct dice *dice, struct fuzz_call *call)
{
	for (uint32_t n = dice_below(dice, 4); n > 0; n--) {
		uint32_t value = any(dice).n;

		switch (dice_below(dice, 8)) {
		case 0: poke(call, dice_below(dice, WORDS), value); break;
		case 1: poke(call, dice_below(dice, WORD_OF(reserved)), value); break;
		case 2:
			poke(call, WORD_OF(msg) + 3 + dice_below(dice, ENV_REGS_WORDS), value);
			break;
		case 3:
			poke(call, WORD_OF(expect), ADDRESS(dice, to_flags).n & (PTE_W | PTE_SOFT));
			break;
		case 4: poke(call, WORD_OF(notify) + dice_below(dice, 2), dice_bits(dice)); break;
		default:
			poke(call,
			     WORD_OF(expect) +
			             dice_below(dice, WORD_OF(recv_us) - WORD_OF(expect) + 1),
			     value);
		}
	}
}

/* Step `step` of the lane: from the dice alone. */
static struct fuzz_call draw(uint32_t lane, uint32_t step)
{
	struct dice dice = fuzz_dice(lane, step);
	struct fuzz_call call = {.flags = FUZZ_PLAIN, .way = (uint8_t)dice_below(&dice, 2)};

	switch (dice_below(&dice, 9)) {
	case 8: touch(&dice, &call); break;
	case 0:
	case 1:
	case 2: page_call(&dice, lane, &call); break;
	case 3: env_call(&dice, lane, &call); break;
	case 4:
	case 5: ipc_call_at_random(&dice, lane, &call); break;
	default: other_call(&dice, lane, &call); break;
	}
	odd_registers(&dice, &call);
	if ((call.eax & 0xFF) == SYS_IPC) {
		poke_runs(&dice, &call);
	}
	if (dice_once_in(&dice, 2)) {
		scramble(&dice, &call);
	}
	if (call.ebx.what == FUZZ_OTHER && call.esi.n == PM_FORK) {
		/* A process that is nobody's child may wait for ever, and nobody here could end it:
		 * for a pager, say, that was an env of its parent's. */
		call.esi.n = PM_SELF;
	}
	return call;
}

static void step(uint32_t lane, uint32_t number)
{
	struct fuzz_call call = draw(lane, number);

	if (fuzz.plant && (call.eax & 0xFF) == SYS_YIELD && call.way == FUZZ_VECTOR) {
		fuzz_planted = 1;
	}
	fuzz_call_do(&call);
}

/* As the program that does just that. */
static void list(void)
{
	printf("#include \"tests/guest/fuzz/fuzz_replay.h\"\n\n");
	for (uint32_t lane = 0; lane < FUZZ_ALL_LANES; lane++) {
		if (!(fuzz.lanes >> lane & 1)) {
			continue;
		}
		printf("static const struct fuzz_call lane_%u[] = {\n", lane);
		for (uint32_t i = 0; i < STEPS; i++) {
			if (fuzz_keeps(i)) {
				struct fuzz_call call = draw(lane, i);

				fuzz_call_print(&call);
			}
		}
		printf("};\n");
	}
	printf("\nstatic const struct fuzz_list lists[] = {\n");
	for (uint32_t lane = 0; lane < FUZZ_ALL_LANES; lane++) {
		if (fuzz.lanes >> lane & 1) {
			printf("\t{FUZZ_LIST(%u, lane_%u)},\n", lane, lane);
		}
	}
	printf("};\n\nint main(void)\n{\n\treturn FUZZ_REPLAY(lists);\n}\n");
}

int main(int argc, char *argv[])
{
	fuzz.steps = 20000;
	fuzz_arguments(argc, argv);
	if (fuzz.list) {
		fuzz.round = (uint32_t)fuzz.only;
		list();
		return 0;
	}
	fuzz_run(fuzz_begin_calls, step, STEPS);
	return 0;
}
