/* What the firmware's ACPI tables say about powering off. */
#pragma once

#include "kernel/abi/types.h"

/* How the machine goes to S5, soft off (ACPI 6.4, 4.8.3.2 and 7.4.2). */
struct acpi_off {
	uint32_t control[2]; /* ports of PM1a_CNT and PM1b_CNT, 0: none */
	uint8_t type[2];     /* SLP_TYP for each */
	uint32_t command;    /* port of SMI_CMD, 0: none; */
	uint8_t enable;      /* what to write there if ACPI is not on yet */
};

/* Reads FADT (at this physical address) and DSDT. False: there is none, or nothing in it that we
 * understand. Maps pages at SCRATCH, and unmaps them again. */
bool acpi_read_off(paddr_t fadt, struct acpi_off *off);

/* The types of `\_S5_` in AML, found by its bytes instead of by an interpreter, as many systems do:
 * false if it is not there, or no package of numbers. Pure. */
bool acpi_find_s5(const uint8_t *aml, uint32_t length, uint8_t type[2]);
