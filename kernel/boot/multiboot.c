/* The Multiboot 1 information structure (Multiboot Specification 0.6.96, 3.3), copied out before
 * its memory is used for anything else. */
#include "kernel/base/debug.h"
#include "kernel/boot/boot.h"
#include "kernel/memory/frame.h"

INIT_DATA struct bootinfo boot_info;

enum {
	HAS_CMDLINE = 1 << 2,
	HAS_MODULES = 1 << 3,
	HAS_MMAP = 1 << 6,
};

struct multiboot {
	uint32_t flags, mem_lower, mem_upper, boot_device, cmdline;
	uint32_t nmodules, modules;
	uint32_t syms[4];
	uint32_t mmap_length, mmap;
};

struct multiboot_module {
	uint32_t start, end, string, reserved;
};

struct multiboot_range {
	uint32_t size; /* of what follows */
	uint64_t start, length;
	uint32_t type;
} __attribute__((packed));

static INIT const void *boot_data_at(paddr_t pa)
{
	if (pa == 0 || pa >= LOWMEM_END) {
		panic("boot information at 0x%08x is out of reach", pa);
	}
	return frame_low(pa);
}

static INIT void copy_text(char *dst, const char *src, uint32_t size)
{
	for (uint32_t i = 0; (dst[i] = src[i]) != 0; i++) {
		if (i + 1 == size) {
			panic("the boot loader gave a line of more than %u characters", i);
		}
	}
}

/* The last word of a module's string is its name: loaders differ in what comes before it. */
static INIT const char *last_word(const char *text)
{
	const char *word = text;

	for (; *text; text++) {
		if (*text == ' ' && text[1] && text[1] != ' ') {
			word = text + 1;
		}
	}
	return word;
}

static INIT void read_modules(const struct multiboot *mb)
{
	const struct multiboot_module *m = boot_data_at(mb->modules);

	for (uint32_t i = 0; i < mb->nmodules && i < BOOT_MODULES_MAX; i++) {
		struct boot_module *module = &boot_info.module[i];

		module->start = m[i].start;
		module->size = m[i].end - m[i].start;
		if (module->start % PGSIZE || m[i].end < m[i].start) {
			panic("module %u at 0x%08x is not page aligned", i, module->start);
		}
		if (m[i].string) {
			copy_text(module->name, last_word(boot_data_at(m[i].string)),
			          sizeof(module->name));
		}
		boot_info.nmodules++;
	}
}

static INIT void read_memory(const struct multiboot *mb)
{
	uint32_t done = 0;

	while (done + sizeof(struct multiboot_range) <= mb->mmap_length) {
		const struct multiboot_range *r = boot_data_at(mb->mmap + done);

		if (r->size < sizeof(*r) - sizeof(r->size)) {
			break;
		}
		if (boot_info.nranges < BOOT_RANGES_MAX) {
			boot_info.range[boot_info.nranges++] = (struct boot_range){
				.start = r->start, .size = r->length, .type = r->type};
		}
		done += r->size + sizeof(r->size);
	}
}

INIT void multiboot_read(paddr_t mbi)
{
	const struct multiboot *mb = boot_data_at(mbi);

	if (mb->flags & HAS_CMDLINE) {
		copy_text(boot_info.cmdline, boot_data_at(mb->cmdline), sizeof(boot_info.cmdline));
	}
	if (!(mb->flags & HAS_MMAP)) {
		panic("the boot loader gave no memory map");
	}
	read_memory(mb);
	if (!(mb->flags & HAS_MODULES) || mb->nmodules == 0) {
		panic("the boot loader gave no modules: the first must be procmgr");
	}
	read_modules(mb);
}
