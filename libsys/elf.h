/* The parts of the ELF format that programs here use: 32-bit, little endian, i386, executable
 * (System V ABI, chapters 4 and 5, with the Intel386 supplement). */
#pragma once

#include "kernel/abi/types.h"

enum {
	ELF_MAGIC = 0x464C457F, /* 7f "ELF", read as a little-endian word */
	ELF_CLASS_32 = 1,
	ELF_LITTLE_ENDIAN = 1,
	ELF_TYPE_EXECUTABLE = 2,
	ELF_MACHINE_386 = 3,
	ELF_SEGMENT_LOAD = 1,
	ELF_SEGMENT_EXECUTE = 1, /* in struct elf_segment, flags */
	ELF_SEGMENT_WRITE = 2,
	ELF_SECTION_SYMBOLS = 2,
	ELF_SYMBOL_NOTYPE = 0, /* in the low four bits of struct elf_symbol's info */
	ELF_SYMBOL_FUNCTION = 2,
};
#define ELF_SYMBOL_TYPE(info) (0xFu & (info))

struct elf_header {
	uint32_t magic;
	uint8_t class, data, version8, abi, padding[8];
	uint16_t type, machine;
	uint32_t version;
	uint32_t entry;
	uint32_t segments_offset, sections_offset; /* bytes from the start of the file */
	uint32_t flags;
	uint16_t header_size;
	uint16_t segment_size, segments; /* size of an entry, number of entries */
	uint16_t section_size, sections;
	uint16_t names_section;
};
_Static_assert(sizeof(struct elf_header) == 52, "fixed by the format");

/* A program header. */
struct elf_segment {
	uint32_t type;
	uint32_t offset; /* in the file */
	uint32_t va, pa;
	uint32_t file_size, memory_size;
	uint32_t flags;
	uint32_t alignment;
};
_Static_assert(sizeof(struct elf_segment) == 32, "fixed by the format");

struct elf_section {
	uint32_t name, type, flags, address, offset, size;
	uint32_t link; /* of symbols: index of the section with their names */
	uint32_t info, alignment, entry_size;
};
_Static_assert(sizeof(struct elf_section) == 40, "fixed by the format");

struct elf_symbol {
	uint32_t name; /* offset in the section of names */
	uint32_t value, size;
	uint8_t info, other;
	uint16_t section;
};
_Static_assert(sizeof(struct elf_symbol) == 16, "fixed by the format");
