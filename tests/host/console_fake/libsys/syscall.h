/* Stands in for libsys/syscall.h on the host: the env page and the public records are ordinary
 * variables of the test. */
#pragma once

#include "kernel/abi/env.h"
#include "kernel/abi/status.h"

extern struct env_page fake_env_page;
extern struct env_info fake_env_infos[NENV];

#define env_page ((volatile struct env_page *)&fake_env_page)
#define env_infos ((const volatile struct env_info *)fake_env_infos)
