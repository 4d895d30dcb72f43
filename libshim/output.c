/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Standard output and standard error without waiting for a reader: a pager, a terminal that Ctrl-S
 * has stopped, a pipe that is full. A thread that waits there can neither supervise nor hear a
 * signal.
 *
 * Text is written at once where that is possible. Other text waits in a bounded queue, which a
 * separate thread writes. When the queue is full, whole lines are dropped until it has been
 * written, and then a line says how many there were.
 *
 * O_NONBLOCK is a property of the open file, which a terminal shares with the shell and a pipe with
 * other programs. So the file is opened once more for this process alone; where that fails, all
 * text goes through the queue.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <rte_common.h>

#include "output.h"
#include "shim.h"

enum { OUTPUT_QUEUE = 256 * 1024, OUTPUT_CHUNK = 4096 };

/* How text is written that need not wait. */
enum output_way {
	OUTPUT_UNKNOWN,
	OUTPUT_PLAIN,  /* a file: nobody has to read it */
	OUTPUT_OWN,    /* an open file of our own that does not block */
	OUTPUT_SOCKET,
	OUTPUT_QUEUED, /* none */
	OUTPUT_BROKEN, /* nobody will ever read it */
};

static struct output {
	int fd;
	int own;
	enum output_way way;
	bool has_thread;
	int error;            /* of a write; told once */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	char *queue;          /* a ring */
	size_t from, used;
	uint64_t written;     /* bytes of the queue */
	uint64_t dropped;     /* lines since the queue was full */
} outputs[] = {
	{ .fd = STDOUT_FILENO, .own = -1, .lock = PTHREAD_MUTEX_INITIALIZER },
	{ .fd = STDERR_FILENO, .own = -1, .lock = PTHREAD_MUTEX_INITIALIZER },
};

static struct output *
output_of(int fd)
{
	return &outputs[fd == STDERR_FILENO];
}

/* Waits are measured by the monotonic clock. */
static void
output_init_once(void)
{
	pthread_condattr_t attr;
	size_t i;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	for (i = 0; i < RTE_DIM(outputs); i++)
		pthread_cond_init(&outputs[i].changed, &attr);
	pthread_condattr_destroy(&attr);
}

/* Opens the pipe or terminal behind a descriptor once more, for this process alone. */
static int
output_open_own(int fd, const struct stat *st)
{
	char path[32];
	struct stat own_st;
	int own;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (own < 0)
		return -1;
	if (fstat(own, &own_st) == 0 && own_st.st_dev == st->st_dev &&
			own_st.st_ino == st->st_ino)
		return own;
	close(own);
	return -1;
}

static enum output_way
output_find_way(struct output *output)
{
	struct stat st;

	if (fstat(output->fd, &st) < 0)
		return OUTPUT_PLAIN;
	if (S_ISSOCK(st.st_mode))
		return OUTPUT_SOCKET;
	if (!S_ISFIFO(st.st_mode) && !S_ISCHR(st.st_mode))
		return OUTPUT_PLAIN;
	output->own = output_open_own(output->fd, &st);
	return output->own >= 0 ? OUTPUT_OWN : OUTPUT_QUEUED;
}

static void
output_failed(struct output *output, int error)
{
	output->error = error;
	if (error == EPIPE || error == EIO)
		output->way = OUTPUT_BROKEN;
}

/* Writes what can be written at once. Returns how much; the whole length where writing failed. */
static size_t
output_at_once(struct output *output, const char *text, size_t len)
{
	size_t done = 0;
	ssize_t n;

	if (output->way == OUTPUT_BROKEN)
		return len;
	while (done < len && output->way != OUTPUT_QUEUED) {
		if (output->way == OUTPUT_SOCKET)
			n = send(output->fd, text + done, len - done, MSG_DONTWAIT | MSG_NOSIGNAL);
		else
			n = write(output->way == OUTPUT_OWN ? output->own : output->fd,
				text + done, len - done);
		if (n > 0) {
			done += (size_t)n;
		} else if (n < 0 && errno != EINTR) {
			if (errno == EAGAIN)
				break;
			output_failed(output, errno);
			return len;
		}
	}
	return done;
}

/* A part of a line counts as one. */
static size_t
output_lines(const char *text, size_t len)
{
	size_t count = 0, i;

	for (i = 0; i < len; i++)
		count += text[i] == '\n';
	return count + (len > 0 && text[len - 1] != '\n');
}

/* All of a text, as long as it takes. */
static int
output_wait_write(int fd, const char *text, size_t len)
{
	struct pollfd poller = { .fd = fd, .events = POLLOUT };
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = write(fd, text + done, len - done);
		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno == EAGAIN)
			poll(&poller, 1, -1); /* somebody else has made the open file so */
		else if (n < 0 && errno != EINTR)
			return errno;
	}
	return 0;
}

/* Copies the beginning of the queue, as much as is written at once. The lock is held. */
static size_t
output_peek(const struct output *output, char *chunk)
{
	size_t len = RTE_MIN(output->used, (size_t)OUTPUT_CHUNK);
	size_t first = RTE_MIN(len, OUTPUT_QUEUE - output->from);

	memcpy(chunk, output->queue + output->from, first);
	memcpy(chunk + first, output->queue, len - first);
	return len;
}

