/* Building an env out of a program image.
 *
 * Pages with contents are made in a scratch area of procmgr's own space, a part at a time, and
 * mapped from there; the scratch area is empty between calls. Only writable segments are writable,
 * so that a write to program text is a fault and a fork shares it as it is.
 *
 *     the first page of the stack:
 *     USTACKTOP ->  +---------------------------------+
 *                   | argument strings                |
 *                   | argv[0] .. argv[argc - 1], NULL |
 *                   | argv                            |
 *           esp ->  | argc                            |
 */
#include "servers/procmgr/load.h"
#include "libsys/string.h"
#include "libsys/syscall.h"
#include "servers/procmgr/layout.h"

enum {
	EFLAGS_START = 0x202, /* interrupts on; bit 1 is always set (SDM vol. 1, 3.4.3) */
	SERVER_STACK_PAGES = 8,
	START_WORDS = 2, /* argc, argv */
	START_ALIGNMENT = 16,
	START_SIZE_MAX = ARGUMENTS_BYTES_MAX + START_ALIGNMENT +
	                 (ARGUMENTS_MAX + 1 + START_WORDS) * sizeof(uint32_t),
};
_Static_assert(START_SIZE_MAX <= PGSIZE, "arguments fit the first page of the stack");

static vaddr_t page_floor(vaddr_t va)
{
	return va & ~(PGSIZE - 1);
}

static vaddr_t page_ceil(vaddr_t va)
{
	return page_floor(va + PGSIZE - 1);
}

int arguments_check(const struct arguments *arguments)
{
	uint32_t strings = 0;
	if (arguments->bytes > ARGUMENTS_BYTES_MAX || arguments->argc > ARGUMENTS_MAX) {
		return E_TOO_BIG;
	}
	for (uint32_t i = 0; i < arguments->bytes; i++) {
		strings += arguments->text[i] == '\0';
	}
	bool ended = arguments->bytes > 0 && arguments->text[arguments->bytes - 1] == '\0';
	return ended && strings == arguments->argc ? OK : E_INVAL;
}

/* Gives the scratch pages to the env and takes them out of the scratch area. */
static int move_scratch(envid_t env, vaddr_t va_perm, uint32_t npages)
{
	int status = page_map_all(0, SCRATCH, env, va_perm, npages);
	(void)page_unmap_all(0, SCRATCH, npages);
	return status;
}

/* Zeroed scratch pages. On an error there are none. */
static int make_scratch(uint32_t npages)
{
	int status = page_alloc_all(0, SCRATCH | PTE_W, npages);
	if (status < 0) {
		(void)page_unmap_all(0, SCRATCH, npages);
	}
	return status;
}

/* Loads the pages [start, end) of a segment: file contents where it has any, zeros elsewhere. */
static int copy_pages(envid_t env, const struct image *image, const struct elf_segment *segment,
                      vaddr_t start, vaddr_t end)
{
	vaddr_t file_end = segment->va + segment->file_size;
	vaddr_t from = start > segment->va ? start : segment->va;
	vaddr_t to = end < file_end ? end : file_end;
	uint32_t npages = (end - start) / PGSIZE;
	uint32_t write = (segment->flags & ELF_SEGMENT_WRITE) != 0 ? PTE_W : 0;

	int status = make_scratch(npages);
	if (status < 0) {
		return status;
	}
	memcpy((char *)SCRATCH + (from - start),
	       (const char *)image->bytes + segment->offset + (from - segment->va), to - from);
	return move_scratch(env, start | write, npages);
}

/* The pages of a segment that the file has nothing for. */
static int add_zero_pages(envid_t env, enum load_kind kind, vaddr_t start, vaddr_t end)
{
	uint32_t npages = (end - start) / PGSIZE;
	if (kind == LOAD_PROGRAM) {
		return page_mark_all(env, start, PTE_ZERO_FILL, npages);
	}
	return page_alloc_all(env, start | PTE_W, npages);
}

