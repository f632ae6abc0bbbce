/* Loads the first server, procmgr, from the ELF file in module 0 (System V ABI, chapters 4 and 5). It must never
 * fault: everything is mapped, its stack too. All else is loaded by procmgr. Boot time only. */
#include "kernel/boot.h"
#include "kernel/debug.h"
#include "kernel/env.h"
#include "kernel/kmap.h"
#include "kernel/space.h"
#include "kernel/x86.h"

enum { STACK_PAGES = 8, ELF_MAGIC = 0x464C457F, PT_LOAD = 1, PF_W = 2, PHDRS_MAX = 16 };

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

static INIT pte_t *slot_for(struct env *env, vaddr_t va)
{
	int error = OK;
	pte_t *slot = space_find_or_make(&env->space, va, &error);

	if (!slot) {
		panic("no memory to load procmgr");
	}
	return slot;
}

/* A page of zeros at va, writable for now; its frame. */
static INIT paddr_t add_page(struct env *env, vaddr_t va)
{
	pte_t *slot = slot_for(env, va);
	paddr_t frame = space_alloc(&env->space, 0);

	if (*slot & PTE_P) {
		panic("procmgr: segments overlap at 0x%08x", va);
	}
	if (frame == FRAME_NONE) {
		panic("no memory to load procmgr");
	}
	frame_clear(frame);
	space_give(&env->space, va, slot, frame | PTE_P | PTE_U | PTE_W);
	return frame;
}

static INIT void load_segment(struct env *env, const struct boot_module *m,
                              const struct elf_segment *s)
{
	vaddr_t end = s->vaddr + s->memsz;

	if (s->vaddr % PGSIZE || end < s->vaddr || end > USTACKTOP - STACK_PAGES * PGSIZE ||
	    s->vaddr < BOOTINFO + sizeof(boot_info) || s->filesz > s->memsz ||
	    s->offset > m->size || s->filesz > m->size - s->offset) {
		panic("procmgr: bad segment at 0x%08x", s->vaddr);
	}
	for (uint32_t done = 0; done < s->memsz; done += PGSIZE) {
		paddr_t frame = add_page(env, s->vaddr + done);
		uint32_t left = s->filesz > done ? s->filesz - done : 0;

		kmap_read(frame_enter(frame, FRAME_SLOT_DST), m->start + s->offset + done,
		          left < PGSIZE ? left : PGSIZE);
		if (!(s->flags & PF_W)) {
			*slot_for(env, s->vaddr + done) &= ~PTE_W;
		}
	}
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

	if (env_create(NULL, NULL, true, &env)) {
		panic("no memory for the first env");
	}
	env->root = true;
	env->tf.eip = load_image(env, &boot_info.module[0]);
	for (uint32_t i = 1; i <= STACK_PAGES; i++) {
		add_page(env, USTACKTOP - i * PGSIZE);
	}
	env->tf.esp = USTACKTOP - 16; /* argc = 0, argv = NULL */
	for (uint32_t done = 0; done < sizeof(boot_info); done += PGSIZE) {
		uint32_t left = sizeof(boot_info) - done;
		paddr_t frame = add_page(env, BOOTINFO + done);

		copy_words(frame_enter(frame, FRAME_SLOT_DST), (char *)&boot_info + done,
		           (left < PGSIZE ? left : PGSIZE) / 4);
		*slot_for(env, BOOTINFO + done) &= ~PTE_W;
	}
	env->stopped = false;
	return env;
}
