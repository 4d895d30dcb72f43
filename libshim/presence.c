/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Which processes live, as the kernel knows from every namespace: a pid says nothing about a
 * process in another PID namespace, such as a container that shares the runtime folder.
 *
 * - A primary holds a POSIX lock on `config`.
 * - A secondary has bound its socket. A connect() with another type of socket tells whether a
 *   process has bound it, and that process does not notice: EPROTOTYPE where one has, ECONNREFUSED
 *   where none has.
 * - Each process holds an flock() on the fbarray files that it has mapped. Trying to take one may
 *   make a starting primary fail, so only a process that holds the lock on `config` does (files.c).
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "files.h"
#include "shim.h"
#include "text.h"

#define FILES_DESCRIPTORS "/proc/self/fd"

/* An entry of a folder, as getdents64(2) returns it. */
struct files_entry {
	uint64_t ino;
	int64_t off;
	uint16_t size;
	uint8_t type;
	char name[];
};

int
files_walk(const char *folder, files_visit visit, void *arg)
{
	/* small, since the stack of a signal handler may be */
	_Alignas(struct files_entry) char entries[1024];
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool on = true;
	long got, at;

	if (fd < 0)
		return -errno;
	while (on && (got = syscall(SYS_getdents64, fd, entries, sizeof(entries))) > 0) {
		for (at = 0; on && at < got;) {
			const struct files_entry *entry = (const void *)(entries + at);

			at += entry->size;
			if (strcmp(entry->name, ".") != 0 && strcmp(entry->name, "..") != 0)
				on = visit(fd, entry->name, arg);
		}
	}
	close(fd);
	return 0;
}

struct files_sought {
	dev_t dev;
	ino_t ino;
	int fd;
};

static bool
files_is_sought(int dir_fd, const char *name, void *arg)
{
	struct files_sought *sought = arg;
	int fd = atoi(name);
	struct stat st;

	if (fd == dir_fd || fstat(fd, &st) < 0 || st.st_dev != sought->dev ||
			st.st_ino != sought->ino)
		return true;
	sought->fd = fd;
	return false;
}

int
files_own_descriptor(dev_t dev, ino_t ino)
{
	struct files_sought sought = { dev, ino, -1 };

	files_walk(FILES_DESCRIPTORS, files_is_sought, &sought);
	return sought.fd;
}

struct files_socket {
	const char *folder;
	const char *begin;  /* of the name of a socket there */
	size_t len;         /* of what is compared */
	char name[sizeof(((struct sockaddr_un *)0)->sun_path) + 1]; /* found; empty where none is */
};

static bool
files_is_socket(int dir_fd, const char *name, void *arg)
{
	struct files_socket *sought = arg;
	struct sockaddr_un un = { .sun_family = AF_UNSPEC };
	socklen_t len = sizeof(un) - 1;
	size_t folder = strlen(sought->folder);
	int fd = atoi(name);

	if (fd == dir_fd || getsockname(fd, (struct sockaddr *)&un, &len) < 0 ||
			un.sun_family != AF_UNIX || strncmp(un.sun_path, sought->folder, folder) != 0 ||
			un.sun_path[folder] != '/' ||
			strncmp(un.sun_path + folder + 1, sought->begin, sought->len) != 0)
		return true;
	memcpy(sought->name, un.sun_path + folder + 1, strlen(un.sun_path + folder + 1) + 1);
	return false;
}

bool
files_own_socket(const char *folder, const char *name)
{
	struct files_socket sought = { .folder = folder, .begin = name, .len = strlen(name) + 1 };

	files_walk(FILES_DESCRIPTORS, files_is_socket, &sought);
	return sought.name[0] != '\0';
}

int
files_socket_alive(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd, ret;

	if (strlen(path) >= sizeof(un.sun_path))
		return -ENAMETOOLONG;
	memcpy(un.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0)
		ret = 1;
	else if (errno == EPROTOTYPE || errno == EAGAIN)
		ret = 1;
	else
		ret = errno == ECONNREFUSED ? 0 : -errno;
	close(fd);
	return ret;
}

static bool
files_note_descriptor(int dir_fd, const char *name, void *arg)
{
	struct files_descriptors *had = arg;
	int fd = atoi(name);

	if (fd != dir_fd && fd < FILES_MAX)
		had->bits[fd / 64] |= UINT64_C(1) << fd % 64;
	return true;
}

