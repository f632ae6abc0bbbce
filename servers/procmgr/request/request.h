/* Requests of processes and of the console, one handler per operation. */
#pragma once

#include "libsys/ipc.h"

/* Serves the message in *msg, words 3.. of which are in the env page. True: *msg is the answer to
 * give to its sender. False: no answer now (it comes later, or there is nobody to answer). */
bool request_serve(struct ipc_msg *msg);
