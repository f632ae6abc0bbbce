/* Public records of envs. The kernel writes that of a new env while its id is 0. So what stands
 * between two looks at the id that find the same is of one env. */
#include "libsys/record.h"
#include "libsys/syscall.h"

bool record_read(uint32_t slot, struct env_info *copy)
{
	const volatile struct env_info *info = &env_infos[slot];

	*copy = (struct env_info){.id = info->id};
	copy->status = info->status;
	copy->parent = info->parent;
	copy->runs = info->runs;
	copy->controller = info->controller;
	copy->pager = info->pager;
	copy->label = info->label;
	copy->waits = info->waits;
	return copy->id != 0 && info->id == copy->id && copy->status != ENV_FREE &&
	       copy->status != ENV_DYING;
}

bool record_env_lives(envid_t env)
{
	struct env_info info;

	return record_read(ENV_SLOT(env), &info) && info.id == env;
}
