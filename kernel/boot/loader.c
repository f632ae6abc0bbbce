/* Loads the first server, procmgr, from the ELF file in module 0 (System V ABI, chapters 4 and 5).
 * It must never fault: everything is mapped, its stack too. All else is loaded by procmgr. Boot
 * time only. */
#include "kernel/base/debug.h"
#include "kernel/base/x86.h"
#include "kernel/boot/boot.h"
#include "kernel/env/state.h"
#include "kernel/life/life.h"
#include "kernel/memory/kmap.h"
#include "kernel/memory/space.h"

enum { STACK_BYTES = 8 * PGSIZE, ELF_MAGIC = 0x464C457F, PT_LOAD = 1, PF_W = 2, PHDRS_MAX = 16 };

struct elf_header {
	uint32_t magic;
	uint8_t ident[12];
	uint16_t type, machine;
	uint32_t version, entry, phoff, shoff, flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_segment {
	uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

/* Maps memsz bytes at va (its pages), of which the first filesz are those at physical address src,
 * and the rest 0. */
static INIT void load(struct env *env, vaddr_t va, paddr_t src, uint32_t filesz, uint32_t memsz,
                      pte_t rights)
{
	for (uint32_t done = 0; done < memsz; done += PGSIZE) {
		int error = OK;
		pte_t *slot = space_find_or_make(&env->space, va + done, &error);
		paddr_t frame = slot ? space_alloc(&env->space, 0) : FRAME_NONE;
		uint32_t left = filesz > done ? filesz - done : 0;

		if (frame == FRAME_NONE) {
			panic("no memory to load procmgr");
		}
		if (*slot & PTE_P) {
			panic("procmgr: segments overlap at 0x%08x", va + done);
		}
		frame_clear(frame);
		kmap_read(frame_enter(frame, FRAME_SLOT_DST), src + done,
		          left < PGSIZE ? left : PGSIZE);
		space_give(&env->space, va + done, slot, frame | PTE_P | PTE_U | rights);
	}
}

static INIT void load_segment(struct env *env, const struct boot_module *m,
                              const struct elf_segment *s)
{
	vaddr_t end = s->vaddr + s->memsz;

	if (s->vaddr % PGSIZE || end < s->vaddr || end > USTACKTOP - STACK_BYTES ||
	    s->vaddr < BOOTINFO + sizeof(boot_info) || s->filesz > s->memsz ||
	    s->offset > m->size || s->filesz > m->size - s->offset) {
		panic("procmgr: bad segment at 0x%08x", s->vaddr);
	}
	load(env, s->vaddr, m->start + s->offset, s->filesz, s->memsz, s->flags & PF_W ? PTE_W : 0);
}

static INIT vaddr_t load_image(struct env *env, const struct boot_module *m)
{
	struct elf_header header;
	struct elf_segment segment;

	kmap_read(&header, m->start, sizeof(header));
	if (m->size < sizeof(header) || header.magic != ELF_MAGIC ||
	    header.phentsize != sizeof(segment) || header.phnum > PHDRS_MAX ||
	    header.phoff > m->size || header.phnum * sizeof(segment) > m->size - header.phoff) {
		panic("module 0 (%s) is not an executable", m->name);
	}
	for (uint32_t i = 0; i < header.phnum; i++) {
		kmap_read(&segment, m->start + header.phoff + i * sizeof(segment), sizeof(segment));
		if (segment.type == PT_LOAD && segment.memsz > 0) {
			load_segment(env, m, &segment);
		}
	}
	return header.entry;
}

INIT struct env *loader_start(void)
{
	struct env *env;

	if (life_create(NULL, NULL, true, &env)) {
		panic("no memory for the first env");
	}
	env->root = true;
	env->tf.eip = load_image(env, &boot_info.module[0]);
	load(env, USTACKTOP - STACK_BYTES, 0, 0, STACK_BYTES, PTE_W);
	load(env, BOOTINFO, frame_low_addr(&boot_info), sizeof(boot_info), sizeof(boot_info), 0);
	env->tf.esp = USTACKTOP - 16; /* argc = 0, argv = NULL */
	state_start(env);
	return env;
}
