/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * A limit for a call that may never return: EAL's spinlocks in shared memory record no
 * owner, so a secondary waits for ever on one that a killed process holds.
 */

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "limit.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t cleared;
	pthread_t thread;
	struct timespec end;
	char *last_words;
	bool running;
} limit = { .lock = PTHREAD_MUTEX_INITIALIZER, .cleared = PTHREAD_COND_INITIALIZER };

static void *
limit_watch(void *arg)
{
	ssize_t written;
	int ret = 0;

	(void)arg;
	pthread_mutex_lock(&limit.lock);
	while (limit.running && ret != ETIMEDOUT)
		ret = pthread_cond_timedwait(&limit.cleared, &limit.lock, &limit.end);
	if (limit.running) {
		written = write(STDERR_FILENO, limit.last_words, strlen(limit.last_words));
		_exit(written < 0 ? 2 : 1);
	}
	pthread_mutex_unlock(&limit.lock);
	return NULL;
}

int
limit_set(uint32_t ms, const char *last_words)
{
	int ret;

	limit.last_words = strdup(last_words);
	if (limit.last_words == NULL)
		return -ENOMEM;
	clock_gettime(CLOCK_REALTIME, &limit.end);
	limit.end.tv_sec += ms / 1000;
	limit.end.tv_nsec += ms % 1000 * 1000000;
	if (limit.end.tv_nsec >= 1000000000) {
		limit.end.tv_nsec -= 1000000000;
		limit.end.tv_sec++;
	}
	limit.running = true;
	ret = pthread_create(&limit.thread, NULL, limit_watch, NULL);
	if (ret == 0)
		pthread_setname_np(limit.thread, "dpdk-limit");
	else
		limit.running = false;
	return -ret;
}

void
limit_clear(void)
{
	if (!limit.running)
		return;
	pthread_mutex_lock(&limit.lock);
	limit.running = false;
	pthread_cond_signal(&limit.cleared);
	pthread_mutex_unlock(&limit.lock);
	pthread_join(limit.thread, NULL);
	free(limit.last_words);
}
