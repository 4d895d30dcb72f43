/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Removes what EAL leaves on disk: the runtime folder of a file prefix, and its hugepage files. EAL
 * itself never removes them, so the last process does, if it is one of ours.
 *
 * - A process that does not hold the lock on `config` removes only what it made for itself: its
 *   socket and its private arrays.
 * - A process that holds it removes files only when no other process of the prefix is there, and
 *   each file only with an exclusive flock() on it: every process that uses the file holds a shared
 *   one.
 * - `config` goes last. While it is there and locked, no primary gets past its first step, so no
 *   process makes anything in the folder. The folder is removed when it is empty.
 *
 * This is in C because it must also happen where no JavaScript runs any more: at exit() after
 * an error, and at a signal that ends the process.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_eal.h>

#include "ending.h"
#include "files.h"
#include "shim.h"

/* The record of lcores, see lcore_record.c. */
#define FILES_RECORD "denodpdk_lcores"

/* EAL's sockets take no longer path than 107 bytes; a hugetlbfs may lie deeper. */
enum { FILES_FOLDERS = 8, FILES_PATH = 256, FILES_PAGES_PATH = 1024, FILES_TRIES = 100 };

/* Where the files of a prefix lie. */
struct files_place {
	char folder[FILES_PATH];               /* the runtime folder */
	char map[FILES_PATH];                  /* how the names of hugepage files begin */
	char pages[FILES_FOLDERS][FILES_PAGES_PATH]; /* folders in a hugetlbfs */
	uint32_t n_pages;
	uint32_t flags;
	bool own_gone; /* what this process made for itself alone */
};

static struct files_place files_mine;
static volatile sig_atomic_t files_begun;
static atomic_int files_maker; /* the thread that starts EAL, which makes the files; 0: none yet */

static bool
files_begins(const char *name, const char *begin)
{
	return strncmp(name, begin, strlen(begin)) == 0;
}

static bool
files_path(char *path, const char *folder, const char *name)
{
	if (strlen(folder) + strlen(name) + 2 > FILES_PATH)
		return false;
	stpcpy(stpcpy(stpcpy(path, folder), "/"), name);
	return true;
}

/* Whether this is the name of a hugepage file of the prefix: <prefix>map_<number>. */
static bool
files_is_page(const struct files_place *place, const char *name)
{
	size_t len = strlen(place->map);

	return strncmp(name, place->map, len) == 0 && name[len] != '\0' &&
		strspn(name + len, "0123456789") == strlen(name + len);
}

/* Whether a descriptor is of a file on which EAL has an flock() while it uses it. */
static bool
files_is_locked(const struct files_place *place, int dir_fd, const char *name)
{
	char link[FILES_PAGES_PATH];
	ssize_t len = readlinkat(dir_fd, name, link, sizeof(link) - 1);
	const char *base;

	if (len <= 0)
		return false;
	link[len] = '\0';
	base = strrchr(link, '/');
	return base != NULL &&
		(files_begins(base + 1, "fbarray_") || files_is_page(place, base + 1));
}

/* Releases an flock() of this process, which would look like another process's. */
static bool
files_unlock(int dir_fd, const char *name, void *arg)
{
	if (files_is_locked(arg, dir_fd, name))
		flock(atoi(name), LOCK_UN);
	return true;
}

/*
 * Closes inherited descriptors of EAL's files. A program that starts another one, as l2fwd_fork
 * starts its slaves, passes on descriptors of hugepages that EAL has taken meanwhile. Both
 * processes share one flock() then: releasing it here would release it in the other process too,
 * and EAL would remove the page under that.
 */
static bool
files_close_inherited(int dir_fd, const char *name, void *arg)
{
	if (files_is_locked(arg, dir_fd, name))
		close(atoi(name));
	return true;
}

/* Removes a file unless another process uses it. */
static void
files_unlink_unused(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(dir_fd, name, 0);
	close(fd);
}

static bool
files_unlink_page(int dir_fd, const char *name, void *arg)
{
	if (files_is_page(arg, name))
		files_unlink_unused(dir_fd, name);
	return true;
}

/* Removes the hugepage file that a line of /proc/self/maps names, if it names one. */
static void
files_unlink_mapped(const struct files_place *place, const char *line)
{
	const char *path = strchr(line, '/');

	if (path != NULL && files_is_page(place, strrchr(path, '/') + 1))
		unlink(path);
}

/*
 * Removes mapped hugepage files. With --legacy-mem EAL closes its files while they are mapped, and
 * the mapping keeps the flock(), which cannot be released any more. After EAL's cleanup nothing is
 * mapped.
 */
