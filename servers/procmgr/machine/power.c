/* Ending the machine: QEMU's isa-debug-exit device, which turns a written v into the exit status 2
 * v + 1; then ACPI's soft off, as the firmware's tables say, else as on QEMU's PIIX4. Neither is
 * done when the `out` is: the machine may go on for a moment. If it still runs after a second,
 * procmgr says so, on the screen too, and sleeps. */
#include "servers/procmgr/machine/power.h"
#include "kernel/abi/bootinfo.h"
#include "libsys/ipc.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "libsys/syscall.h"
#include "servers/procmgr/look/log.h"
#include "servers/procmgr/machine/acpi.h"
#include "servers/procmgr/server/server.h"

enum {
	DEBUG_EXIT_PORT = 0xF4,
	DEBUG_EXIT_PORTS = 4,
	PIIX4_CONTROL_PORT = 0x604,
	CONTROL_PORTS = 2,
	/* ACPI 6.4, 4.8.3.2.1 */
	CONTROL_ACPI_ON = 0x0001,
	CONTROL_TYPE_SHIFT = 10,
	CONTROL_TYPE_MASK = 7 << CONTROL_TYPE_SHIFT,
	CONTROL_SLEEP = 0x2000,
	EXIT_US = 100000,
	ENABLE_US =
		10000, /* between two looks whether ACPI is on; the specification knows no limit */
	ENABLE_LOOKS = 30,
	OFF_US = 1000000,
	STATUS_MAX = 100,
	IDLE_US = 1000000000,
};

static void out32(uint16_t port, uint32_t value)
{
	asm volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static void out16(uint16_t port, uint16_t value)
{
	asm volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static uint16_t in16(uint16_t port)
{
	uint16_t value;

	asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static void out8(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static void say_line(const char *line)
{
	(void)sys_debug_write(line, strlen(line));
}

/* The firmware may have left the registers to itself. */
static void enable_acpi(const struct acpi_off *off)
{
	uint16_t control = (uint16_t)off->control[0];

	if (off->command == 0 || in16(control) & CONTROL_ACPI_ON ||
	    sys_ports(0, off->command, 1) < 0) {
		return;
	}
	out8((uint16_t)off->command, off->enable);
	for (int i = 0; i < ENABLE_LOOKS && !(in16(control) & CONTROL_ACPI_ON); i++) {
		ipc_sleep_us(ENABLE_US);
	}
}

static void soft_off(void)
{
	struct acpi_off off;

	if (!acpi_read_off(((const struct bootinfo *)BOOTINFO)->fadt, &off)) {
		off = (struct acpi_off){.control = {PIIX4_CONTROL_PORT}};
	}
	for (int i = 0; i < 2; i++) {
		uint16_t port = (uint16_t)off.control[i];

		if (port == 0 || sys_ports(0, port, CONTROL_PORTS) < 0) {
			continue;
		}
		if (i == 0) {
			enable_acpi(&off);
		}
		out16(port, (uint16_t)((in16(port) & ~CONTROL_TYPE_MASK) | CONTROL_SLEEP |
		                       (off.type[i] << CONTROL_TYPE_SHIFT & CONTROL_TYPE_MASK)));
	}
}

void power_off(int status)
{
	uint32_t value = status < 0 || status > STATUS_MAX ? STATUS_MAX : (uint32_t)status;

	server_silence_console();
	log_dump();
	(void)sys_ports(0, 0, 0); /* there is room for four ranges */
	if (sys_ports(0, DEBUG_EXIT_PORT, DEBUG_EXIT_PORTS) >= 0) {
		out32(DEBUG_EXIT_PORT, value);
		ipc_sleep_us(EXIT_US); /* else the next `out` could win */
	}
	soft_off();
	ipc_sleep_us(OFF_US);
	(void)sys_debug_screen(true);
	say_line("procmgr: the machine does not power off by itself; it may be switched off now\n");
	for (;;) {
		ipc_sleep_us(IDLE_US);
	}
}

void power_fail(const char *what, int status)
{
	char line[160];

	if (status < 0) {
		snprintf(line, sizeof(line), "procmgr: %s: %s\n", what, STATUS(status));
	} else {
		snprintf(line, sizeof(line), "procmgr: %s\n", what);
	}
	(void)sys_debug_screen(true);
	say_line(line);
	power_off(POWER_STATUS_FAILED);
}
