/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * When EAL's start does not come back: rte_panic() aborts, memory in a file system that is
 * full is SIGBUS, and EAL 25.11 calls exit() for options that it does not like. All here is
 * for signal handlers: system calls, and nothing that locks.
 */

#include <ctype.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rte_common.h>

#include "crash.h"
#include "log.h"

/* What getdents64() gives; the C library has no function of a signal handler's for it. */
struct crash_entry {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[];
};

static const struct {
	int sig;
	const char *text;
} crash_signals[] = {
	{ SIGABRT, "SIGABRT: EAL gave up; what it said stands above" },
	{ SIGBUS, "SIGBUS: no room is left for EAL's shared memory, in its runtime folder or in a"
			" hugetlbfs" },
	{ SIGXFSZ, "SIGXFSZ: a file of EAL's is larger than `ulimit -f` allows" },
	{ SIGSEGV, "SIGSEGV: a fault in DPDK or in a driver" },
	{ SIGILL, "SIGILL: DPDK was built for another CPU" },
	{ SIGFPE, "SIGFPE: a fault in DPDK or in a driver" },
};

static struct {
	bool watching;
	pthread_t thread;
	const char *name;
	const char *made;
	uint32_t n_made;
	struct sigaction before[RTE_DIM(crash_signals)];
} crash;

/* Whether the kernel says that the lock by which others know the primary is this process's. */
static bool
crash_holds_lock(int folder)
{
	/* a lock of an open file conflicts with those of processes, this one's too */
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	/* never closed: closing it would drop the lock */
	int fd = openat(folder, "config", O_RDWR | O_CLOEXEC);

	return fd >= 0 && fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK &&
		lock.l_pid == getpid();
}

/* As `<prefix>map_12`. */
static bool
crash_is_hugepage(const char *name, const char *prefix)
{
	static const char infix[] = "map_";
	size_t len = strlen(prefix);

	if (strncmp(name, prefix, len) != 0 || strncmp(name + len, infix, strlen(infix)) != 0)
		return false;
	for (name += len + strlen(infix); isdigit((unsigned char)*name); name++)
		;
	return *name == '\0';
}

/* Remove the hugepage files of a prefix from a folder, or all files without one. */
static void
crash_remove(int folder, const char *prefix)
{
	/* a signal's stack may be small */
	static _Alignas(struct crash_entry) char buf[4096];
	long got, at;

	while ((got = syscall(SYS_getdents64, folder, buf, sizeof(buf))) > 0) {
		for (at = 0; at < got;) {
			struct crash_entry *entry = (struct crash_entry *)&buf[at];

			if (prefix == NULL || crash_is_hugepage(entry->name, prefix))
				unlinkat(folder, entry->name, 0);
			at += entry->len;
		}
	}
}

static void
crash_remove_made(void)
{
	const char *folder = crash.made;
	uint32_t i;

	for (i = 0; i < crash.n_made; i++) {
		const char *prefix = folder + strlen(folder) + 1;
		int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd >= 0 && i == 0 && !crash_holds_lock(fd))
			return;
		if (fd >= 0) {
			/* once more: a folder that loses entries while it is read may skip some */
			crash_remove(fd, i == 0 ? NULL : prefix);
			lseek(fd, 0, SEEK_SET);
			crash_remove(fd, i == 0 ? NULL : prefix);
			close(fd);
		}
		if (i == 0)
			rmdir(folder);
		folder = prefix + strlen(prefix) + 1;
	}
}

static void
crash_say(const char *text)
{
	/* nobody is left to be told that nobody listens */
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		return;
}

/* Whatever ends the process, once: what EAL said, a line of ours, and nothing left. */
static void
crash_tell(const char *text)
{
	static atomic_flag entered = ATOMIC_FLAG_INIT;

	if (atomic_flag_test_and_set(&entered))
		return;
	log_show_held();
	crash_say(crash.name);
	crash_say(": rte_eal_init: ");
	crash_say(text);
	crash_say("\n");
	crash_remove_made();
}

/* A status of EAL's, as 234 for -EINVAL, means nothing to anybody. */
static void
crash_exit(void)
{
	if (!crash.watching)
		return;
	crash_tell("EAL ended this process; what it said stands above");
	_exit(EXIT_FAILURE);
}

static void
crash_handle(int sig, siginfo_t *info, void *context)
{
	size_t i;

	for (i = 0; i < RTE_DIM(crash_signals) - 1 && crash_signals[i].sig != sig; i++)
		;
	/* the runtime's other threads have handlers of theirs, as for code of WebAssembly */
	if (!pthread_equal(pthread_self(), crash.thread) &&
			(crash.before[i].sa_flags & SA_SIGINFO) != 0) {
		crash.before[i].sa_sigaction(sig, info, context);
		return;
	}
	crash_tell(crash_signals[i].text);
	signal(sig, SIG_DFL);
	raise(sig);
}

void
crash_watch(const char *name, const char *made, uint32_t n_made)
{
	static bool registered;
	struct sigaction action = { .sa_flags = SA_SIGINFO | SA_ONSTACK };
	size_t i;

	if (!registered)
		registered = atexit(crash_exit) == 0;
	crash.watching = true;
	crash.thread = pthread_self();
	crash.name = name;
	crash.made = made;
	crash.n_made = n_made;
	action.sa_sigaction = crash_handle;
	for (i = 0; i < RTE_DIM(crash_signals); i++)
		sigaction(crash_signals[i].sig, &action, &crash.before[i]);
}

void
crash_unwatch(void)
{
	size_t i;

	crash.watching = false;
	for (i = 0; i < RTE_DIM(crash_signals); i++)
		sigaction(crash_signals[i].sig, &crash.before[i], NULL);
}