static void
files_unlink_all_mapped(const struct files_place *place)
{
	static char buf[8192];
	size_t used = 0;
	ssize_t got;
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && (got = read(fd, &buf[used], sizeof(buf) - used - 1)) > 0) {
		char *line = buf, *end;

		used += (size_t)got;
		buf[used] = '\0';
		for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
			*end = '\0';
			files_unlink_mapped(place, line);
		}
		used -= (size_t)(line - buf);
		memmove(buf, line, used);
		/* no path is that long */
		if (used == sizeof(buf) - 1)
			used = 0;
	}
	if (fd >= 0)
		close(fd);
}

static void
files_unlink_pages(struct files_place *place)
{
	uint32_t i;

	if (place == &files_mine)
		files_unlink_all_mapped(place);
	for (i = 0; i < place->n_pages; i++)
		files_walk(place->pages[i], files_unlink_page, place);
}

/* See files.h; called at a signal too. */
bool
files_is_private(const char *name, pid_t pid)
{
	const char *at;
	uint64_t owner = 0;

	if (!files_begins(name, "fbarray_"))
		return false;
	at = strchr(name + strlen("fbarray_"), '_');
	if (at == NULL)
		return false;
	while (*++at >= '0' && *at <= '9')
		owner = owner * 10 + (uint64_t)(*at - '0');
	if (*at == '_')
		at += 1 + strspn(at + 1, "0123456789abcdef");
	return *at == '\0' && owner == (uint64_t)pid;
}

/*
 * Removes what this process made for itself. The socket stays when the process ends in the middle
 * of its work: it tells others that something may be unfinished.
 */
static bool
files_unlink_own(int dir_fd, const char *name, void *arg)
{
	const struct files_place *place = arg;

	if (files_is_private(name, getpid()))
		files_unlink_unused(dir_fd, name);
	else if (((files_begins(name, "mp_socket_") && !shim_eal_ready()) ||
			files_begins(name, "dpdk_telemetry")) &&
			files_own_socket(place->folder, name))
		unlinkat(dir_fd, name, 0);
	return true;
}

/*
 * Whether another process has a slot in the record of lcores, which a starting process takes first
 * of all.
 */