static int load_segment(envid_t env, const struct load *load, const struct elf_segment *segment)
{
	vaddr_t start = page_floor(segment->va);
	vaddr_t end = page_ceil(segment->va + segment->memory_size);
	vaddr_t file_end = start;
	if (segment->file_size > 0) {
		file_end = page_ceil(segment->va + segment->file_size);
	}
	for (vaddr_t part; start < file_end; start = part) {
		part = file_end - start > SCRATCH_SIZE ? start + SCRATCH_SIZE : file_end;
		int status = copy_pages(env, load->image, segment, start, part);
		if (status < 0) {
			return status;
		}
	}
	return add_zero_pages(env, load->kind, file_end, end);
}

static int load_segments(envid_t env, const struct load *load)
{
	const struct elf_segment *segment;
	for (uint32_t i = 0; (segment = image_segment(load->image, i)) != NULL; i++) {
		int status = load_segment(env, load, segment);
		if (status < 0) {
			return status;
		}
	}
	return OK;
}

/* Writes the arguments at the end of the page at `page`, as the program will see them below
 * USTACKTOP. Returns the program's first esp. */
static vaddr_t write_arguments(char *page, const struct arguments *arguments)
{
	uint32_t text_at = (PGSIZE - arguments->bytes) & ~3u;
	uint32_t argv_at = text_at - (arguments->argc + 1) * sizeof(uint32_t);
	uint32_t esp_at = (argv_at - START_WORDS * sizeof(uint32_t)) & -START_ALIGNMENT;
	const vaddr_t page_va = USTACKTOP - PGSIZE; /* the program's */

	memcpy(page + text_at, arguments->text, arguments->bytes);
	uint32_t *start = (uint32_t *)(page + esp_at);
	start[0] = arguments->argc;
	start[1] = arguments->argc > 0 ? page_va + argv_at : 0;

	uint32_t *argv = (uint32_t *)(page + argv_at);
	uint32_t offset = text_at;
	for (uint32_t i = 0; i < arguments->argc; i++) {
		argv[i] = page_va + offset;
		offset += strlen(page + offset) + 1;
	}
	argv[arguments->argc] = 0;
	return page_va + esp_at;
}

static int make_stacks(envid_t env, const struct load *load, vaddr_t *esp)
{
	static const struct arguments none = {.text = ""};
	int status = make_scratch(1);
	if (status < 0) {
		return status;
	}
	*esp = write_arguments((char *)SCRATCH, load->arguments != NULL ? load->arguments : &none);
	status = move_scratch(env, (USTACKTOP - PGSIZE) | PTE_W, 1);
	if (status == OK && load->kind != LOAD_SELF) {
		status = sys_page_alloc(env, (UXSTACKTOP - PGSIZE) | PTE_W, 1);
	}
	if (status >= 0 && load->kind == LOAD_SERVER) {
		status = page_alloc_all(env, (USTACKTOP - SERVER_STACK_PAGES * PGSIZE) | PTE_W,
		                        SERVER_STACK_PAGES - 1);
	}
	return status;
}

static int set_start(envid_t env, const struct load *load, vaddr_t esp)
{
	struct env_regs regs = {
		.eip = image_entry(load->image),
		.esp = esp,
		.eflags = EFLAGS_START,
	};
	return sys_env_set_regs(env, &regs);
}

static envid_t make_env(const struct load *load)
{
	return load->kind == LOAD_SERVER ? sys_env_fork_server(0, load->limit)
	                                 : sys_env_fork(0, load->limit);
}

envid_t load_env(const struct load *load)
{
	vaddr_t esp;
	int status = image_check(load->image);
	if (status < 0) {
		return status;
	}
	envid_t env = make_env(load);
	if (env < 0) {
		return env;
	}
	status = load_segments(env, load);
	if (status >= 0) {
		status = make_stacks(env, load, &esp);
	}
	if (status >= 0) {
		status = set_start(env, load, esp);
	}
	if (status < 0) {
		(void)sys_env_destroy(env, 0);
		return status;
	}
	return env;
}
