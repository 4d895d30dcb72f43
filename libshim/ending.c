/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Ends of the process without JavaScript: at the second signal of an impatient user, when the main
 * thread may hang, or after an error with which the program cannot go on.
 *
 * Everything here makes system calls only, so a signal handler may call it.
 */

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <rte_common.h>

#include "ending.h"
#include "files.h"
#include "shim.h"

/*
 * Milliseconds after which a second signal counts: `timeout`, and `kill` of a group, send one
 * twice.
 */
#define ENDING_IMPATIENT 1000

#define ENDING_CHILDREN 256

static const int ending_signals[] = { SIGHUP, SIGINT, SIGTERM };

static struct {
	struct sigaction below[RTE_DIM(ending_signals)]; /* what listens to each signal */
	struct termios terminal;
	bool has_terminal;
	atomic_bool quick;        /* the program does not hear yet: a signal kills as usual */
	atomic_bool starting;     /* others would wait for ever for locks of EAL's that it has */
	atomic_int pending;       /* came meanwhile */
	atomic_ullong first;      /* when the first signal came, in ms */
	atomic_int over;          /* the thread that ends the process */
	atomic_int children[ENDING_CHILDREN]; /* pids; 0 where there is none */
} ending;

static unsigned long long
ending_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long long)now.tv_sec * 1000 + (unsigned long long)now.tv_nsec / 1000000;
}

/* Restores the terminal, which may be in raw mode; not while another process has the terminal. */
static void
ending_restore_terminal(void)
{
	if (ending.has_terminal && tcgetpgrp(STDIN_FILENO) == getpgrp())
		tcsetattr(STDIN_FILENO, TCSANOW, &ending.terminal);
}

/* Kills the children, which would go on using the files that are about to be removed. */
static void
ending_kill_children(void)
{
	size_t i;
	int pid;

	for (i = 0; i < ENDING_CHILDREN; i++) {
		pid = atomic_load(&ending.children[i]);
		if (pid > 0)
			kill(pid, SIGKILL);
	}
	for (i = 0; i < ENDING_CHILDREN; i++) {
		pid = atomic_load(&ending.children[i]);
		/* fails where Deno has already collected its status */
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}

/* Ends the process; returns only in a handler that has interrupted this very call. */
static void
ending_now(int status)
{
	int over = 0;

	if (!atomic_compare_exchange_strong(&ending.over, &over, gettid())) {
		/* another thread is ending the process */
		while (over != gettid())
			pause();
		return;
	}
	ending_restore_terminal();
	ending_kill_children();
	files_end();
	_exit(status);
}

/*
 * Whether a signal must wait for the end of EAL's start: in a secondary, and for the first one
 * only.
 */
bool
ending_waits(int sig)
{
	unsigned long long first = 0, now = ending_clock();

	if (!atomic_load(&ending.starting))
		return false;
	if (!atomic_compare_exchange_strong(&ending.first, &first, now))
		return now - first < ENDING_IMPATIENT;
	atomic_store(&ending.pending, sig);
	return true;
}

/* Delivers the signal that waited, as a first signal. */
static void
ending_deliver(void)
{
	int sig = atomic_exchange(&ending.pending, 0);

	if (sig == 0)
		return;
	atomic_store(&ending.first, 0);
	raise(sig);
}

void
ending_starting(bool starting)
{
	atomic_store(&ending.starting, starting);
	/* a program that hears the signal soon ends in order */
	if (!starting && !atomic_load(&ending.quick))
		ending_deliver();
}

/* Handles a signal to which the program listens: the program hears the first one, once. */
static void
ending_heard(int sig, siginfo_t *info, void *context)
{
	unsigned long long first = 0, now = ending_clock();
	int saved = errno;
	size_t i;

	if (atomic_load(&ending.quick)) {
		if (!ending_waits(sig))
			files_die(sig);
		errno = saved;
		return;
	}
	if (!atomic_compare_exchange_strong(&ending.first, &first, now)) {
		if (now - first >= ENDING_IMPATIENT && !files_hand_over(sig))
			ending_now(128 + sig);
		errno = saved;
		return;
	}
	for (i = 0; i < RTE_DIM(ending_signals); i++) {
		if (ending_signals[i] != sig)
			continue;
		if (ending.below[i].sa_flags & SA_SIGINFO)
			ending.below[i].sa_sigaction(sig, info, context);
		else
			ending.below[i].sa_handler(sig);
	}
	errno = saved;
}

/*
 * The signals that the program listens to reach it once from now on: the first of them all.
 * Copies that come soon after it are dropped, and a later one ends this process.
 *
 * starting: not yet. EAL starts, and JavaScript could not act for as long as that takes.
 */
void
shim_ending_listen(uint32_t starting)
{
	struct sigaction now, ours = { .sa_sigaction = ending_heard };
	size_t i;

	atomic_store(&ending.quick, starting != 0);
	ours.sa_flags = SA_SIGINFO | SA_RESTART;
	sigemptyset(&ours.sa_mask);
	for (i = 0; i < RTE_DIM(ending_signals); i++)
		sigaddset(&ours.sa_mask, ending_signals[i]);
	ending.has_terminal = tcgetattr(STDIN_FILENO, &ending.terminal) == 0;
	for (i = 0; i < RTE_DIM(ending_signals); i++) {
		sigaction(ending_signals[i], NULL, &now);
		if ((now.sa_flags & SA_SIGINFO) ? now.sa_sigaction == ending_heard :
				now.sa_handler == SIG_IGN || now.sa_handler == SIG_DFL)
			continue;
		ending.below[i] = now;
		sigaction(ending_signals[i], &ours, NULL);
	}
	if (!starting)
		ending_deliver();
}

/* Adds a child that a forced end kills first, or removes it. */
void
shim_ending_child(uint32_t pid, uint32_t lives)
{
	int from = lives ? 0 : (int)pid, to = lives ? (int)pid : 0, found;
	size_t i;

	for (i = 0; i < ENDING_CHILDREN; i++) {
		found = from;
		if (atomic_compare_exchange_strong(&ending.children[i], &found, to))
			return;
	}
}

/* Ends this process at once, without running JavaScript. */
void
shim_ending_now(uint32_t status)
{
	ending_now((int)(status & 255));
}
