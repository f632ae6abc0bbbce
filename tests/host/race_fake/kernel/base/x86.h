/* The processor of the race explorer: kernel/base/x86.h with its instructions replaced
 * (tests/host/race.h). Each atomic access is a marked point. */
#pragma once

#define rdtsc hardware_rdtsc
#define rcr2 hardware_rcr2
#define rcr3 hardware_rcr3
#define lcr3 hardware_lcr3
#define rcr0 hardware_rcr0
#define lcr0 hardware_lcr0
#define rcr4 hardware_rcr4
#define lcr4 hardware_lcr4
#define clts hardware_clts
#define fxsave hardware_fxsave
#define fxrstor hardware_fxrstor
#define pause hardware_pause
#define wait_for_interrupt hardware_wait_for_interrupt
#define inb hardware_inb
#define outb hardware_outb
#define inl hardware_inl
#define fill_words hardware_fill_words
#define copy_words hardware_copy_words
#include_next "kernel/base/x86.h"
#undef rdtsc
#undef rcr2
#undef rcr3
#undef lcr3
#undef rcr0
#undef lcr0
#undef rcr4
#undef lcr4
#undef clts
#undef fxsave
#undef fxrstor
#undef pause
#undef wait_for_interrupt
#undef inb
#undef outb
#undef inl
#undef fill_words
#undef copy_words

void race_point(void);

uint64_t rdtsc(void);
uint32_t rcr2(void);
uint32_t rcr3(void);
void lcr3(uint32_t value);
#define pause race_relax /* the C library has another */
void pause(void);
void wait_for_interrupt(void);
uint8_t inb(uint16_t port);
uint32_t inl(uint16_t port);

static inline void outb(uint16_t port, uint8_t value)
{
	(void)port;
	(void)value;
}

static inline uint32_t rcr0(void)
{
	return 0;
}

static inline void lcr0(uint32_t value)
{
	(void)value;
}

static inline uint32_t rcr4(void)
{
	return 0;
}

static inline void lcr4(uint32_t value)
{
	(void)value;
}

static inline void clts(void)
{
}

static inline void fxsave(void *area)
{
	(void)area;
}

static inline void fxrstor(const void *area)
{
	(void)area;
}

static inline void fill_words(void *dst, uint32_t value, uint32_t nwords)
{
	for (uint32_t i = 0; i < nwords; i++) {
		((uint32_t *)dst)[i] = value;
	}
}

static inline void copy_words(void *dst, const void *src, uint32_t nwords)
{
	for (uint32_t i = 0; i < nwords; i++) {
		((uint32_t *)dst)[i] = ((const uint32_t *)src)[i];
	}
}

#define __atomic_load_n(...) (race_point(), __atomic_load_n(__VA_ARGS__))
#define __atomic_store_n(...) (race_point(), __atomic_store_n(__VA_ARGS__))
#define __atomic_fetch_add(...) (race_point(), __atomic_fetch_add(__VA_ARGS__))
#define __atomic_add_fetch(...) (race_point(), __atomic_add_fetch(__VA_ARGS__))
#define __atomic_fetch_or(...) (race_point(), __atomic_fetch_or(__VA_ARGS__))
#define __atomic_fetch_and(...) (race_point(), __atomic_fetch_and(__VA_ARGS__))