/* The thread that writes the queue, and waits for more. */
static void *
output_thread(void *arg)
{
	struct output *output = arg;
	char chunk[OUTPUT_CHUNK];
	size_t len;
	int error;

	pthread_mutex_lock(&output->lock);
	for (;;) {
		uint64_t dropped = 0;

		if (output->used > 0) {
			len = output_peek(output, chunk);
		} else if (output->dropped > 0) {
			dropped = output->dropped;
			len = (size_t)snprintf(chunk, sizeof(chunk),
				"(%" PRIu64 " lines were dropped: nobody read the output)\n", dropped);
		} else {
			pthread_cond_wait(&output->changed, &output->lock);
			continue;
		}
		pthread_mutex_unlock(&output->lock);
		error = output_wait_write(output->fd, chunk, len);
		pthread_mutex_lock(&output->lock);
		if (error != 0) {
			output_failed(output, error);
			output->used = 0;
			output->dropped = 0;
		} else if (dropped > 0) {
			output->dropped -= dropped;
		} else {
			output->from = (output->from + len) % OUTPUT_QUEUE;
			output->used -= len;
		}
		output->written += len;
		pthread_cond_broadcast(&output->changed);
	}
	return NULL;
}

/* Starts the thread, with all signals blocked: other threads take them. */
static bool
output_start_thread(struct output *output)
{
	sigset_t all, before;
	pthread_t thread;
	int ret;

	if (output->has_thread)
		return true;
	if (output->queue == NULL)
		output->queue = malloc(OUTPUT_QUEUE);
	if (output->queue == NULL)
		return false;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ret = pthread_create(&thread, NULL, output_thread, output);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (ret != 0)
		return false;
	/* ffi/recovery/standstill.ts knows it by that name */
	pthread_setname_np(thread, "denodpdk-output");
	pthread_detach(thread);
	return output->has_thread = true;
}

/* With the lock: lets a text wait, or drops its lines. */
static void
output_queue(struct output *output, const char *text, size_t len)
{
	size_t fits, at, first;

	if (!output_start_thread(output)) {
		output->dropped += output_lines(text, len);
		return;
	}
	/* once lines are missing, all others are: a notice stands where they were */
	fits = output->dropped > 0 ? 0 : RTE_MIN(len, OUTPUT_QUEUE - output->used);
	while (fits > 0 && fits < len && text[fits - 1] != '\n')
		fits--;
	at = (output->from + output->used) % OUTPUT_QUEUE;
	first = RTE_MIN(fits, OUTPUT_QUEUE - at);
	memcpy(output->queue + at, text, first);
	memcpy(output->queue, text + first, fits - first);
	output->used += fits;
	output->dropped += output_lines(text + fits, len - fits);
	pthread_cond_broadcast(&output->changed);
}

int
output_write(int fd, const char *text, size_t len)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct output *output = output_of(fd);
	size_t done = 0;
	int error, cancel;

	pthread_once(&once, output_init_once);
	/* EAL cancels its own threads, which log: none must end in here while it has the lock */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	pthread_mutex_lock(&output->lock);
	if (output->way == OUTPUT_UNKNOWN)
		output->way = output_find_way(output);
	if (output->used == 0 && output->dropped == 0)
		done = output_at_once(output, text, len);
	if (done < len)
		output_queue(output, text + done, len - done);
	error = output->error;
	output->error = 0;
	pthread_mutex_unlock(&output->lock);
	pthread_setcancelstate(cancel, NULL);
	return -error;
}

static ssize_t
output_stream_write(void *cookie, const char *text, size_t len)
{
	const struct output *output = cookie;

	output_write(output->fd, text, len);
	return (ssize_t)len;
}

FILE *
output_stream(int fd)
{
	static const cookie_io_functions_t functions = { .write = output_stream_write };
	FILE *stream = fopencookie(output_of(fd), "w", functions);

	if (stream != NULL)
		setvbuf(stream, NULL, fd == STDERR_FILENO ? _IONBF : _IOLBF, BUFSIZ);
	return stream;
}

/* Writes text to fd 1 or 2. 0, or the -errno of a broken output, once. */
int
shim_output_write(uint32_t fd, const char *text, uint32_t len)
{
	return output_write((int)fd, text, len);
}

/* Bytes that wait for a reader of fd 1 or 2. */
uint32_t
shim_output_pending(uint32_t fd)
{
	/* a look without the lock, for loops */
	const volatile struct output *output = output_of((int)fd);

	return (uint32_t)output->used + (output->dropped > 0);
}

/* Waits until all is out, unless nothing gets out for so long. */
static int
output_flush(struct output *output, uint32_t ms)
{
	struct timespec until;
	uint64_t written;
	bool moves = true;
	int all;

	pthread_mutex_lock(&output->lock);
	while (moves && output->has_thread && output->used + output->dropped > 0) {
		written = output->written;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += (long)(ms % 1000) * 1000000;
		until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		moves = pthread_cond_timedwait(&output->changed, &output->lock, &until) !=
			ETIMEDOUT || output->written != written;
	}
	all = output->used + output->dropped == 0;
	pthread_mutex_unlock(&output->lock);
	return all;
}

/* Waits until all is out, unless nothing gets out for so long. 1 when all is. */
int
shim_output_flush(uint32_t ms)
{
	int all = 1;
	size_t i;

	for (i = 0; i < RTE_DIM(outputs); i++)
		all &= output_flush(&outputs[i], ms);
	return all;
}
