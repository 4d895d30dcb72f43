/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * For starts of EAL that never return: rte_panic() aborts, mapped memory in a full file system
 * gives SIGBUS, and EAL 25.11 calls exit() for wrong options. Everything here may run in signal
 * handlers: it makes system calls, and takes no lock.
 */

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>

#include "crash.h"
#include "files.h"
#include "log.h"

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
	struct sigaction before[RTE_DIM(crash_signals)];
} crash;

static void
crash_say(const char *text)
{
	/* a failure cannot be reported any more */
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		return;
}

/*
 * Runs once, whatever ends the process: shows EAL's log and a line of ours, and removes the files.
 */
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
	files_end();
}

/* Ends with status 1: a status of EAL, such as 234 for -EINVAL, means nothing to a user. */
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
crash_watch(const char *name)
{
	static bool registered;
	/* not on the stack for signals, which has 8 KiB: too few for what is removed */
	struct sigaction action = { .sa_flags = SA_SIGINFO };
	size_t i;

	if (!registered)
		registered = atexit(crash_exit) == 0;
	crash.watching = true;
	crash.thread = pthread_self();
	crash.name = name;
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
