/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * rte_log.h; and EAL's log is held back while EAL starts: an attach that starts over must not show
 * its earlier attempts, and a failed start is reported in one line.
 *
 * EAL writes to the C library's `stderr`, which is another stream here. No stream is given to
 * rte_openlog_stream(): EAL would take it for the user's wish, and --syslog, --log-timestamp and
 * --log-color would have no effect.
 */

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_log.h>

#include "log.h"
#include "output.h"
#include "shim.h"
#include "text.h"

static struct {
	pthread_mutex_t lock;
	FILE *stream;
	FILE *out;
	FILE *err;
	bool holding;
	uint32_t len;
	char text[64 * 1024];
} held = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void
held_show(void)
{
	output_write(STDERR_FILENO, held.text, held.len);
	held.len = 0;
}

/* Takes no lock, which the interrupted thread may have. */
void
log_show_held(void)
{
	uint32_t len = held.len;

	held.len = 0;
	held.holding = false;
	if (write(STDERR_FILENO, held.text, len) < 0)
		return;
}

static ssize_t
held_write(void *cookie, const char *buf, size_t size)
{
	(void)cookie;
	pthread_mutex_lock(&held.lock);
	/* whatever ends the process in EAL's start shows what is held: see crash.c */
	if (size >= sizeof(held.text) - held.len) {
		held_show();
		held.holding = false;
	}
	if (held.holding) {
		memcpy(held.text + held.len, buf, size);
		held.len += (uint32_t)size;
	} else {
		output_write(STDERR_FILENO, buf, size);
	}
	pthread_mutex_unlock(&held.lock);
	return (ssize_t)size;
}

int
shim_log(uint32_t level, uint32_t type, const char *text)
{
	return rte_log(level, type, "%s", text);
}

int
log_hold(void)
{
	static const cookie_io_functions_t functions = { .write = held_write };

	if (held.stream == NULL) {
		held.stream = fopencookie(NULL, "w", functions);
		held.out = output_stream(STDOUT_FILENO);
		held.err = output_stream(STDERR_FILENO);
		if (held.stream == NULL || held.out == NULL || held.err == NULL)
			return -errno;
		setvbuf(held.stream, NULL, _IONBF, 0);
	}
	held.holding = true;
	stdout = held.stream;
	stderr = held.stream;
	return 0;
}

int
shim_log_held(char *text, uint32_t len)
{
	int ret;

	pthread_mutex_lock(&held.lock);
	held.text[held.len] = '\0';
	ret = shim_text(held.text, text, len);
	pthread_mutex_unlock(&held.lock);
	return ret;
}

/* Show or drop the held log. From now on, what C prints does not wait for a reader. */
int
shim_log_release(uint32_t show)
{
	pthread_mutex_lock(&held.lock);
	stdout = held.out;
	stderr = held.err;
	if (show)
		held_show();
	held.len = 0;
	held.holding = false;
	pthread_mutex_unlock(&held.lock);
	return 0;
}
