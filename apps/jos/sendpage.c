/* Pages sent both ways between parent and child. */
#include <inc/lib.h>

static const char to_child[] = "hello child environment! how are you?";
static const char to_parent[] = "hello parent environment! I'm good.";

static char *const page = (char *)0xA00000;      /* the own one */
static char *const page_came = (char *)0xB00000; /* the other's */
enum { RIGHTS = PTE_P | PTE_U | PTE_W };

static void send_text(envid_t to, const char *text)
{
	memcpy(page, text, strlen(text) + 1);
	ipc_send(to, 0, page, RIGHTS);
}

static void receive_text(envid_t *from, char *at, const char *text, const char *me)
{
	ipc_recv(from, at, 0);
	cprintf("%x got message: %s\n", *from, at);
	if (strcmp(at, text) == 0) {
		cprintf("%s received correct message\n", me);
	}
}

void umain(int argc, char **argv)
{
	envid_t other = fork();

	if (other == 0) {
		receive_text(&other, page_came, to_child, "child");
		memcpy(page_came, to_parent, sizeof(to_parent)); /* into the parent's page */
		ipc_send(other, 0, page_came, RIGHTS);
		return;
	}
	sys_page_alloc(0, page, RIGHTS);
	send_text(other, to_child);
	receive_text(&other, page, to_parent, "parent");
}
