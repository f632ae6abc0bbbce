/* Building an env out of a program image.
 *
 * A program of the archive starts with few pages: where the file has whole pages on page
 * boundaries, the entries only say where (PTE_IMAGE in kernel/abi/page.h), and the pager brings
 * them when they are touched. Other pages with contents are made in a scratch area of procmgr's own
 * space, a part at a time, and mapped from there; the scratch area is empty between calls. Only
 * writable segments are writable, so that a write to program text is a fault and a fork shares it
 * as it is.
 *
 *     the first page of the stack:
 *     USTACKTOP ->  +---------------------------------+
 *                   | argument strings                |
 *                   | argv[0] .. argv[argc - 1], NULL |
 *                   | argv                            |
 *           esp ->  | argc                            |
 */
#include "servers/procmgr/image/load.h"
#include "libsys/string.h"
#include "libsys/syscall.h"
#include "servers/procmgr/image/archive.h"
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

/* ---- Segments ---- */

/* The pages of a segment, in parts:
 *
 *     start        whole      whole_end      file_end                end
 *       |  mixed pages |  as in the file |  mixed pages |  zeros only  |
 *
 * Where the file has whole pages of the segment on page boundaries, these pages of the boot module
 * are the program's pages, or what they are copied from. Behind a read-only segment's last byte may
 * come more of the file: the archive is no secret. Mixed pages are made of bytes and zeros. */
struct parts {
	vaddr_t start, whole, whole_end, file_end, end;
	vaddr_t bytes; /* what is loaded at va is here at va + bytes, modulo 2^32 */
};

static bool is_writable(const struct elf_segment *segment)
{
	return (segment->flags & ELF_SEGMENT_WRITE) != 0;
}

static struct parts parts_of(const struct image *image, const struct elf_segment *segment)
{
	vaddr_t loaded_end = segment->va + segment->file_size;
	vaddr_t start = page_floor(segment->va);
	struct parts parts = {
		.start = start,
		.file_end = segment->file_size > 0 ? page_ceil(loaded_end) : start,
		.end = page_ceil(segment->va + segment->memory_size),
		.bytes = (vaddr_t)image->bytes + segment->offset - segment->va,
	};
	bool all_of_page = !is_writable(segment) && segment->file_size == segment->memory_size &&
	                   parts.file_end - segment->va <= image->size - segment->offset;

	parts.whole = page_ceil(segment->va);
	parts.whole_end = all_of_page ? parts.file_end : page_floor(loaded_end);
	if (parts.bytes % PGSIZE != 0 || parts.whole >= parts.whole_end) {
		parts.whole = parts.whole_end = parts.file_end;
	}
	return parts;
}

static uint32_t count_pages(vaddr_t start, vaddr_t end)
{
	return (end - start) / PGSIZE;
}

/* Pages [start, end) made of what the file has for them and zeros; at most SCRATCH_SIZE. */
static int mix_some(envid_t env, const struct parts *parts, const struct elf_segment *segment,
                    vaddr_t start, vaddr_t end)
{
	vaddr_t loaded_end = segment->va + segment->file_size;
	vaddr_t from = start > segment->va ? start : segment->va;
	vaddr_t to = end < loaded_end ? end : loaded_end;
	int status = make_scratch(count_pages(start, end));

	if (status < 0) {
		return status;
	}
	memcpy((char *)SCRATCH + (from - start), (const char *)(from + parts->bytes), to - from);
	return move_scratch(env, start | (is_writable(segment) ? PTE_W : 0),
	                    count_pages(start, end));
}

static int mix_pages(envid_t env, const struct parts *parts, const struct elf_segment *segment,
                     vaddr_t start, vaddr_t end)
{
	int status = OK;

	for (vaddr_t next; start < end && status >= 0; start = next) {
		next = end - start > SCRATCH_SIZE ? start + SCRATCH_SIZE : end;
		status = mix_some(env, parts, segment, start, next);
	}
	return status;
}

/* Whole pages that are there from the start: shared if read only. */
static int map_whole_pages(envid_t env, const struct parts *parts, bool writable, vaddr_t start,
                           vaddr_t end)
{
	uint32_t npages = count_pages(start, end);

	if (writable) {
		return page_fill_all(env, start | PTE_W, 0, start + parts->bytes, npages);
	}
	return page_map_all(0, start + parts->bytes, env, start, npages);
}

/* Whole pages that come when they are touched. */
static int mark_whole_pages(envid_t env, const struct parts *parts, bool writable)
{
	uint32_t entry = (parts->bytes - archive_start()) | PTE_IMAGE;

	return page_mark_all(env, parts->whole, entry | (writable ? PTE_IMAGE_WRITABLE : 0),
	                     count_pages(parts->whole, parts->whole_end));
}

/* The pages of a segment that the file has nothing for. */
static int add_zero_pages(envid_t env, enum load_kind kind, vaddr_t start, vaddr_t end)
{
	if (kind == LOAD_PROGRAM || kind == LOAD_WHOLE) {
		return page_mark_all(env, start, PTE_ZERO_FILL, count_pages(start, end));
	}
	return page_alloc_all(env, start | PTE_W, count_pages(start, end));
}

/* The page with the program's first instruction is there from the start (see libsys/user.ld). */
static int load_whole_pages(envid_t env, const struct load *load, const struct parts *parts,
                            bool writable)
{
	vaddr_t entry = page_floor(image_entry(load->image));

	if (load->kind != LOAD_PROGRAM) {
		return map_whole_pages(env, parts, writable, parts->whole, parts->whole_end);
	}
	int status = mark_whole_pages(env, parts, writable);
	if (status >= 0 && entry >= parts->whole && entry < parts->whole_end) {
		status = map_whole_pages(env, parts, writable, entry, entry + PGSIZE);
	}
	return status;
}

static int load_segment(envid_t env, const struct load *load, const struct elf_segment *segment)
{
	struct parts parts = parts_of(load->image, segment);
	int status = mix_pages(env, &parts, segment, parts.start, parts.whole);

	if (status >= 0) {
		status = load_whole_pages(env, load, &parts, is_writable(segment));
	}
	if (status >= 0) {
		status = mix_pages(env, &parts, segment, parts.whole_end, parts.file_end);
	}
	return status < 0 ? status : add_zero_pages(env, load->kind, parts.file_end, parts.end);
}

static int load_segments(envid_t env, const struct load *load)
{
	const struct elf_segment *segment;

	for (uint32_t i = 0; (segment = image_segment(load->image, i)); i++) {
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
	*esp = write_arguments((char *)SCRATCH, load->arguments ? load->arguments : &none);
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
	                                 : sys_env_fork_labelled(0, load->limit, load->label);
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
