/* For tests of loading on demand: a program with CONST_PAGES pages of constants and DATA_PAGES
 * pages of data in its file. Page i begins with CONST_WORD(i) or DATA_WORD(i) and its complement;
 * the rest is zero. Nobody has touched them when main begins. */
#pragma once

#include "libsys/args.h"
#include "tests/guest/memory.h"

enum { AROUND = 8 }; /* what a fault brings, unless the kernel's command line says something else */

/* Few, because test programs share the archive with all the others. */
#ifndef CONST_PAGES
#define CONST_PAGES 20
#endif
#define DATA_PAGES 4

#define CONST_WORD(i) (0xC0000000u + (i))
#define DATA_WORD(i) (0xDA000000u + (i))

/* clang-format 14 and 19 would have it differently. */
/* clang-format off */
#define PAGE_OF(word) {(word), ~(word)}
/* clang-format on */
#define FOUR(make, i)                                                                              \
	PAGE_OF(make(i)), PAGE_OF(make((i) + 1)), PAGE_OF(make((i) + 2)), PAGE_OF(make((i) + 3))
#define SIXTEEN(make, i)                                                                           \
	FOUR(make, i), FOUR(make, (i) + 4), FOUR(make, (i) + 8), FOUR(make, (i) + 12)

static const uint32_t constant_pages[CONST_PAGES][WORDS] __attribute__((aligned(PGSIZE))) = {
	SIXTEEN(CONST_WORD, 0), FOUR(CONST_WORD, 16),
#if CONST_PAGES > 20
	FOUR(CONST_WORD, 20),   FOUR(CONST_WORD, 24), FOUR(CONST_WORD, 28),
	SIXTEEN(CONST_WORD, 32)
#endif
};
static volatile uint32_t data[DATA_PAGES][WORDS]
	__attribute__((aligned(PGSIZE))) = {FOUR(DATA_WORD, 0)};

/* Volatile themselves they would not be among the constants. */
#define constants ((const volatile uint32_t(*)[WORDS])constant_pages)

/* Not on path `self`, where all of a program is there from the start. */
static inline bool on_demand(void)
{
	return env_page->pager != 0;
}

/* The own entry; 0 where there is no page table. */
static inline pte_t entry_at(const volatile void *at)
{
	vaddr_t va = (vaddr_t)at;

	return uvpd[va >> PTSHIFT] & PTE_P ? uvpt[va >> PGSHIFT] : 0;
}

static inline bool is_there(const volatile void *at)
{
	return (entry_at(at) & PTE_P) != 0;
}

static inline uint32_t count_there(vaddr_t start, vaddr_t end)
{
	uint32_t count = 0;

	for (vaddr_t va = start; va < end; va += PGSIZE) {
		count += is_there((const void *)va);
	}
	return count;
}

static inline void check_page(const volatile uint32_t *page, uint32_t word)
{
	CHECK_EQ(page[0], word);
	CHECK_EQ(page[1], ~word);
	CHECK_EQ(page[WORDS - 1], 0);
}

static inline void check_constants(void)
{
	for (uint32_t i = 0; i < CONST_PAGES; i++) {
		check_page(constants[i], CONST_WORD(i));
	}
}

static inline void check_data(void)
{
	for (uint32_t i = 0; i < DATA_PAGES; i++) {
		check_page(data[i], DATA_WORD(i));
	}
}

/* The program itself once more, with our env id as its argument; its pid. */
static inline pid_t start_another(const char *program)
{
	char parent[12];
	const char *const words[] = {program, parent};

	snprintf(parent, sizeof(parent), "%d", env_page->id);

	pid_t pid = spawn(2, words);

	if (pid < 0) {
		printf("spawn: %s\n", STATUS(pid));
		exit(1);
	}
	return pid;
}

/* For the other one: sends `count` words to whom its argument names. */
static inline void tell_parent(const char *parent, const uint32_t *words, uint32_t count)
{
	int to;
	struct ipc_msg msg = {.nwords = ipc_put_bytes(words, count * sizeof(words[0]))};

	CHECK(args_number(parent, 1, INT32_MAX, &to));
	CHECK(ipc_send(to, &msg, 0) >= 0);
}

/* For the first one: receives them. Who sent them. */
static inline envid_t hear_child(uint32_t *words, uint32_t count)
{
	struct ipc_msg msg;

	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	CHECK_EQ(msg.nwords, 3 + count);
	ipc_get_bytes(words, count * sizeof(words[0]));
	return msg.from;
}

static inline void check_ended_well(pid_t pid)
{
	struct process_end end = end_of(pid);

	if (end.how != PM_END_EXIT || end.status != 0) {
		printf("process %d ended with %d, %s\n", pid, end.status, end.why);
		exit(1);
	}
}
