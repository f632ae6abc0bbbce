/* Reading ELF files without trusting them.
 *
 * Every offset and count that comes from the file is checked against the file's size before it is
 * used, in a form that cannot wrap around. Pure functions of the image: no state. */
#include "servers/procmgr/image/image.h"
#include "kernel/abi/memlayout.h"
#include "kernel/abi/status.h"
#include "protocols/pager.h"

/* Programs end below the guard page of the stack. */
#define PROGRAM_TOP (STACK_BOTTOM - PGSIZE)

enum { SEGMENTS_MAX = 16 };

/* `count` entries of `entry_size` bytes at `offset`; NULL unless 4-byte aligned and in the file. */
static const void *table_at(const struct image *image, uint32_t offset, uint32_t count,
                            uint32_t entry_size)
{
	bool inside = offset <= image->size && count <= (image->size - offset) / entry_size;

	if (!inside || offset % sizeof(uint32_t) != 0) {
		return NULL;
	}
	return (const char *)image->bytes + offset;
}

static const struct elf_header *header_of(const struct image *image)
{
	return image->bytes;
}

static const struct elf_segment *segments_of(const struct image *image)
{
	const struct elf_header *elf = header_of(image);

	return table_at(image, elf->segments_offset, elf->segments, sizeof(struct elf_segment));
}

static bool header_is_good(const struct image *image)
{
	if (image->size < sizeof(struct elf_header)) {
		return false;
	}
	const struct elf_header *elf = header_of(image);
	return elf->magic == ELF_MAGIC && elf->class == ELF_CLASS_32 &&
	       elf->data == ELF_LITTLE_ENDIAN && elf->type == ELF_TYPE_EXECUTABLE &&
	       elf->machine == ELF_MACHINE_386 && elf->segment_size == sizeof(struct elf_segment) &&
	       elf->segments <= SEGMENTS_MAX;
}

static bool is_loaded(const struct elf_segment *segment)
{
	return segment->type == ELF_SEGMENT_LOAD && segment->memory_size != 0;
}

static bool segment_is_good(const struct image *image, const struct elf_segment *segment)
{
	bool in_file = segment->offset <= image->size &&
	               segment->file_size <= image->size - segment->offset;
	bool in_memory = segment->va >= UTEXT && segment->va <= PROGRAM_TOP &&
	                 segment->memory_size <= PROGRAM_TOP - segment->va;

	return in_file && in_memory && segment->file_size <= segment->memory_size;
}

static bool segment_contains(const struct elf_segment *segment, vaddr_t va)
{
	return va >= segment->va && va - segment->va < segment->memory_size;
}

static bool in_code(const struct image *image, vaddr_t va)
{
	const struct elf_segment *segment;

	for (uint32_t i = 0; (segment = image_segment(image, i)); i++) {
		if (segment_contains(segment, va) && (segment->flags & ELF_SEGMENT_EXECUTE) != 0) {
			return true;
		}
	}
	return false;
}

int image_check(const struct image *image)
{
	if (!header_is_good(image) || !segments_of(image)) {
		return E_BAD_EXE;
	}
	const struct elf_segment *segment;
	vaddr_t free_page = UTEXT; /* the first page that no segment has used */
	for (uint32_t i = 0; (segment = image_segment(image, i)); i++) {
		if (!segment_is_good(image, segment) || segment->va / PGSIZE < free_page / PGSIZE) {
			return E_BAD_EXE;
		}
		free_page = segment->va + segment->memory_size + PGSIZE - 1;
	}
	return in_code(image, header_of(image)->entry) ? OK : E_BAD_EXE;
}

vaddr_t image_entry(const struct image *image)
{
	return header_of(image)->entry;
}

const struct elf_segment *image_segment(const struct image *image, uint32_t index)
{
	const struct elf_segment *segment = segments_of(image);
	const struct elf_segment *end = segment + header_of(image)->segments;

	for (; segment < end; segment++) {
		if (is_loaded(segment) && index-- == 0) {
			return segment;
		}
	}
	return NULL;
}

/* ---- Symbols ---- */

struct symbol_table {
	const struct elf_symbol *symbols;
	uint32_t count;
	const char *names;
	uint32_t names_size; /* the last byte is a zero */
};

static bool names_of(const struct image *image, const struct elf_section *section,
                     struct symbol_table *table)
{
	table->names_size = section->size;
	table->names = (const char *)image->bytes + section->offset;
	if (section->offset > image->size || section->size > image->size - section->offset) {
		return false;
	}
	return section->size > 0 && table->names[section->size - 1] == '\0';
}

static bool find_symbols(const struct image *image, struct symbol_table *table)
{
	const struct elf_header *elf = header_of(image);
	const struct elf_section *sections =
		table_at(image, elf->sections_offset, elf->sections, sizeof(struct elf_section));

	if (!sections || elf->section_size != sizeof(struct elf_section)) {
		return false;
	}
	for (uint32_t i = 0; i < elf->sections; i++) {
		const struct elf_section *section = &sections[i];

		if (section->type != ELF_SECTION_SYMBOLS || section->link >= elf->sections) {
			continue;
		}
		table->count = section->size / sizeof(struct elf_symbol);
		table->symbols =
			table_at(image, section->offset, table->count, sizeof(struct elf_symbol));
		return table->symbols && names_of(image, &sections[section->link], table);
	}
	return false;
}

/* Whether `ip` can be in this symbol: in a function's range, or after an assembly label. */
static bool can_contain(const struct elf_symbol *symbol, vaddr_t ip)
{
	uint32_t type = ELF_SYMBOL_TYPE(symbol->info);

	if (ip < symbol->value || symbol->section == 0) {
		return false;
	}
	if (type == ELF_SYMBOL_FUNCTION && symbol->size != 0) {
		return ip - symbol->value < symbol->size;
	}
	return type == ELF_SYMBOL_FUNCTION || type == ELF_SYMBOL_NOTYPE;
}

const char *image_symbol(const struct image *image, vaddr_t ip, uint32_t *offset)
{
	struct symbol_table table;
	const struct elf_symbol *best = NULL;

	if (image_check(image) != OK || !in_code(image, ip) || !find_symbols(image, &table)) {
		return NULL;
	}
	for (uint32_t i = 0; i < table.count; i++) {
		const struct elf_symbol *symbol = &table.symbols[i];
		bool named = symbol->name > 0 && symbol->name < table.names_size;

		if (named && can_contain(symbol, ip) && (!best || symbol->value > best->value)) {
			best = symbol;
		}
	}
	if (!best) {
		return NULL;
	}
	*offset = ip - best->value;
	return table.names + best->name;
}
