/* Memory of the machine is an array on the host. */
#pragma once

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wint-to-pointer-cast"
#pragma GCC diagnostic ignored "-Wpointer-to-int-cast"
#define frame_low hardware_frame_low
#define frame_low_addr hardware_frame_low_addr
#include_next "kernel/memory/frame.h"
#undef frame_low
#undef frame_low_addr
#pragma GCC diagnostic pop

void *frame_low(paddr_t frame);
paddr_t frame_low_addr(const void *object);
