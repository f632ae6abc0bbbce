/* Stands in for servers/console/ports.h on the host: ports lead to the machine model of
 * tests/host/console_machine.c. */
#pragma once

#include "kernel/abi/types.h"

uint8_t port_in8(uint16_t port);
void port_out8(uint16_t port, uint8_t value);
void port_send(uint16_t port, uint8_t value, uint32_t *count);
extern const char port_sent[];
