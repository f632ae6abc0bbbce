/* A new env's env page has its ids, knows of sysenter and its record, and is zero otherwise, even
 * in a slot and frame used before. */
#include "tests/guest/peers.h"

static envid_t parent;
static uint32_t sysenter;

static void dirties_or_looks(uint32_t arg)
{
	const volatile uint32_t *words = (const volatile uint32_t *)ENVPAGE;

	CHECK_EQ(words[1], parent);
	CHECK_EQ(env_page->parent, parent);
	CHECK_EQ(words[0], sys_self());
	for (uint32_t i = 4; i < PGSIZE / 4; i++) { /* FAULTS_UPCALL is zero, too */
		if (&words[i] != &env_page->sysenter && &words[i] != &env_page->record) {
			CHECK_EQ(words[i], 0);
		}
	}
	CHECK_EQ(env_page->sysenter, sysenter);
	CHECK_EQ(env_page->record, UENVS + ENV_SLOT(sys_self()) * sizeof(struct env_info));
	if (arg) {
		memset((void *)(ENVPAGE + 16), 0xA5, PGSIZE - 16);
	}
}

int main(void)
{
	parent = env_page->id;
	sysenter = env_page->sysenter;
	for (uint32_t i = 0; i < 20; i++) {
		peer_join(peer_start(dirties_or_looks, i % 2 == 0));
	}
	return 0;
}
