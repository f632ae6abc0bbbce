/* Integer types shared by the kernel and user programs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t vaddr_t; /* a virtual address */
typedef uint32_t paddr_t; /* a physical address */
typedef uint32_t pte_t;   /* one page-table or page-directory entry */
typedef int32_t envid_t;  /* names one env: generation << 12 | slot */