void
files_descriptors(struct files_descriptors *had)
{
	memset(had, 0, sizeof(*had));
	files_walk(FILES_DESCRIPTORS, files_note_descriptor, had);
}

static bool
files_keep_from_children(int dir_fd, const char *name, void *arg)
{
	const struct files_descriptors *had = arg;
	int fd = atoi(name);

	if (fd != dir_fd && fd < FILES_MAX && (had->bits[fd / 64] >> fd % 64 & 1) == 0)
		fcntl(fd, F_SETFD, fcntl(fd, F_GETFD) | FD_CLOEXEC);
	return true;
}

void
files_close_on_exec(struct files_descriptors *had)
{
	files_walk(FILES_DESCRIPTORS, files_keep_from_children, had);
}

/* See files_socket_alive(). */
int
shim_files_socket_alive(const char *path)
{
	return files_socket_alive(path);
}

/* The name of the socket that this process has bound in a runtime folder for its peers. */
int
shim_files_own_socket(const char *folder, char *text, uint32_t len)
{
	struct files_socket sought = { .folder = folder, .begin = "mp_socket", .len = 9 };

	files_walk(FILES_DESCRIPTORS, files_is_socket, &sought);
	return shim_text(sought.name, text, len);
}

/*
 * Whether a process holds the lock on a `config`: 1 and its pid, 0 for one that cannot be
 * seen from here; 0 where nobody does, -errno where it cannot be told. This process counts.
 */
int
shim_files_lock_holder(const char *path, uint32_t *pid)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct stat st;
	int own, fd, ret;

	*pid = 0;
	if (stat(path, &st) < 0)
		return -errno;
	/* to close any other descriptor would drop the lock of this process, if it has one */
	own = files_own_descriptor(st.st_dev, st.st_ino);
	fd = own >= 0 ? own : open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = fcntl(fd, F_OFD_GETLK, &lock) < 0 ? -errno : lock.l_type != F_UNLCK;
	if (ret == 1 && lock.l_pid > 0)
		*pid = (uint32_t)lock.l_pid;
	if (own < 0)
		close(fd);
	return ret;
}

struct files_private {
	pid_t pid;
	bool held;
};

static bool
files_is_private_held(int dir_fd, const char *name, void *arg)
{
	struct files_private *sought = arg;
	int fd;

	if (!files_is_private(name, sought->pid))
		return true;
	fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return true;
	sought->held = flock(fd, LOCK_EX | LOCK_NB) < 0;
	close(fd);
	return !sought->held;
}

/*
 * Whether a secondary holds the arrays that it made for itself, by its pid in its own PID
 * namespace. It does for longer than its socket is bound: EAL closes that first at an orderly
 * end, and removes it then. Only where the socket is not bound: this holds locks for a moment.
 */
int
shim_files_private_held(const char *folder, uint32_t pid)
{
	struct files_private sought = { (pid_t)pid, false };
	int ret = files_walk(folder, files_is_private_held, &sought);

	return ret < 0 ? ret : sought.held;
}

/*
 * Whether a process uses a hugepage file, as EAL tells by an flock(): 1, 0, or -errno. Only
 * for files of a prefix that nobody is known to use: this holds the lock for a moment.
 */
int
shim_files_used(const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno == EWOULDBLOCK ? 1 : -errno;
	close(fd);
	return ret;
}

/*
 * Removes a socket that nobody has bound. EAL makes a socket while it holds a lock on the
 * folder; with that lock in hand, none is about to be bound. 1 when it was removed, 0 when
 * it lives, -errno when that is not known.
 */
int
shim_files_bury(const char *folder, const char *name)
{
	char path[512];
	int dir_fd, ret;

	if (strlen(folder) + strlen(name) + 2 > sizeof(path))
		return -ENAMETOOLONG;
	stpcpy(stpcpy(stpcpy(path, folder), "/"), name);
	dir_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0)
		return -errno;
	if (flock(dir_fd, LOCK_EX | LOCK_NB) < 0) {
		ret = -errno;
	} else {
		ret = files_socket_alive(path);
		if (ret == 0)
			ret = unlinkat(dir_fd, name, 0) < 0 ? -errno : 1;
		else if (ret == 1)
			ret = 0;
	}
	close(dir_fd);
	return ret;
}
