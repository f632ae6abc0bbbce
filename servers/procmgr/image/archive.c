/* The boot archive, a cpio archive in the "newc" format (cpio(5)).
 *
 *     each member:  header, 110 characters | name, zero terminated | content
 *     header:       "070701", then 13 numbers of 8 hex digits each
 *     padding:      name and content each end at a multiple of 4 from the archive's start
 *     last member:  named TRAILER!!!
 *
 * The table is built once, at start, with an index by name; contents are used in place. No number
 * from the archive is used before it is checked. */
#include "servers/procmgr/image/archive.h"
#include "kernel/abi/status.h"
#include "libsys/string.h"

enum {
	FILES_MAX = 512,
	HASH_SIZE = 256,
	HEADER_SIZE = 110,
	MAGIC_SIZE = 6,
	DIGITS = 8,
	MODE_TYPE = 0170000,
	MODE_REGULAR = 0100000,
	MODE_PERMISSIONS = 0777,
};

/* Which number of the header. */
enum header_field { FIELD_MODE = 1, FIELD_FILE_SIZE = 6, FIELD_NAME_SIZE = 11 };

struct member {
	uint32_t mode, size;
	const char *name;
	const char *content;
	uint32_t end; /* offset of the next member */
};

static struct file files[FILES_MAX];
static uint32_t nfiles;
static struct file *by_name[HASH_SIZE];
static struct image whole;

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c |= 'a' ^ 'A';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* False unless all its characters are hex digits. */
static bool read_field(const char *header, enum header_field field, uint32_t *value)
{
	const char *digits = header + MAGIC_SIZE + field * DIGITS;

	*value = 0;
	for (int i = 0; i < DIGITS; i++) {
		int digit = hex_digit(digits[i]);

		if (digit < 0) {
			return false;
		}
		*value = *value << 4 | (uint32_t)digit;
	}
	return true;
}

/* Moves *offset behind `size` bytes and their padding. False if the bytes are not all there; the
 * padding after the last ones may be missing. */
static bool skip_bytes(uint32_t *offset, uint32_t size, uint32_t archive_size)
{
	if (*offset > archive_size || size > archive_size - *offset) {
		return false;
	}
	*offset += size;
	uint32_t padding = -*offset % 4;
	*offset += padding < archive_size - *offset ? padding : archive_size - *offset;
	return true;
}

static bool read_member(const char *archive, uint32_t archive_size, uint32_t offset,
                        struct member *member)
{
	const char *header = archive + offset;
	uint32_t name_size;
	uint32_t content = offset;

	if (archive_size - offset < HEADER_SIZE || memcmp(header, "070701", MAGIC_SIZE) != 0 ||
	    !read_field(header, FIELD_MODE, &member->mode) ||
	    !read_field(header, FIELD_FILE_SIZE, &member->size) ||
	    !read_field(header, FIELD_NAME_SIZE, &name_size)) {
		return false;
	}
	if (name_size == 0 || name_size > archive_size ||
	    !skip_bytes(&content, HEADER_SIZE + name_size, archive_size)) {
		return false;
	}
	member->name = header + HEADER_SIZE;
	member->content = archive + content;
	member->end = content;
	return member->name[name_size - 1] == '\0' &&
	       skip_bytes(&member->end, member->size, archive_size);
}

static struct file **bucket_of_name(const char *name)
{
	uint32_t hash = 0;

	for (; *name != '\0'; name++) {
		hash = hash * 31 + (uint8_t)*name;
	}
	return &by_name[hash % HASH_SIZE];
}

/* Of several files with a name the first one counts. */
static void add_file(const struct member *member)
{
	bool regular = (member->mode & MODE_TYPE) == MODE_REGULAR;

	if (!regular || strlen(member->name) >= PM_NAME_MAX) {
		return;
	}
	struct file *file = &files[nfiles++];
	strlcpy(file->name, member->name, sizeof(file->name));
	file->mode = member->mode & MODE_PERMISSIONS;
	file->content = (struct image){member->content, member->size};

	struct file **link = bucket_of_name(file->name);
	while (*link) {
		link = &(*link)->next_same_hash;
	}
	*link = file;
}

int archive_init(const void *archive, uint32_t size)
{
	struct member member = {.end = 0};

	whole = (struct image){archive, size};
	memset(by_name, 0, sizeof(by_name));
	nfiles = 0;
	while (read_member(archive, size, member.end, &member)) {
		if (strcmp(member.name, "TRAILER!!!") == 0) {
			return (int)nfiles;
		}
		if (nfiles == FILES_MAX) {
			break;
		}
		add_file(&member);
	}
	return E_INVAL;
}

vaddr_t archive_start(void)
{
	return (vaddr_t)whole.bytes;
}

uint32_t archive_size(void)
{
	return whole.size;
}

const struct file *archive_find(const char *name)
{
	const struct file *file = *bucket_of_name(name);

	while (file && strcmp(file->name, name) != 0) {
		file = file->next_same_hash;
	}
	return file;
}

const struct file *archive_at(uint32_t index)
{
	return index < nfiles ? &files[index] : NULL;
}
