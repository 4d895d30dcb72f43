/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Locks in shared memory: those of rte_eal_memconfig.h, of memory segments and of ethdev.
 *
 * A process that is killed while it holds a lock as a reader counts as a reader for ever; the next
 * writer waits for ever, with all readers behind it. A secondary is a reader for much of its start,
 * and a writer at one place. The locks record no owners, so this file counts the holders of each
 * lock, and removes some of them.
 *
 * Where a lock of the shared configuration lies is found by taking it: the one word at its
 * start that grows then, and by how much. No layout of EAL's is assumed, but for what
 * rte_rwlock.h says: below a reader are the bits of a writer and of one that waits.
 *
 * Read against eal_common_mcfg.c, rte_rwlock.h and ethdev_private.h of DPDK 22.11 to 25.11.
 * DENODPDK_LOCKS=off turns it off; shim_locks_find() says so, and nothing is ever forgotten.
 */

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_eal_memconfig.h>
#include <rte_fbarray.h>
#include <rte_memory.h>
#include <rte_memzone.h>
#include <rte_version.h>

#include "shim.h"
#include "surgery/surgery.h"

enum { WORDS = 16, TRIES = 100 };

static atomic_int *config; /* the start of the shared configuration */

struct lock {
	atomic_int *word;
	int reader; /* by how much a reader counts; 1 for a spinlock's only holder */
};

static struct lock locks[SHIM_LOCKS];
static uint32_t n_locks;

/* Whether a path ends in <name of the runtime folder>/config: /var/run may be a link. */
static bool
is_config(const char *path)
{
	const char *folder = strrchr(rte_eal_get_runtime_dir(), '/');
	char end[4096];
	size_t len;

	if (folder == NULL)
		return false;
	len = (size_t)snprintf(end, sizeof(end), "%s/config", folder);
	return strlen(path) >= len && strcmp(path + strlen(path) - len, end) == 0;
}

/* The mapping of that file, NULL where there is none. */
static void *
find_config(void)
{
	char line[4352], path[4096];
	unsigned long start;
	void *found = NULL;
	FILE *f = fopen("/proc/self/maps", "re");

	if (f == NULL)
		return NULL;
	while (found == NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%*x %*s %*s %*s %*s %4095[^\n]", &start, path) == 2 &&
				is_config(path))
			found = (void *)start;
	}
	fclose(f);
	return found;
}

static void
snapshot(int *words)
{
	int i;

	for (i = 0; i < WORDS; i++)
		words[i] = atomic_load(&config[i]);
}

static void
add_lock(atomic_int *word, int reader)
{
	if (n_locks < SHIM_LOCKS)
		locks[n_locks++] = (struct lock){ word, reader };
}

static int during[WORDS];

static void
snapshot_during(void)
{
	snapshot(during);
}

/* Callback of a walk, during which the lock is held. */
static void
memzone_seen(const struct rte_memzone *mz, void *arg)
{
	(void)mz;
	(void)arg;
	snapshot_during();
}

#define TAKE(name, lock, unlock) \
	static void \
	name(void) \
	{ \
		lock(); \
		snapshot_during(); \
		unlock(); \
	}

TAKE(read_memory, rte_mcfg_mem_read_lock, rte_mcfg_mem_read_unlock)
TAKE(read_tailqs, rte_mcfg_tailq_read_lock, rte_mcfg_tailq_read_unlock)
TAKE(read_mempools, rte_mcfg_mempool_read_lock, rte_mcfg_mempool_read_unlock)

static void
read_memzones(void)
{
	snapshot(during); /* there may be no memzone */
	rte_memzone_walk(memzone_seen, NULL);
}

/*
 * Finds the word that grows while a lock is taken. Other processes may take locks at the same time:
 * only a change that is ours alone counts.
 */
static void
add_config_lock(void (*take)(void))
{
	int before[WORDS], after[WORDS];
	int try, i, word, changes;

	for (try = 0; try < TRIES; try++) {
		snapshot(before);
		take();
		snapshot(after);
		for (i = 0, word = -1, changes = 0; i < WORDS; i++) {
			if (before[i] == during[i] && during[i] == after[i])
				continue;
			changes++;
			if (during[i] > before[i] && before[i] == after[i])
				word = i;
		}
		if (changes != 1 || word < 0)
			continue;
		add_lock(&config[word], during[word] - before[word]);
		return;
	}
}

