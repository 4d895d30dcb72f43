/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Shortens EAL's measurement of the time stamp counter, where DPDK is shared.
 *
 * EAL's function cannot be replaced there, as tsc.c does, and measures as always: it reads counter
 * and clock, sleeps for 100 ms, reads both again, and divides by the time that has passed. A signal
 * ends that sleep after 20 ms. In 1000 such measurements on a machine under load the figure was off
 * by 12 ppm at most; EAL rounds it to 38 ppm or more.
 *
 * No other sleep may be cut short. So a thread watches the one that starts EAL, and sends the signal
 * when the kernel says that it is in that very sleep: one of 100 ms, asked for on its stack, before
 * rte_get_tsc_hz() knows a frequency, which is before any device is probed. Should the signal come
 * late, it does nothing: system calls go on, and SIGURG is ignored where nobody listens to it.
 * Where somebody does, or the kernel does not say, EAL sleeps its 100 ms.
 *
 * Read against eal.c and eal_timer.c of DPDK 22.11 to 25.11. DENODPDK_TSC=off turns it off.
 */

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "surgery/surgery.h"
#include "surgery/tsc.h"

/* How long EAL wants to sleep, and how often its thread is looked at. */
#define EAL_WINDOW_NS (100 * 1000 * 1000)
#define LOOK_NS (1000 * 1000)
/* The C library puts less than that on the stack of EAL's function before it calls the kernel. */
#define STACK_NEAR 4096

static struct {
	pthread_t thread; /* the one that watches */
	bool watching;
	atomic_bool over; /* there is nothing to watch any more */
	pid_t sleeper;    /* the thread that starts EAL */
	int call;         /* the kernel's file about the system call that it is in */
	struct sigaction before;
} tsc;

/* To be called ends a sleep. */
static void
tsc_wake(int sig)
{
	(void)sig;
}

/* Whether EAL's thread is in the sleep of the measurement. */
static bool
tsc_sleeps(void)
{
	const struct timespec *asked;
	unsigned long request, stack;
	char text[256];
	ssize_t len = pread(tsc.call, text, sizeof(text) - 1, 0);
	long call;

	text[RTE_MAX(len, 0)] = '\0';
	/* number of the call, six arguments, end of the stack; one word where it is in none */
	if (sscanf(text, "%ld %*x %*x %lx %*x %*x %*x %lx", &call, &request, &stack) != 3 ||
			call != SYS_clock_nanosleep || request - stack >= STACK_NEAR)
		return false;
	asked = (const struct timespec *)(uintptr_t)request;
	return asked->tv_sec == 0 && asked->tv_nsec == EAL_WINDOW_NS;
}

/* Wakes EAL's thread when it has slept long enough. Ends when EAL has a frequency, at the latest. */
static void *
tsc_look(void *arg)
{
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	int asleep = 0;

	(void)arg;
	while (rte_get_tsc_hz() == 0 && !atomic_load(&tsc.over)) {
		nanosleep(&pause, NULL);
		if (!tsc_sleeps() || asleep++ < TSC_WINDOW_NS / LOOK_NS)
			continue;
		tgkill(getpid(), tsc.sleeper, SIGURG);
		break;
	}
	return NULL;
}

static void
tsc_end(void)
{
	sigaction(SIGURG, &tsc.before, NULL);
	close(tsc.call);
}

void
tsc_watch(void)
{
	const struct sigaction wake = { .sa_handler = tsc_wake, .sa_flags = SA_RESTART };
	sigset_t all, mask;

	if (tsc_is_replaced() || !surgery_allowed("DENODPDK_TSC"))
		return;
	sigaction(SIGURG, NULL, &tsc.before);
	if ((tsc.before.sa_flags & SA_SIGINFO) != 0 ||
			(tsc.before.sa_handler != SIG_DFL && tsc.before.sa_handler != SIG_IGN))
		return;
	tsc.call = open("/proc/thread-self/syscall", O_RDONLY | O_CLOEXEC);
	if (tsc.call < 0)
		return;
	tsc.sleeper = gettid();
	atomic_store(&tsc.over, false);
	sigaction(SIGURG, &wake, NULL);
	/* signals to this process are for its other threads */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &mask);
	tsc.watching = pthread_create(&tsc.thread, NULL, tsc_look, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	if (!tsc.watching)
		tsc_end();
}

void
tsc_unwatch(void)
{
	if (!tsc.watching)
		return;
	tsc.watching = false;
	atomic_store(&tsc.over, true);
	pthread_join(tsc.thread, NULL);
	tsc_end();
}