static bool
files_is_claimed(int dir_fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct stat st;
	int own, fd;
	bool claimed;

	if (fstatat(dir_fd, FILES_RECORD, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno != ENOENT;
	/* the locks belong to the open file: asked through it, those of this process are none */
	own = files_own_descriptor(st.st_dev, st.st_ino);
	fd = own >= 0 ? own : openat(dir_fd, FILES_RECORD, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno != ENOENT;
	claimed = fcntl(fd, F_OFD_GETLK, &lock) < 0 || lock.l_type != F_UNLCK;
	if (own < 0)
		close(fd);
	return claimed;
}

/*
 * Releases this process's locks and removes its own files; the files once only, since later a
 * socket of that name is another process's.
 */
static void
files_remove_own(struct files_place *place)
{
	files_walk("/proc/self/fd", files_unlock, place);
	if (place->own_gone)
		return;
	files_walk(place->folder, files_unlink_own, place);
	place->own_gone = true;
}

struct files_others {
	const struct files_place *place;
	bool locked; /* `config` is, so that an flock() disturbs no primary that starts */
	bool found;
};

/*
 * Looks for a file of another process that lives or may live. Returns false, which ends the walk,
 * once one is found.
 */
static bool
files_is_other(int dir_fd, const char *name, void *arg)
{
	struct files_others *others = arg;
	char path[FILES_PATH];
	int fd;

	if (files_begins(name, "mp_socket")) {
		others->found = !files_own_socket(others->place->folder, name) &&
			(!files_path(path, others->place->folder, name) ||
			files_socket_alive(path) != 0);
	} else if (strcmp(name, FILES_RECORD) == 0) {
		others->found = files_is_claimed(dir_fd);
	} else if (others->locked && files_begins(name, "fbarray_")) {
		fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		others->found = fd < 0 ? errno != ENOENT : flock(fd, LOCK_EX | LOCK_NB) < 0;
		if (fd >= 0)
			close(fd);
	}
	return !others->found;
}

static bool
files_has_others(const struct files_place *place, bool locked)
{
	struct files_others others = { place, locked, false };

	return files_walk(place->folder, files_is_other, &others) < 0 || others.found;
}

/* Removes a file that EAL makes in a runtime folder, other than `config`. */
static bool
files_unlink_runtime(int dir_fd, const char *name, void *arg)
{
	const struct files_place *place = arg;
	char path[FILES_PATH];

	if (files_begins(name, "fbarray_")) {
		files_unlink_unused(dir_fd, name);
	} else if (files_begins(name, "mp_socket") || files_begins(name, "dpdk_telemetry")) {
		/* a process with --no-shconf has its telemetry here and is no peer */
		if ((files_begins(name, "mp_socket") && files_own_socket(place->folder, name)) ||
				(files_path(path, place->folder, name) && files_socket_alive(path) == 0))
			unlinkat(dir_fd, name, 0);
	} else if (strcmp(name, "hugepage_info") == 0 || strcmp(name, "hugepage_data") == 0 ||
			strcmp(name, FILES_RECORD) == 0) {
		unlinkat(dir_fd, name, 0);
	}
	return true;
}

/* Removes the folder, if it is empty, and the one around it, if this process has made that. */
static void
files_rmdir(const struct files_place *place)
{
	char root[FILES_PATH];
	char *end;

	if (rmdir(place->folder) < 0 || (place->flags & SHIM_FILES_MADE_ROOT) == 0)
		return;
	strcpy(root, place->folder);
	end = strrchr(root, '/');
	if (end == NULL)
		return;
	*end = '\0';
	rmdir(root);
}

static bool
files_lock(int fd, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	return fcntl(fd, F_SETLK, &lock) == 0;
}

/* Whether a path still leads to that file. */
static bool
files_is_at(int fd, const char *path)
{
	struct stat there, st;

	return fstat(fd, &st) == 0 && stat(path, &there) == 0 && st.st_dev == there.st_dev &&
		st.st_ino == there.st_ino;
}

static void
files_remove_all(struct files_place *place, const char *config)
{
	files_unlink_pages(place);
	files_walk(place->folder, files_unlink_runtime, place);
	unlink(config);
	files_rmdir(place);
}

/*
 * Removes all files, if this process is the last. Several processes may end at once: each takes the
 * lock and looks for others, and releases the lock before it looks for the last time, so that the
 * last of them gets it.
 */
static int
files_remove_last(struct files_place *place, const char *config, int fd)
{
	int i;

	/* one that is about to go has no socket any more, and an array for a moment */
	for (i = 0; i < FILES_TRIES && files_lock(fd, F_WRLCK) && files_is_at(fd, config); i++) {
		if (!files_has_others(place, true)) {
			files_remove_all(place, config);
			return 1;
		}
		files_lock(fd, F_UNLCK);
		if (files_has_others(place, false))
			break;
	}
	return 0;
}

/* Removes the folder that this process made, for an EAL that failed before its first file. */
static void
files_remove_unborn(const struct files_place *place)
{
	int fd = open(place->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	/* whoever opens the record now enters itself anew when EAL is up */
	if (!files_is_claimed(fd)) {
		unlinkat(fd, FILES_RECORD, 0);
		files_rmdir(place);
	}
	close(fd);
}

/*
 * Removes all files, with the lock on `config` and no other process there. 1 when all was removed;
 * 0 where another process holds the lock or lives.
 */
static int
files_remove(struct files_place *place)
{
	char config[FILES_PATH];
	struct stat st;
	int own, fd, ret;

	files_remove_own(place);
	if (place->flags & SHIM_FILES_UNSHARED) {
		files_unlink_pages(place);
		files_rmdir(place);
		return 1;
	}
	if (!files_path(config, place->folder, "config"))
		return -ENAMETOOLONG;
	if (stat(config, &st) < 0) {
		if (errno == ENOENT && (place->flags & SHIM_FILES_MADE_FOLDER))
			files_remove_unborn(place);
		return 0;
	}
	own = files_own_descriptor(st.st_dev, st.st_ino);
	fd = own >= 0 ? own : open(config, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = files_remove_last(place, config, fd);
	if (own < 0)
		close(fd);
	return ret;
}

static int
files_place_set(struct files_place *place, const char *folder, const char *prefix,
		const char *pages, uint32_t n_pages, uint32_t flags)
{
	uint32_t i;

	if (strlen(folder) >= FILES_PATH || strlen(prefix) + sizeof("map_") > FILES_PATH)
		return -ENAMETOOLONG;
	strcpy(place->folder, folder);
	stpcpy(stpcpy(place->map, prefix), "map_");
	place->flags = flags;
	place->own_gone = false;
	for (i = 0, place->n_pages = 0; i < n_pages; i++, pages += strlen(pages) + 1) {
		if (place->n_pages < FILES_FOLDERS && strlen(pages) < FILES_PAGES_PATH)
			strcpy(place->pages[place->n_pages++], pages);
	}
	return 0;
}

/*
 * At exit() EAL removes its telemetry socket by name. If this process has removed it before, a
 * socket of that name belongs to a later primary; this gives it a second name, by which it
 * survives.
 */
static char files_telemetry[FILES_PATH], files_kept[FILES_PATH];

static void
files_keep_telemetry(void)
{
	if (!files_mine.own_gone || rte_eal_process_type() != RTE_PROC_PRIMARY ||
			!files_path(files_telemetry, files_mine.folder, "dpdk_telemetry.v2") ||
			!files_path(files_kept, files_mine.folder, "dpdk_telemetry.v2%") ||
			link(files_telemetry, files_kept) < 0)
		files_kept[0] = '\0';
}

void
files_end(void)
{
	if (files_kept[0] != '\0') {
		rename(files_kept, files_telemetry);
		/* rename() leaves two names of one file as they are */
		unlink(files_kept);
		files_kept[0] = '\0';
	}
	if (files_begun && files_remove(&files_mine) == 1)
		files_begun = false;
}

/* Called when EAL runs: what is registered for exit() from now on runs before EAL's own work. */
void
files_initialised(void)
{
	atexit(files_keep_telemetry);
}

void
files_are_made_here(void)
{
	atomic_store(&files_maker, gettid());
}

/*
 * See files.h. The kernel gives a signal to any thread that takes it, for example while the other
 * one makes a thread and has all signals blocked.
 */
bool
files_hand_over(int sig)
{
	int maker = atomic_load(&files_maker);

	/* fails where that thread has ended */
	return maker != 0 && maker != gettid() && tgkill(getpid(), maker, sig) == 0;
}

/* Lets the kernel end this process by the signal, as soon as the handler returns. */
void
files_die(int sig)
{
	static atomic_flag dying = ATOMIC_FLAG_INIT;
	struct sigaction usual = { .sa_handler = SIG_DFL };

	if (files_hand_over(sig))
		return;
	/* a copy of the signal goes to another thread, which must not end this one's work */
	if (atomic_flag_test_and_set(&dying))
		return;
	files_end();
	sigaction(sig, &usual, NULL);
	raise(sig);
}

static void
files_on_signal(int sig)
{
	struct sigaction now;

	/* Deno's listeners take a signal over and call whoever had it before */
	if (sigaction(sig, NULL, &now) < 0 || now.sa_handler != files_on_signal)
		return;
	if (!ending_waits(sig))
		files_die(sig);
}

/*
 * From now on this process removes its files at exit(), and at a signal whose usual action is
 * to end it. Before rte_eal_init(), so that it comes after EAL's own work at exit.
 * pages: n_pages strings, each with its NUL.
 */
int
shim_files_begin(const char *folder, const char *prefix, const char *pages, uint32_t n_pages,
		uint32_t flags)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	static bool registered;
	int ret = files_place_set(&files_mine, folder, prefix, pages, n_pages, flags);
	size_t i;

	if (ret < 0)
		return ret;
	files_walk("/proc/self/fd", files_close_inherited, &files_mine);
	files_are_made_here();
	files_begun = true;
	if (!registered && atexit(files_end) == 0)
		registered = true;
	for (i = 0; i < RTE_DIM(signals); i++) {
		struct sigaction ours = { .sa_handler = files_on_signal }, before;

		if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
			sigaction(signals[i], &ours, NULL);
	}
	return 0;
}

/*
 * Removes the files now, as far as this process may: at the end of EAL, or after a failed start. 1
 * when all are gone.
 */
int
shim_files_end(void)
{
	files_end();
	return !files_begun;
}

/* Removes what this process made for itself alone, before it starts over. */
void
shim_files_leave(void)
{
	if (files_begun)
		files_remove_own(&files_mine);
}

/* Removes the files that dead processes of a prefix left, which this process does not use. */
int
shim_files_remove(const char *folder, const char *prefix, const char *pages, uint32_t n_pages,
		uint32_t flags)
{
	struct files_place *place = malloc(sizeof(*place));
	int ret;

	if (place == NULL)
		return -ENOMEM;
	ret = files_place_set(place, folder, prefix, pages, n_pages, flags);
	if (ret == 0)
		ret = files_remove(place);
	free(place);
	return ret;
}
