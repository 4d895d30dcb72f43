/* SPDX-License-Identifier: BSD-3-Clause */

/* What supervision needs of the kernel: process groups, parents, ends of processes. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "shim.h"

/* A process group of its own; the session stays the parent's. */
int
shim_process_own_group(void)
{
	return setpgid(0, 0) < 0 ? -errno : 0;
}

/*
 * From now on this process is killed when its parent dies; -ESRCH when it has died
 * already. The kernel means the parent's thread that started it: a main thread.
 */
int
shim_process_die_with_parent(uint32_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -errno;
	return getppid() == (pid_t)parent ? 0 : -ESRCH;
}

/* A pidfd of any process, which keeps meaning that process when its pid is used again. */
int
shim_process_open(uint32_t pid)
{
	long fd = syscall(SYS_pidfd_open, (pid_t)pid, 0);

	return fd < 0 ? -errno : (int)fd;
}

/* 1 when the process has ended, 0 when it has not within that many milliseconds. */
int
shim_process_wait(int fd, uint32_t ms)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	int ret = poll(&poller, 1, (int)ms);

	if (ret < 0)
		return errno == EINTR ? 0 : -errno;
	return ret;
}

int
shim_process_close(int fd)
{
	return close(fd) < 0 ? -errno : 0;
}

/*
 * Waits until one of these descriptors can be read, which a process's can when it has ended and
 * an event's when it is set: the index of the first one, -ETIMEDOUT where none can. Blocks its
 * thread.
 */
int
shim_process_await(const uint32_t *fds, uint32_t n, uint32_t ms)
{
	enum { MAX_FDS = 512 };
	struct pollfd pollers[MAX_FDS];
	uint32_t i;

	n = n < MAX_FDS ? n : MAX_FDS;
	for (i = 0; i < n; i++)
		pollers[i] = (struct pollfd){ .fd = (int)fds[i], .events = POLLIN };
	if (poll(pollers, n, (int)ms) < 0)
		return errno == EINTR ? -ETIMEDOUT : -errno;
	for (i = 0; i < n; i++)
		if (pollers[i].revents != 0)
			return (int)i;
	return -ETIMEDOUT;
}

/*
 * What sd_notify(3) does, without libsystemd: a datagram for the service manager. 1 when it was
 * sent, 0 where nobody waits for it.
 */
int
shim_process_notify(const char *state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t length = path != NULL ? strlen(path) : 0;
	ssize_t sent;
	int fd, err;

	if (length == 0)
		return 0;
	/* a path, or a name in the abstract namespace, where a NUL stands for the @ */
	if ((path[0] != '/' && path[0] != '@') || length >= sizeof(address.sun_path))
		return -EINVAL;
	memcpy(address.sun_path, path, length);
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
	err = sent < 0 ? -errno : 1;
	close(fd);
	return err;
}

/* The id of the calling thread. */
uint32_t
shim_process_thread(void)
{
	return (uint32_t)gettid();
}

/* A descriptor by which one thread wakes another one. */
int
shim_event_open(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

int
shim_event_set(int fd)
{
	return eventfd_write(fd, 1) < 0 ? -errno : 0;
}

/* Where the kernel reads the command line of this process; its length, or -errno. */
static long
command_line(char **start)
{
	unsigned long from = 0, to = 0;
	char stat[4096], *at;
	FILE *f = fopen("/proc/self/stat", "re");
	size_t got;
	int field;

	if (f == NULL)
		return -errno;
	got = fread(stat, 1, sizeof(stat) - 1, f);
	fclose(f);
	stat[got] = '\0';
	/* proc(5): arg_start and arg_end are fields 48 and 49, and field 2 may have anything */
	at = strrchr(stat, ')');
	for (field = 2; at != NULL && field < 48; field++)
		at = strchr(at + 1, ' ');
	if (at == NULL || sscanf(at, "%lu %lu", &from, &to) != 2 || to <= from)
		return -ENOTSUP;
	*start = (char *)from;
	return (long)(to - from);
}

/*
 * What `ps` shows of this process: a text, cut where it is longer than the command line,
 * or the command line again for an empty one. Not for several threads at once.
 */
int
shim_process_title(const char *text)
{
	static char *before;
	char *line = NULL;
	long len = command_line(&line);

	if (len < 0)
		return (int)len;
	if (before == NULL) {
		before = malloc((size_t)len);
		if (before == NULL)
			return -ENOMEM;
		memcpy(before, line, (size_t)len);
	}
	if (text[0] == '\0') {
		memcpy(line, before, (size_t)len);
		return 0;
	}
	memset(line, 0, (size_t)len);
	memcpy(line, text, strnlen(text, (size_t)len - 1));
	return 0;
}

/* Whether this process was started from the file that a path leads to now: 1 or 0. */
int
shim_process_image_is(const char *path)
{
	struct stat there, image;

	if (stat("/proc/self/exe", &image) < 0)
		return -errno;
	return stat(path, &there) == 0 && there.st_dev == image.st_dev &&
		there.st_ino == image.st_ino;
}

/* Makes an executable file of the image that this process was started from. */
int
shim_process_image_copy(const char *path)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to = from < 0 ? -1 : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0500);
	ssize_t n = to < 0 ? -1 : 1;
	int ret;

	while (n > 0)
		n = sendfile(to, from, NULL, 1 << 20);
	ret = n < 0 ? -errno : 0;
	if (to >= 0 && close(to) < 0 && ret == 0)
		ret = -errno;
	if (from >= 0)
		close(from);
	return ret;
}
