/* ACPI's FADT and DSDT, as far as powering off needs them (ACPI 6.4, 5.2.9, 7.4.2, 20.2). The
 * kernel says where the FADT is; it looks at nothing in it but the timer. Nothing here is trusted:
 * lengths are checked, and sums. */
#include "servers/procmgr/machine/acpi.h"
#include "libsys/string.h"
#include "libsys/syscall.h"
#include "servers/procmgr/layout.h"

enum {
	HEADER = 36, /* bytes that each table begins with */
	HEADER_LENGTH = 4,
	FADT_DSDT = 40,
	FADT_COMMAND = 48,
	FADT_ENABLE = 52,
	FADT_CONTROL = 64, /* PM1a_CNT_BLK, PM1b_CNT_BLK */
	FADT_MIN = 72,
	FADT_X_DSDT = 140, /* 64 bits, in place of the other if that is 0 */
	PORTS = 0x10000,
};

/* AML */
enum {
	AML_ZERO = 0x00,
	AML_ONE = 0x01,
	AML_NAME = 0x08,
	AML_BYTE = 0x0A,
	AML_PACKAGE = 0x12,
	AML_ROOT = '\\',
};

static uint32_t word_at(const uint8_t *table, uint32_t offset)
{
	uint32_t word;

	memcpy(&word, table + offset, sizeof(word));
	return word;
}

/* Maps `length` bytes of physical memory at SCRATCH. */
static const uint8_t *map_scratch(paddr_t at, uint32_t length)
{
	uint32_t npages = (at % PGSIZE + length + PGSIZE - 1) / PGSIZE;
	uint32_t done = 0;

	if (length > SCRATCH_SIZE - PGSIZE) {
		return NULL;
	}
	while (done < npages) {
		int n = sys_page_phys(0, SCRATCH + done * PGSIZE, at / PGSIZE + done,
		                      npages - done);

		if (n <= 0) {
			return NULL;
		}
		done += (uint32_t)n;
	}
	return (const uint8_t *)SCRATCH + at % PGSIZE;
}

/* The whole table, good until the next call; NULL. */
static const uint8_t *map_table(paddr_t at, const char *signature, uint32_t *length)
{
	const uint8_t *table = map_scratch(at, HEADER);
	uint8_t sum = 0;

	if (!table || memcmp(table, signature, 4) != 0) {
		return NULL;
	}
	*length = word_at(table, HEADER_LENGTH);
	table = *length < HEADER ? NULL : map_scratch(at, *length);
	for (uint32_t i = 0; table && i < *length; i++) {
		sum += table[i];
	}
	return sum == 0 ? table : NULL;
}

/* Reads the number at aml[*at] that fits a byte, and steps over it. */
static bool take_number(const uint8_t *aml, uint32_t length, uint32_t *at, uint8_t *number)
{
	uint8_t first = *at < length ? aml[(*at)++] : AML_PACKAGE;

	if (first == AML_ZERO || first == AML_ONE) {
		*number = first;
		return true;
	}
	if (first != AML_BYTE || *at >= length) {
		return false;
	}
	*number = aml[(*at)++];
	return true;
}

/* Name(_S5, Package(n) {a, b, ...}): NameOp, perhaps a root character, "_S5_", PackageOp, a length
 * of 1 to 4 bytes, a count, numbers. */
bool acpi_find_s5(const uint8_t *aml, uint32_t length, uint8_t type[2])
{
	for (uint32_t name = 1; name + 6 < length; name++) {
		bool named = aml[name - 1] == AML_NAME ||
		             (name > 1 && aml[name - 1] == AML_ROOT && aml[name - 2] == AML_NAME);

		if (!named || memcmp(aml + name, "_S5_", 4) != 0 || aml[name + 4] != AML_PACKAGE) {
			continue;
		}
		uint32_t at = name + 5;
		at += 1 + (aml[at] >> 6) + 1; /* bits 6 and 7: further bytes of the length */
		if (take_number(aml, length, &at, &type[0]) &&
		    take_number(aml, length, &at, &type[1])) {
			return true;
		}
	}
	return false;
}

static bool read_off(paddr_t at, struct acpi_off *off)
{
	uint32_t length;
	const uint8_t *table = map_table(at, "FACP", &length);

	if (!table || length < FADT_MIN) {
		return false;
	}
	*off = (struct acpi_off){
		.control = {word_at(table, FADT_CONTROL), word_at(table, FADT_CONTROL + 4)},
		.command = word_at(table, FADT_COMMAND),
		.enable = table[FADT_ENABLE],
	};
	if (off->control[0] == 0 || off->control[0] >= PORTS || off->control[1] >= PORTS ||
	    off->command >= PORTS) {
		return false;
	}
	paddr_t dsdt = word_at(table, FADT_DSDT);
	if (dsdt == 0 && length >= FADT_X_DSDT + 8 && word_at(table, FADT_X_DSDT + 4) == 0) {
		dsdt = word_at(table, FADT_X_DSDT);
	}
	table = map_table(dsdt, "DSDT", &length);
	return table && acpi_find_s5(table + HEADER, length - HEADER, off->type);
}

bool acpi_read_off(paddr_t fadt, struct acpi_off *off)
{
	bool read = fadt != 0 && read_off(fadt, off);

	(void)page_unmap_all(0, SCRATCH, SCRATCH_SIZE / PGSIZE);
	return read;
}
