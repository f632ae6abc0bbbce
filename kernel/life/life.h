/* Life and death of envs. All with the lock held; none blocks. */
#pragma once

#include "kernel/abi/types.h"

struct env;

extern uint32_t life_dying;     /* spaces still to be torn down */
extern uint32_t life_past_runs; /* of envs whose records are others' now */

/* Lets memory that dead envs hold be found when it is short. Start-up. */
void life_init(void);

/* A stopped env with an empty space. `like` gives registers, pager and parent; NULL: none. The
 * controller is `controller`, NULL: itself. For servers the reserve may be used. E_AGAIN: there are
 * dead spaces to finish with first, and some of that was done. */
int life_create(struct env *like, struct env *controller, bool server, struct env **result);

/* The heir controls the env from now on, and is told if it asked for deaths. */
void life_inherit(struct env *env, struct env *heir);

/* Ends the env, wherever it runs. by_controller: nobody else needs to be told. */
void life_destroy(struct env *env, const uint32_t death[4], bool by_controller);
/* Some teardown; false if there was none to do. */
bool life_teardown_step(void);
/* When memory is short: that, or frames kept for new envs are freed; false if there are none. */
bool life_reclaim(void);

/* Forgets the caller's first dead env, which exists; its id. */
envid_t life_reap(struct env *controller);
