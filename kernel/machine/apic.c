/* Local and I/O APIC. The local registers are the same address on every CPU; each access is to
 * one's own. The I/O APIC is touched at boot and when root binds an interrupt, lock held. */
#include "kernel/machine/apic.h"

#include "kernel/abi/status.h"
#include "kernel/base/debug.h"
#include "kernel/base/section.h"
#include "kernel/base/x86.h"
#include "kernel/machine/machine.h"

/* byte offsets */
enum {
	LAPIC_VERSION = 0x30,
	LAPIC_TPR = 0x80,
	LAPIC_EOI = 0xB0,
	LAPIC_SPURIOUS = 0xF0,
	LAPIC_ICR_LOW = 0x300,
	LAPIC_ICR_HIGH = 0x310,
	LAPIC_LVT_TIMER = 0x320,
	LAPIC_LVT_PERF = 0x340,
	LAPIC_LVT_LINT0 = 0x350,
	LAPIC_LVT_LINT1 = 0x360,
	LAPIC_LVT_ERROR = 0x370,
	LAPIC_TIMER_INITIAL = 0x380,
	LAPIC_TIMER_CURRENT = 0x390,
	LAPIC_TIMER_DIVIDE = 0x3E0,
};

enum {
	LAPIC_ENABLE = 0x100,
	LVT_MASKED = 0x10000,
	LVT_NMI = 0x400,
	TIMER_DIVIDE_16 = 0x3,
	ICR_INIT = 0x500,
	ICR_STARTUP = 0x600,
	ICR_NMI = 0x400,
	ICR_ASSERT = 0x4000,
	ICR_LEVEL = 0x8000,
	ICR_PENDING = 0x1000,
	ICR_ALL_OTHERS = 0xC0000,
};

/* I/O APIC: register select, window, registers */
enum {
	IOAPIC_SELECT = 0x00,
	IOAPIC_WINDOW = 0x10,
	IOAPIC_VERSION = 1,
	IOAPIC_PIN0 = 0x10,
	PIN_MASKED = 0x10000,
	PIN_ACTIVE_LOW = 0x2000,
};

enum { PIC1_DATA = 0x21, PIC2_DATA = 0xA1 };

static volatile uint8_t *ioapic;
static const struct machine *where; /* NULL: not initialised yet */

static inline uint32_t lapic_read(uint32_t reg)
{
	return *(volatile uint32_t *)(APIC_LOCAL_VA + reg);
}

static inline void lapic_write(uint32_t reg, uint32_t value)
{
	*(volatile uint32_t *)(APIC_LOCAL_VA + reg) = value;
}

static uint32_t ioapic_read(uint32_t reg)
{
	*(volatile uint32_t *)(ioapic + IOAPIC_SELECT) = reg;
	return *(volatile uint32_t *)(ioapic + IOAPIC_WINDOW);
}

static void ioapic_write(uint32_t reg, uint32_t value)
{
	*(volatile uint32_t *)(ioapic + IOAPIC_SELECT) = reg;
	*(volatile uint32_t *)(ioapic + IOAPIC_WINDOW) = value;
}

static uint32_t ioapic_pins(void)
{
	return (ioapic_read(IOAPIC_VERSION) >> 16 & 0xFF) + 1;
}

/* Where nothing is, all bits are the same. */
static INIT void check_version(uint32_t version, const char *what, paddr_t at,
                               const struct machine *machine)
{
	if (version == 0 || version == ~0u) {
		boot_stop("no %s at 0x%08x (%s)", what, at, machine->source);
	}
}

INIT void apic_init(const struct machine *machine)
{
	ioapic = (volatile uint8_t *)APIC_IO_VA + machine->ioapic % PGSIZE;
	check_version(lapic_read(LAPIC_VERSION), "local APIC", machine->lapic, machine);
	check_version(ioapic_read(IOAPIC_VERSION), "I/O APIC", machine->ioapic, machine);
	where = machine;
	outb(PIC1_DATA, 0xFF);
	outb(PIC2_DATA, 0xFF);
	for (uint32_t pin = 0; pin < ioapic_pins(); pin++) {
		ioapic_write(IOAPIC_PIN0 + 2 * pin, PIN_MASKED);
	}
	apic_init_cpu();
}

INIT void apic_init_cpu(void)
{
	lapic_write(LAPIC_SPURIOUS, LAPIC_ENABLE | VEC_SPURIOUS);
	lapic_write(LAPIC_LVT_LINT0, LVT_MASKED);
	lapic_write(LAPIC_LVT_LINT1, LVT_NMI);
	lapic_write(LAPIC_LVT_ERROR, LVT_MASKED);
	lapic_write(LAPIC_LVT_PERF, LVT_MASKED);
	lapic_write(LAPIC_TPR, 0);
	lapic_write(LAPIC_TIMER_DIVIDE, TIMER_DIVIDE_16);
	lapic_write(LAPIC_LVT_TIMER, VEC_TIMER); /* one shot */
	apic_timer_set(0);
	apic_end_of_interrupt();
}

INIT uint32_t apic_own_id(void)
{
	return lapic_read(LAPIC_ID) >> 24;
}

void apic_end_of_interrupt(void)
{
	lapic_write(LAPIC_EOI, 0);
}

void apic_only_pokes(bool on)
{
	lapic_write(LAPIC_TPR, on ? VEC_POKE - 1 : 0);
}

void apic_timer_set(uint32_t count)
{
	lapic_write(LAPIC_TIMER_INITIAL, count);
}

uint32_t apic_timer_left(void)
{
	return lapic_read(LAPIC_TIMER_CURRENT);
}

static void send_ipi(uint32_t apic_id, uint32_t command)
{
	while (lapic_read(LAPIC_ICR_LOW) & ICR_PENDING) {
		pause();
	}
	lapic_write(LAPIC_ICR_HIGH, apic_id << 24);
	lapic_write(LAPIC_ICR_LOW, command);
}

void apic_poke(uint32_t apic_id)
{
	send_ipi(apic_id, ICR_ASSERT | VEC_POKE);
}

INIT void apic_send_init(uint32_t apic_id)
{
	send_ipi(apic_id, ICR_INIT | ICR_LEVEL | ICR_ASSERT);
	send_ipi(apic_id, ICR_INIT | ICR_LEVEL);
}

INIT void apic_send_startup(uint32_t apic_id, paddr_t code)
{
	send_ipi(apic_id, ICR_STARTUP | ICR_ASSERT | code >> PGSHIFT);
}

void apic_stop_others(void)
{
	if (where) {
		send_ipi(0, ICR_NMI | ICR_ASSERT | ICR_ALL_OTHERS);
	}
}

int apic_enable_irq(uint32_t irq)
{
	uint32_t pin = where->irq[irq].pin, flags = where->irq[irq].flags;
	bool active_low = (flags & IRQ_ACTIVE_LOW) == IRQ_ACTIVE_LOW;

	if (pin >= ioapic_pins()) {
		return E_NOT_FOUND;
	}
	if ((flags & IRQ_LEVEL) == IRQ_LEVEL) {
		return E_INVAL;
	}
	ioapic_write(IOAPIC_PIN0 + 2 * pin + 1, where->boot_apic_id << 24);
	ioapic_write(IOAPIC_PIN0 + 2 * pin, (VEC_IRQ0 + irq) | (active_low ? PIN_ACTIVE_LOW : 0));
	return OK;
}
