/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * A limit for a call that may never return: EAL's spinlocks in shared memory record no
 * owner, so a secondary waits for ever on one that a killed process holds.
 *
 * A timer is used, and no thread, because this runs before every start.
 */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "files.h"
#include "limit.h"

static char *words; /* the last ones; NULL where no limit is set */
static struct sigaction before;

static void
limit_over(int sig)
{
	struct pollfd err = { .fd = STDERR_FILENO, .events = POLLOUT };
	/* not where no reader takes it */
	ssize_t written = poll(&err, 1, 0) > 0 ? write(STDERR_FILENO, words, strlen(words)) : 0;

	(void)sig;
	files_end();
	_exit(written < 0 ? 2 : 1);
}

int
limit_set(uint32_t ms, const char *last_words)
{
	struct sigaction over = { .sa_handler = limit_over };
	struct itimerval timer = {
		.it_value = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 },
	};

	words = strdup(last_words);
	if (words == NULL)
		return -ENOMEM;
	/* neither fails: the signal exists, and the time is one */
	sigaction(SIGALRM, &over, &before);
	setitimer(ITIMER_REAL, &timer, NULL);
	return 0;
}

void
limit_clear(void)
{
	static const struct itimerval none;

	if (words == NULL)
		return;
	setitimer(ITIMER_REAL, &none, NULL);
	sigaction(SIGALRM, &before, NULL);
	free(words);
	words = NULL;
}
