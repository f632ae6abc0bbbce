/* I/O port access. The kernel's port bitmap lets only the console's own ports through. */
#pragma once

#include "kernel/abi/types.h"

static inline uint8_t port_in8(uint16_t port)
{
	uint8_t value;

	asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void port_out8(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

/* Writes value to the port, then adds 1 to *count. An env that is stopped between the two stands at
 * port_sent, an instruction that no other way leads to (nasm/user/port.asm). */
void port_send(uint16_t port, uint8_t value, uint32_t *count);
extern const char port_sent[];
