/* Ending the machine: QEMU's isa-debug-exit device, which turns a written v into the exit status
 * 2 v + 1, then the ACPI power button of QEMU's PIIX4 for machines without that device. On real
 * hardware neither does anything: then procmgr sleeps, and says so. */
#include "servers/procmgr/power.h"
#include "libsys/ipc.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "libsys/syscall.h"
#include "servers/procmgr/log.h"
#include "servers/procmgr/server.h"

enum {
	DEBUG_EXIT_PORT = 0xF4,
	DEBUG_EXIT_PORTS = 4,
	PM1A_CONTROL_PORT = 0x604, /* ACPI 4.8.3.2.1: SLP_TYP 0 is S5 on the PIIX4 */
	PM1A_CONTROL_PORTS = 2,
	PM1A_SLEEP_ENABLE = 0x2000,
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

static void say(const char *line)
{
	(void)sys_debug_write(line, strlen(line));
}

void power_off(int status)
{
	uint32_t value = status < 0 || status > STATUS_MAX ? STATUS_MAX : (uint32_t)status;

	server_silence_console();
	log_dump();
	if (sys_ports(0, DEBUG_EXIT_PORT, DEBUG_EXIT_PORTS) >= 0) {
		out32(DEBUG_EXIT_PORT, value);
	}
	if (sys_ports(0, PM1A_CONTROL_PORT, PM1A_CONTROL_PORTS) >= 0) {
		out16(PM1A_CONTROL_PORT, PM1A_SLEEP_ENABLE);
	}
	say("procmgr: the machine does not power off by itself; it may be switched off now\n");
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
	say(line);
	power_off(POWER_STATUS_FAILED);
}
