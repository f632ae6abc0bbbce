/* The calls of Linux on i386 that the measurements use (arch/x86 system call numbers and layouts,
 * as the manual pages syscalls(2), userfaultfd(2), ioctl_userfaultfd(2), sigaction(2), unix(7) have
 * them). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	NR_EXIT = 1,
	NR_FORK = 2,
	NR_READ = 3,
	NR_WRITE = 4,
	NR_CLOSE = 6,
	NR_WAITPID = 7,
	NR_KILL = 37,
	NR_PIPE = 42,
	NR_IOCTL = 54,
	NR_GETPPID = 64,
	NR_GETTIMEOFDAY = 78,
	NR_REBOOT = 88,
	NR_MUNMAP = 91,
	NR_FTRUNCATE = 93,
	NR_MPROTECT = 125,
	NR_SCHED_SETSCHEDULER = 156,
	NR_SCHED_YIELD = 158,
	NR_SIGACTION = 174,
	NR_MMAP = 192,
	NR_EVENTFD = 323,
	NR_MEMFD_CREATE = 356,
	NR_SOCKETPAIR = 360,
	NR_SENDMSG = 370,
	NR_RECVMSG = 372,
	NR_USERFAULTFD = 374,
};

enum { PAGE = 4096, WORDS = PAGE / 4, SIGSEGV = 11, SIGKILL = 9, SCHED_FIFO = 1 };
enum { PROT_NONE = 0, PROT_READ = 1, PROT_WRITE = 2, PROT_BOTH = 3 };
enum { MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 16, MAP_ANONYMOUS = 32 };
enum { SA_SIGINFO = 4, SA_RESTORER = 0x04000000, SA_NODEFER = 0x40000000 };
enum { AT_NULL = 0, AT_SYSINFO = 32, AF_UNIX = 1, SOCK_STREAM = 1, SOL_SOCKET = 1, SCM_RIGHTS = 1 };
#define REBOOT_MAGIC1 0xFEE1DEADu
#define REBOOT_MAGIC2 672274793u
#define REBOOT_RESTART 0x01234567u

struct signal_action {
	void (*handler)(int number, void *info, void *context);
	uint32_t flags;
	void (*restorer)(void);
	uint64_t mask;
};
enum { SIGINFO_ADDRESS = 12 }; /* offset of si_addr */

struct io_vector {
	void *base;
	uint32_t length;
};

struct message {
	void *name;
	uint32_t name_length;
	struct io_vector *vectors;
	uint32_t nvectors;
	void *control;
	uint32_t control_length;
	int flags;
};

/* A control message with one descriptor. */
struct passed_fd {
	uint32_t length;
	int level, type, fd;
};

/* userfaultfd */
#define UFFD_API 0xAAull
#define UFFDIO_API 0xC018AA3Fu
#define UFFDIO_REGISTER 0xC020AA00u
#define UFFDIO_COPY 0xC028AA03u
#define UFFDIO_ZEROPAGE 0xC020AA04u
enum { UFFD_REGISTER_MISSING = 1, UFFD_EVENT_PAGEFAULT = 0x12 };

struct uffd_api {
	uint64_t api, features, ioctls;
};
struct uffd_register {
	uint64_t start, length, mode, ioctls;
};
struct uffd_copy {
	uint64_t to, from, length, mode;
	int64_t copied;
};
struct uffd_zeropage {
	uint64_t start, length, mode;
	int64_t zeroed;
};
struct uffd_message {
	uint8_t event, reserved[7];
	uint64_t flags, address, more;
};
_Static_assert(sizeof(struct uffd_message) == 32, "userfaultfd(2)");

int linux_call(int number, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f);
int linux_call_fast(int number, void (*entry)(void));
void signal_return(void);
