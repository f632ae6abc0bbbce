/* Local APIC and I/O APIC (Intel SDM vol. 3, chapter 11; 82093AA data sheet). */
#pragma once

#include "kernel/abi/memlayout.h"
#include "kernel/abi/types.h"

struct machine;

/* Where the registers are mapped, a page each, uncached, before anything here is called. */
enum { APIC_LOCAL_VA = MMIOBASE, APIC_IO_VA = MMIOBASE + PGSIZE };

/* Byte offset of the local APIC's register with its id, in the top 8 bits. */
enum { LAPIC_ID = 0x20 };

/* Masks the 8259s and every I/O APIC pin. Boot CPU. */
void apic_init(const struct machine *machine);
/* Enables the local APIC of the CPU that calls. Start-up only. */
void apic_init_cpu(void);
uint32_t apic_own_id(void);
void apic_end_of_interrupt(void);

/* Timer of this CPU: interrupts VEC_TIMER once, after `count` bus clocks / 16; 0: not at all. */
void apic_timer_set(uint32_t count);
uint32_t apic_timer_left(void);

/* Holds back every interrupt but VEC_POKE from this CPU (on), or none (SDM vol. 3, 11.8.3.1). */
void apic_only_pokes(bool on);

/* Interrupts another CPU with VEC_POKE. */
void apic_poke(uint32_t apic_id);
/* The start-up sequence for another CPU (SDM vol. 3, 9.4.4): one INIT, one STARTUP. */
void apic_send_init(uint32_t apic_id);
void apic_send_startup(uint32_t apic_id, paddr_t code);
/* NMI to all other CPUs. */
void apic_stop_others(void);

/* Delivers ISA interrupt `irq` to the boot CPU as VEC_IRQ0 + irq. E_NOT_FOUND: no such pin;
 * E_INVAL: it is level-triggered. */
int apic_enable_irq(uint32_t irq);
