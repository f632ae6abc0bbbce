/* Program images: ELF files in memory, which may be corrupt. */
#pragma once

#include "kernel/abi/types.h"
#include "libsys/elf.h"

struct image {
	const void *bytes; /* 4-byte aligned */
	uint32_t size;
};

/* OK if every segment can be loaded as image_segment gives it: inside the file, in user memory
 * below the stack, in ascending order, no two on the same page, the entry in an executable one.
 * Else E_BAD_EXE. */
int image_check(const struct image *image);

/* Of a checked image only. */
vaddr_t image_entry(const struct image *image);
/* Segment number `index` that is to be loaded, from 0; NULL past the last. */
const struct elf_segment *image_segment(const struct image *image, uint32_t index);

/* The function that contains `ip`, *offset bytes before it; NULL if unknown or if the image is
 * not one. The name is zero terminated and lives as long as the image. */
const char *image_symbol(const struct image *image, vaddr_t ip, uint32_t *offset);
