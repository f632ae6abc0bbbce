/* Pages that are not there yet. A program may take all its memory for present, because a touch
 * brings what is not; the kernel, which is given an address, touches nothing. */
#pragma once

#include "kernel/abi/types.h"

/* Has the caller's pager bring what a read of each page of the run would bring, or a write: a page
 * never touched, packed, or shared by a fork. `va` is a page's address. OK; E_FAULT: a touch would
 * be a fault of the program's (also where only its own handler knows the page); E_NO_MEM, E_LIMIT,
 * E_LOST: there is no page to give. On path `self` this is done here. A pager may take pages away
 * again at any time. */
int present_make(vaddr_t va, uint32_t npages, bool write);
