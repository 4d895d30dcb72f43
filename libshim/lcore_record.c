/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * The record of lcores: which process has which lcore of a primary. It is a file in the primary's
 * runtime folder, with a slot for each lcore. A process that has a slot holds the kernel's lock on
 * the slot's bytes, and has written its name and pid there. So a slot is taken atomically; its lock
 * says that the process lives, whatever its pid looks like from here; and the end of the process,
 * in whatever way, gives all its slots back.
 *
 * DPDK keeps no such record. This one is used before EAL's start, and needs nothing of EAL.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shim.h"
#include "text.h"

/* The contents of a slot. */
struct entry {
	uint32_t pid;
	uint32_t namespace; /* in which the process has that pid */
	uint64_t start;     /* when it started, in clock ticks since boot */
	char name[48];
};

/* The open file. execve() closes it, since a new image of the process starts anew. */
static int table = -1;

static uint32_t
pid_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 ? (uint32_t)st.st_ino : 0;
}

static struct flock
bytes_of(uint32_t slot, short type)
{
	/* a lock of the open file, not of the process: closing another descriptor keeps it */
	return (struct flock){
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)slot * (off_t)sizeof(struct entry),
		.l_len = sizeof(struct entry),
	};
}

/* Open the file, with `create` also where there is none. -ENOENT without. */
int
shim_lcore_record_open(const char *path, uint32_t create)
{
	int fd;

	if (table >= 0)
		return -EALREADY;
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (create ? O_CREAT : 0), 0600);
	if (fd < 0)
		return -errno;
	table = fd;
	return 0;
}

/* Give all slots back. */
void
shim_lcore_record_close(void)
{
	if (table >= 0)
		close(table);
	table = -1;
}

/* Whether the open file is still the one of this path: 1 or 0. */
int
shim_lcore_record_current(const char *path)
{
	struct stat own, there;

	return table >= 0 && fstat(table, &own) == 0 && stat(path, &there) == 0 &&
		own.st_dev == there.st_dev && own.st_ino == there.st_ino;
}

/* Take a slot. -EAGAIN where another process has it. */
int
shim_lcore_record_take(uint32_t slot, const char *name, uint64_t start)
{
	struct flock lock = bytes_of(slot, F_WRLCK);
	struct entry claim = {
		.pid = (uint32_t)getpid(),
		.namespace = pid_namespace(),
		.start = start,
	};

	if (fcntl(table, F_OFD_SETLK, &lock) < 0)
		return errno == EACCES ? -EAGAIN : -errno;
	shim_text(name, claim.name, sizeof(claim.name));
	/* on a full file system the lock alone says that the slot is taken */
	(void)!pwrite(table, &claim, sizeof(claim), lock.l_start);
	return 0;
}

/* How many slots the file has room for. */
int
shim_lcore_record_slots(void)
{
	struct stat st;

	if (fstat(table, &st) < 0)
		return -errno;
	return (int)(st.st_size / (off_t)sizeof(struct entry));
}

/* Read a slot, if another process has it. */
static bool
claimed(uint32_t slot, struct entry *claim)
{
	struct flock lock = bytes_of(slot, F_WRLCK);

	return fcntl(table, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK &&
		pread(table, claim, sizeof(*claim), (off_t)slot * (off_t)sizeof(*claim)) ==
		(ssize_t)sizeof(*claim);
}

/*
 * How many living processes of other PID namespaces have that pid there, in the slots from
 * `first` on. With a start, of which the lower half counts, only those that started then.
 */
int
shim_lcore_record_elsewhere(uint32_t first, uint32_t pid, uint32_t start)
{
	uint32_t slot, own = pid_namespace();
	int slots = table < 0 ? 0 : shim_lcore_record_slots(), count = 0;
	struct entry claim;

	for (slot = first; slots > 0 && slot < (uint32_t)slots; slot++) {
		if (claimed(slot, &claim) && claim.pid == pid && claim.namespace != own &&
				(start == 0 || (uint32_t)claim.start == start))
			count++;
	}
	return count;
}

/*
 * The other process that has a slot: 1, with its name, and its pid in `pid`, which is 0 for a
 * process of another PID namespace. 0 where no other process has it.
 */
int
shim_lcore_record_holder(uint32_t slot, uint32_t *pid, char *name, uint32_t len)
{
	struct flock lock = bytes_of(slot, F_WRLCK);
	struct entry claim = { .pid = 0 };

	if (fcntl(table, F_OFD_GETLK, &lock) < 0)
		return -errno;
	if (lock.l_type == F_UNLCK)
		return 0;
	if (pread(table, &claim, sizeof(claim), (off_t)slot * (off_t)sizeof(claim)) !=
			(ssize_t)sizeof(claim))
		memset(&claim, 0, sizeof(claim));
	claim.name[sizeof(claim.name) - 1] = '\0';
	*pid = claim.namespace == pid_namespace() ? claim.pid : 0;
	shim_text(claim.name, name, len);
	return 1;
}
