/* Whose pager one becomes, or whom one makes one's pager: only with a right to the pager. A process
 * that pages others does not page a stranger, nor an env of a stranger's, by any way. */
#include "protocols/pager.h"
#include "tests/guest/pager/own_pagers.h"

static envid_t pager_env, victim_env;

static void check_refused(envid_t env, envid_t pager)
{
	envid_t before = env_infos[ENV_SLOT(env == 0 ? env_page->id : env)].pager;

	CHECK_EQ(sys_env_set(env, ENV_PAGER, (uint32_t)pager), E_PERM);
	CHECK_EQ(env_infos[ENV_SLOT(env == 0 ? env_page->id : env)].pager, before);
}

/* Every page that it could ask for, by entries of its own making. */
static void ask(envid_t pager)
{
	for (uint32_t place = 0; place < 64; place++) {
		struct ipc_msg msg = {.w = {AREA | PAGER_FAULT, place << PGSHIFT | PTE_KEPT, FEC_U},
		                      .nwords = 3};

		(void)sys_page_mark(0, AREA, place << PGSHIFT | PTE_KEPT, 1);
		CHECK_EQ(ipc_call(pager, &msg, 0), OK);
		CHECK((int)msg.w[0] < 0);
		CHECK(!(uvpt[AREA >> PGSHIFT] & PTE_P));
	}
}

static void serves(void)
{
	env_page->serve = 1;
	tell((envid_t)words_at(OTHER)[1], 3);
	hear(4);
	env_page->serve = 0;
	tell((envid_t)words_at(OTHER)[1], 5);
	hear(6);
}

/* Who opens itself serves anybody's envs, until it closes. */
static void check_consent(envid_t env)
{
	words_at(OTHER)[1] = (uint32_t)env_page->id;
	pid_t pid = start_child(serves);
	envid_t pager = hear(3);

	CHECK_EQ(sys_env_set(env, ENV_PAGER, (uint32_t)pager), OK);
	CHECK_EQ(sys_env_set(env, ENV_PAGER, 0), OK);
	tell(pager, 4);
	CHECK_EQ(hear(5), pager);
	check_refused(env, pager);
	tell(pager, 6);
	CHECK_EQ(end_of(pid).status, 0);
}

static void stranger(void)
{
	envid_t own = sys_env_fork(0, 16), server = env_page->pager, other = sys_env_fork(0, 16);

	CHECK(own > 0 && other > 0);
	check_refused(0, pager_env);
	check_refused(0, victim_env);
	check_refused(0, process_manager);
	check_refused(own, pager_env);
	check_refused(own, victim_env);
	check_refused(own, process_server(PM_SERVER_CONSOLE));
	CHECK_EQ(sys_env_set(victim_env, ENV_PAGER, (uint32_t)env_page->id), E_PERM);
	ask(pager_env);
	CHECK_EQ(sys_env_set(own, ENV_PAGER, (uint32_t)env_page->id), OK);
	CHECK_EQ(sys_env_set(own, ENV_PAGER, (uint32_t)other), OK);
	CHECK_EQ(sys_env_set(own, ENV_PAGER, 0), OK);
	CHECK_EQ(sys_env_set(own, ENV_PAGER, (uint32_t)server), OK); /* our own */
	CHECK_EQ(sys_env_set(0, ENV_PAGER, (uint32_t)server), OK);   /* as it is */
	check_consent(own);
	CHECK_EQ(spawn_paged(words_at(OTHER)[0], FAULT_PATH_PAGER, 1,
	                     (const char *const[]){"hello"}),
	         E_PERM);
}

int main(int argc, char *argv[])
{
	if (argc > 2) { /* the victim */
		tell(env_of_argument(argv[2]), 1);
		hear(2);
		return 0;
	}

	const char *const words[] = {"zippager", "8"};
	pid_t pager = spawn_pager(0, FAULT_PATH_INHERIT, 2, words), victim;

	CHECK(pager > 0);
	victim = start_paged(pager, FAULT_PATH_PAGER, "env_pager_is_no_strangers", "victim");
	victim_env = hear(1);
	pager_env = info_of(pager).env;
	CHECK_EQ(sys_page_alloc(0, OTHER | PTE_W, 1), 1);
	words_at(OTHER)[0] = (uint32_t)pager;
	check_child(stranger);
	tell(victim_env, 2);
	check_ended(victim, 0);
	check_ended(pager, 0);
	return 0;
}