/* Each list of memory segments has a lock of the same kind as the others. */
static int
add_segments(const struct rte_memseg_list *msl, void *arg)
{
	if (!msl->external)
		add_lock((atomic_int *)(uintptr_t)&msl->memseg_arr.rwlock, *(const int *)arg);
	return 0;
}

#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
/* rte_eal_memconfig.h has it for DPDK's own libraries, where it returns an rte_spinlock_t. */
extern atomic_int *ethdev_lock(void) __asm__("rte_mcfg_ethdev_get_lock");
#endif

/*
 * A secondary takes it for each port that it attaches. Since DPDK 23.11 it lies in the shared
 * configuration, before in ethdev's own shared data.
 */
static void
add_ethdev(void)
{
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
	add_lock(ethdev_lock(), 1);
#else
	/* as eth_dev_shared_data begins in ethdev_private.h */
	struct {
		uint64_t next_owner_id;
		atomic_int ownership_lock;
	} *shared;
	const struct rte_memzone *mz = rte_memzone_lookup("rte_eth_dev_data");

	if (mz == NULL)
		return;
	shared = mz->addr;
	add_lock(&shared->ownership_lock, 1);
#endif
}

/*
 * Finds the locks. Must be called before any other process can have been killed, since taking a
 * lock may wait for ever after that. -ENOENT where no lock can be found, -ENOTSUP where this is
 * turned off.
 */
int
shim_locks_find(void)
{
	int reader;

	if (!surgery_allowed("DENODPDK_LOCKS"))
		return -ENOTSUP;
	config = find_config();
	if (config == NULL)
		return -ENOENT;
	n_locks = 0;
	add_config_lock(read_memory);
	add_config_lock(read_tailqs);
	add_config_lock(read_mempools);
	add_config_lock(read_memzones);
	if (n_locks == 0)
		return -ENOENT;
	reader = locks[0].reader;
	rte_memseg_list_walk(add_segments, &reader);
	add_ethdev();
	return 0;
}

/*
 * For each lock, the number of readers now, and whether a writer has it, or waits although there is
 * no reader; returns how many numbers these are.
 */
int
shim_locks_holders(uint32_t *holders, uint32_t len)
{
	uint32_t i;

	for (i = 0; i < 2 * n_locks && i < len; i++) {
		int value = atomic_load(locks[i / 2].word), reader = locks[i / 2].reader;

		if (i % 2 == 0)
			holders[i] = value > 0 ? (uint32_t)(value / reader) : 0;
		else
			holders[i] = value > 0 && value < reader;
	}
	return (int)(2 * n_locks);
}

/*
 * Whether EAL holds none of these locks in the system call of this number: it waits there for
 * events, for what comes by its sockets and pipes, or for time.
 */
int
shim_locks_idle_call(uint32_t call)
{
	static const uint32_t calls[] = {
#ifdef SYS_epoll_wait
		SYS_epoll_wait,
#endif
#ifdef SYS_poll
		SYS_poll,
#endif
#ifdef SYS_select
		SYS_select,
#endif
#ifdef SYS_nanosleep
		SYS_nanosleep,
#endif
		SYS_epoll_pwait, SYS_ppoll, SYS_pselect6, SYS_clock_nanosleep,
		SYS_accept, SYS_accept4, SYS_recvmsg, SYS_recvfrom, SYS_read,
	};
	uint32_t i;

	for (i = 0; i < RTE_DIM(calls); i++)
		if (calls[i] == call)
			return 1;
	return 0;
}

/* Removes `holders` dead holders from a number. A living writer that waits sets its bit again. */
void
shim_locks_forget(uint32_t number, uint32_t holders)
{
	const struct lock *lock = &locks[number / 2];

	if (number >= 2 * n_locks)
		return;
	if (number % 2 == 0)
		atomic_fetch_sub(lock->word, (int)holders * lock->reader);
	else
		atomic_fetch_and(lock->word, ~(lock->reader - 1));
}
