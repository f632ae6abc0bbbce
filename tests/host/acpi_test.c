/* How the kernel finds ACPI's tables (kernel/boot/acpi.c), in a memory of our own; and how procmgr
 * finds the types of S5 in AML (servers/procmgr/machine/acpi.c). */
#include "kernel/boot/tables.h"
#include "kernel/memory/kmap.h"
#include "servers/procmgr/machine/acpi.h"
#define pause host_pause /* the kernel has one of that name */
#include "tests/host/host_check.h"
#undef pause

enum {
	RSDP = 0x100,
	RSDT = 0x200,
	XSDT = 0x300,
	MADT = 0x400,
	MADT2 = 0x500,
	FADT = 0x600,
	HEADER = 36
};

static uint8_t memory[0x1000];
static bool no_rsdp;

/* ---- what acpi.c calls ---- */

const void *tables_find(const char *signature, uint32_t size)
{
	(void)signature;
	CHECK_EQ(size, 20);
	return no_rsdp ? NULL : memory + RSDP;
}

const void *tables_copy(paddr_t at, const char *signature)
{
	return at < sizeof(memory) && memcmp(memory + at, signature, 4) == 0 ? memory + at : NULL;
}

bool tables_apply(struct machine *machine, paddr_t table, const char *signature,
                  tables_apply_fn *apply)
{
	(void)apply;
	machine->lapic = tables_copy(table, signature) ? table : machine->lapic;
	return tables_copy(table, signature) != NULL;
}

void tables_add_cpu(struct machine *machine, uint32_t apic_id)
{
	(void)machine;
	(void)apic_id;
}

void kmap_read(void *dst, paddr_t src, uint32_t size)
{
	CHECK_EQ(src <= sizeof(memory) && size <= sizeof(memory) - src, true);
	memcpy(dst, memory + src, size);
}

int sys_page_phys(envid_t env, vaddr_t va_perm, uint32_t frame, uint32_t npages)
{
	(void)env, (void)va_perm, (void)frame, (void)npages;
	return -1;
}

int page_unmap_all(envid_t env, vaddr_t va_flags, uint32_t npages)
{
	(void)env, (void)va_flags, (void)npages;
	return 0;
}

/* ---- tables ---- */

static void put(uint32_t at, uint64_t value, uint32_t size)
{
	memcpy(memory + at, &value, size);
}

static void put_root(uint32_t at, const char *signature, const uint64_t *entries, uint32_t count,
                     uint32_t width)
{
	memcpy(memory + at, signature, 4);
	put(at + 4, HEADER + count * width, 4);
	for (uint32_t i = 0; i < count; i++) {
		put(at + HEADER + i * width, entries[i], width);
	}
}

static void put_tables(uint8_t revision, uint64_t rsdt, uint64_t xsdt)
{
	memset(memory, 0, sizeof(memory));
	memory[RSDP + 15] = revision;
	put(RSDP + 16, rsdt, 4);
	put(RSDP + 24, xsdt, 8);
	memcpy(memory + MADT, "APIC", 4);
	memcpy(memory + MADT2, "APIC", 4);
	memcpy(memory + FADT, "FACP", 4);
	put(FADT + 76, 0x608, 4);
	put_root(RSDT, "RSDT", (uint64_t[]){MADT}, 1, 4);
	put_root(XSDT, "XSDT", (uint64_t[]){MADT2, FADT}, 2, 8);
}

/* The MADT that is used; 0: none. */
static uint32_t found(struct machine *machine)
{
	*machine = (struct machine){0};
	return acpi_discover(machine) ? machine->lapic : 0;
}

static void xsdt_is_preferred(void)
{
	struct machine machine;

	put_tables(2, RSDT, XSDT);
	CHECK_EQ(found(&machine), MADT2);
	CHECK_EQ(machine.fadt, FADT);
	CHECK_EQ(machine.acpi_timer, 0x608);
	put_tables(2, 0, XSDT);
	CHECK_EQ(found(&machine), MADT2);
}

static void rsdt_serves_where_there_is_no_xsdt(void)
{
	struct machine machine;

	put_tables(0, RSDT, XSDT); /* what revision 0 has there means nothing */
	CHECK_EQ(found(&machine), MADT);
	CHECK_EQ(machine.fadt, 0);
	put_tables(2, RSDT, 0);
	CHECK_EQ(found(&machine), MADT);
}

static void tables_above_4_gib_are_passed_over(void)
{
	struct machine machine;

	put_tables(2, RSDT, 0x100000000 | XSDT);
	CHECK_EQ(found(&machine), MADT);
	put_tables(2, 0, XSDT);
	put_root(XSDT, "XSDT", (uint64_t[]){0x100000000 | MADT, 0x100000000 | FADT, MADT2}, 3, 8);
	CHECK_EQ(found(&machine), MADT2);
	CHECK_EQ(machine.fadt, 0);
	put_root(XSDT, "XSDT", (uint64_t[]){0x100000000 | MADT}, 1, 8);
	CHECK_EQ(found(&machine), 0);
}

static void absent_tables_are_no_tables(void)
{
	struct machine machine;

	put_tables(2, 0, 0);
	CHECK_EQ(found(&machine), 0);
	put_tables(0, RSDT, 0);
	no_rsdp = true;
	CHECK_EQ(found(&machine), 0);
}

/* ---- S5 ---- */

/* a * 256 + b, or -1. */
static int types(const uint8_t *aml, uint32_t length)
{
	uint8_t type[2], *copy = malloc(length);
	int result;

	memcpy(copy, aml, length); /* so that the sanitizer sees what is beyond */
	result = acpi_find_s5(copy, length, type) ? type[0] * 256 + type[1] : -1;
	free(copy);
	return result;
}

static void s5_is_found(void)
{
	const uint8_t bochs[] = {0x08, '_',  'S',  '5',  '_',  0x12,
	                         0x06, 0x04, 0x0A, 0x05, 0x0A, 0x07};
	const uint8_t qemu[] = {0x08, '\\', '_',  'S',  '5',  '_', 0x12,
	                        0x06, 0x04, 0x00, 0x01, 0x00, 0x00};
	const uint8_t long_length[] = {0x00, 0x08, '_',  'S',  '5',  '_', 0x12,
	                               0x40, 0x01, 0x02, 0x0A, 0x06, 0x01};
	const uint8_t used_first[] = {0x00, 0x00, '_', 'S', '5',  '_',  0x70, 0x00, 0x08,
	                              '_',  'S',  '5', '_', 0x12, 0x04, 0x02, 0x01, 0x00};
	const uint8_t reference[] = {0x00, 0x08, '_', 'S', '5', '_', 0x12,
	                             0x06, 0x02, 'A', 'B', 'C', 'D'};

	CHECK_EQ(types(bochs, sizeof(bochs)), 0x0507);
	CHECK_EQ(types(qemu, sizeof(qemu)), 0x0001);
	CHECK_EQ(types(long_length, sizeof(long_length)), 0x0601);
	CHECK_EQ(types(used_first, sizeof(used_first)), 0x0100);
	CHECK_EQ(types(reference, sizeof(reference)), -1);
	for (uint32_t length = 0; length < sizeof(bochs); length++) {
		CHECK_EQ(types(bochs, length), -1);
	}
}

int main(void)
{
	static const struct host_test tests[] = {
		TEST(xsdt_is_preferred),
		TEST(rsdt_serves_where_there_is_no_xsdt),
		TEST(tables_above_4_gib_are_passed_over),
		TEST(absent_tables_are_no_tables),
		TEST(s5_is_found),
	};

	return host_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
