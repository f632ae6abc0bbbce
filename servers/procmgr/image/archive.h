/* The boot archive: programs and other files, read only. */
#pragma once

#include "protocols/procmgr.h"
#include "servers/procmgr/image/image.h"

struct file {
	char name[PM_NAME_MAX];
	uint32_t mode; /* permission bits */
	struct image content;
	struct file *next_same_hash;
};

/* Reads the table of contents of a cpio archive in the "newc" format that stays where it is.
 * Returns the number of files (regular files with a name below PM_NAME_MAX; others are left
 * out), or E_INVAL if the archive is corrupt or too long: what stood before that place counts. */
int archive_init(const void *archive, uint32_t size);

/* Where it lies, page aligned, and its bytes. */
vaddr_t archive_start(void);
uint32_t archive_size(void);

/* NULL if there is none. */
const struct file *archive_find(const char *name);
/* File number `index` from 0, NULL past the last. */
const struct file *archive_at(uint32_t index);
