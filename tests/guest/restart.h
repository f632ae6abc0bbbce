/* What tests of servers that die share. They run with the command line word `killservers`. */
#pragma once

#include "tests/guest/check.h"

static inline void kill_server(enum pm_server which)
{
	CHECK_EQ(process_server_kill(which), OK);
}
