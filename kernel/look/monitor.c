/* The kernel monitor (optional): a prompt on the first serial line after a panic, for looking
 * around. All other CPUs are stopped; nothing here changes anything. */
#include "kernel/base/debug.h"
#include "kernel/base/hook.h"
#include "kernel/boot/boot.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/trapframe.h"
#include "kernel/entry/panic.h"
#include "kernel/env/env.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/kmap.h"
#include "kernel/sched/runqueue.h"

enum { LINE_MAX = 64, WORDS_MAX = 3, END_OF_INPUT = 4 };

static const struct trapframe *last;

static uint32_t parse_number(const char *text)
{
	uint32_t value = 0, base = text[0] == '0' && text[1] == 'x' ? 16 : 10;

	for (text += base == 16 ? 2 : 0; *text; text++) {
		uint32_t digit = *text <= '9' ? *text - '0' : (*text | 32) - 'a' + 10;

		value = value * base + (digit < base ? digit : 0);
	}
	return value;
}

static void show_envs(void)
{
	static const char *const names[] = {"free", "dying", "ready", "running", "waits/stopped"};

	debug_printf("env      parent   control  pager    pages runs     cpu state\n");
	for (uint32_t i = 0; i < NENV; i++) {
		const struct env_info *e = &env_records[i];

		if (e->status != ENV_FREE) {
			debug_printf("%08x %08x %08x %08x %5u %8u %3u %s\n", e->id, e->parent,
			             e->controller, e->pager, e->pages, e->runs, e->cpu,
			             names[e->status]);
		}
	}
}

static void show_cpus(void)
{
	for (uint32_t i = 0; i < cpu_count; i++) {
		const struct cpu *c = &cpus[i];

		debug_printf("cpu %u apic %u env %08x queued %u ticks %u%s\n", i, c->apic_id,
		             c->env ? c->env->id : 0, c->queue->queued, c->ticks,
		             c->in_halt ? " idle" : "");
	}
}

static void show_translation(uint32_t id, vaddr_t va)
{
	const struct env *env = id ? &envs[ENV_SLOT(id)] : NULL;
	const pte_t *pgdir = env && env->space.pgdir ? env->space.pgdir : kmap_pgdir;
	pte_t pde = pgdir[va >> PTSHIFT];

	debug_printf("pde %08x", pde);
	if (pde & PTE_P && !(pde & PTE_PS)) {
		const pte_t *table = frame_low(PTE_ADDR(pde));
		pte_t pte = table[(va >> PGSHIFT) & 1023];
		bool counted = pte & PTE_P && pte >> PGSHIFT < frame_table_size;

		debug_printf(" pte %08x mappings %u", pte,
		             counted ? frame_of(PTE_ADDR(pte))->refs % FRAME_FIXED : 0);
	}
	debug_printf("\n");
}

static void show_memory(void)
{
	debug_printf("pages: %u of ours, %u free, %u shared, %u unusable; kernel %08x..%08x\n",
	             frame_counts.total, frame_count_free(), frame_counts.shared,
	             frame_counts.unused, (uint32_t)kernel_start, (uint32_t)kernel_end);
}

static char read_char(void)
{
	while (!(inb(LINE_STATUS) & HAS_DATA)) {
		pause();
	}
	return inb(COM1);
}

static void read_line(char *line)
{
	uint32_t n = 0;

	debug_printf("kernel> ");
	for (char c = read_char(); c != '\r' && c != '\n'; c = read_char()) {
		if (c == END_OF_INPUT && n == 0) {
			machine_exit(PANIC_STATUS);
		}
		if ((c == 8 || c == 127) && n > 0) {
			n--;
			debug_printf("\b \b");
		} else if (c >= ' ' && c < 127 && n + 1 < LINE_MAX) {
			line[n++] = c;
			debug_write(&c, 1);
		}
	}
	line[n] = 0;
	debug_printf("\n");
}

static void split_words(char *line, const char *words[WORDS_MAX])
{
	for (uint32_t i = 0; i < WORDS_MAX; i++) {
		while (*line == ' ') {
			*line++ = 0;
		}
		words[i] = line;
		while (*line && *line != ' ') {
			line++;
		}
	}
	*line = 0;
}

static bool same_text(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static void run_command(const char *const words[WORDS_MAX])
{
	if (same_text(words[0], "envs")) {
		show_envs();
	} else if (same_text(words[0], "cpus")) {
		show_cpus();
	} else if (same_text(words[0], "backtrace")) {
		panic_backtrace(last->eip, last->ebp);
	} else if (same_text(words[0], "pt")) {
		show_translation(parse_number(words[1]), parse_number(words[2]));
	} else if (same_text(words[0], "memory")) {
		show_memory();
	} else if (same_text(words[0], "quit")) {
		machine_exit(PANIC_STATUS);
	} else if (words[0][0]) {
		debug_printf(
			"help, envs, cpus, backtrace, pt ENV VA (ENV 0: kernel), memory, quit\n");
	}
}

static void monitor_run(const struct trapframe *frame)
{
	static char line[LINE_MAX];
	const char *words[WORDS_MAX];

	last = frame;
	debug_printf("kernel monitor; `help` lists commands, `quit` ends the machine\n");
	for (;;) {
		read_line(line);
		split_words(line, words);
		run_command(words);
	}
}

static INIT void monitor_offer(void)
{
	looks.monitor = monitor_run;
}
LOOK_OFFERS(monitor_offer);
