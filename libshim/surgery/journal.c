/* SPDX-License-Identifier: BSD-3-Clause */

/* The journal's memory, and which process and thread has which part of it: see journal.h. */

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_lcore.h>
#include <rte_memzone.h>

#include "shim.h"
#include "surgery/journal.h"
#include "surgery/pool_puts.h"
#include "surgery/surgery.h"

#define JOURNAL_ZONE "DENODPDK_JOURNAL"

/* as ffi/recovery/journal.ts reads them */
static_assert(sizeof(struct journal_process) == 160, "layout");
static_assert(sizeof(struct journal_slot) == 64 + 8 * JOURNAL_OBJS, "layout");
static_assert(offsetof(struct journal, processes) == 64, "layout");
static_assert(offsetof(struct journal, slots) == 64 + 160 * JOURNAL_PROCESSES, "layout");

__thread struct journal_slot *journal_own;

static struct journal *journal;         /* NULL where there is none */
static struct journal_process *process; /* this one's entry there */
static uint64_t journal_self;                   /* this process's identity */
static bool unrecorded;                 /* a thread used a ring before there was a journal */
static bool uses_caches;                /* it was admitted before there was a journal */

/* Gives a thread's slot back when the thread ends. */
static pthread_key_t journal_key;
static pthread_once_t journal_key_once = PTHREAD_ONCE_INIT;

static void
journal_slot_end(void *arg)
{
	struct journal_slot *slot = arg;
	uint64_t owner = journal_self;

	/* after EAL's end the memory is gone */
	if (journal == NULL)
		return;
	__atomic_compare_exchange_n(&slot->owner, &owner, 0, 0, __ATOMIC_RELEASE,
			__ATOMIC_RELAXED);
}

static void
journal_key_create(void)
{
	pthread_key_create(&journal_key, journal_slot_end);
}

/*
 * A slot outside of the journal, which is never read. Each thread has its own, since threads that
 * share one would take the cache line from each other.
 */
static struct journal_slot *
journal_take_nowhere(void)
{
	static struct journal_slot last;
	struct journal_slot *slot = aligned_alloc(JOURNAL_ALIGN, sizeof(*slot));

	unrecorded = true;
	if (process != NULL)
		__atomic_store_n(&process->silent, 1, __ATOMIC_RELEASE);
	return slot != NULL ? slot : &last;
}

struct journal_slot *
journal_take(void)
{
	uint32_t i;

	for (i = 0; process != NULL && i < JOURNAL_SLOTS; i++) {
		struct journal_slot *slot = &journal->slots[i];
		uint64_t nobody = 0;

		if (slot->owner != 0 || !__atomic_compare_exchange_n(&slot->owner, &nobody, journal_self, 0,
				__ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			continue;
		slot->thread = (uint32_t)gettid();
		__atomic_store_n(&slot->at, 0, __ATOMIC_RELEASE);
		pthread_once(&journal_key_once, journal_key_create);
		pthread_setspecific(journal_key, slot);
		return journal_own = slot;
	}
	return journal_own = journal_take_nowhere();
}

/*
 * When a process started, which distinguishes it from later ones with its pid; 0 when it has ended,
 * -errno where that cannot be known.
 */
static int64_t
start_of(uint32_t pid)
{
	unsigned long long start = 0;
	char path[64], stat[4096], *at;
	FILE *f;
	size_t got;
	int field;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	f = fopen(path, "re");
	if (f == NULL)
		return errno == ENOENT ? 0 : -errno;
	got = fread(stat, 1, sizeof(stat) - 1, f);
	fclose(f);
	stat[got] = '\0';
	/* proc(5): state is field 3, starttime field 22, and field 2 may have anything */
	at = strrchr(stat, ')');
	if (at == NULL || at[1] == '\0' || at[2] == 'Z' || at[2] == 'X')
		return 0;
	for (field = 2; at != NULL && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (at == NULL || sscanf(at, "%llu", &start) != 1)
		return -ENOTSUP;
	return (int64_t)start;
}

/* The identity of a process, which no other process of this PID namespace has had since boot. */
static uint64_t
own_identity(void)
{
	int64_t start = start_of((uint32_t)getpid());

	return start > 0 ? (uint32_t)getpid() | (uint64_t)start << 32 : 0;
}

static uint64_t
own_pid_space(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 ? st.st_ino : 0;
}

static const struct rte_memzone *
journal_make(void)
{
	const struct rte_memzone *mz = rte_memzone_reserve(JOURNAL_ZONE, sizeof(*journal),
			SOCKET_ID_ANY, 0);
	struct journal *made;

	/* another process may have been faster */
	if (mz == NULL)
		return rte_memzone_lookup(JOURNAL_ZONE);
	made = mz->addr;
	memset(made, 0, sizeof(*made));
	__atomic_store_n(&made->magic, JOURNAL_MAGIC, __ATOMIC_RELEASE);
	return mz;
}

static int
journal_enter(struct journal *j)
{
	uint64_t space = own_pid_space();
	uint32_t i, lcore;

	journal_self = own_identity();
	if (journal_self == 0 || space == 0)
		return -ENOENT;
	for (i = 0; i < JOURNAL_PROCESSES; i++) {
		struct journal_process *entry = &j->processes[i];
		uint64_t nobody = 0;

		if (entry->space != 0 || !__atomic_compare_exchange_n(&entry->space, &nobody, space, 0,
				__ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			continue;
		memset(entry->lcores, 0, sizeof(entry->lcores));
		RTE_LCORE_FOREACH(lcore)
			entry->lcores[lcore / 64] |= UINT64_C(1) << lcore % 64;
		entry->silent = unrecorded;
		entry->admitted = uses_caches || rte_eal_process_type() == RTE_PROC_PRIMARY;
		__atomic_store_n(&entry->identity, journal_self, __ATOMIC_RELEASE);
		__atomic_add_fetch(&j->changes, 1, __ATOMIC_RELEASE);
		process = entry;
		journal = j;
		/* the calling thread may have used a ring before */
		journal_own = NULL;
		pool_puts_install();
		return 0;
	}
	return -ENOSPC;
}

/*
 * Makes this process keep the journal of its primary, if it does not yet. make: where there is
 * none, make it; a primary always does. 0; -ENOENT where there is none; -EPROTO where it is another
 * version's; -ENOSPC when it is full; -ENOTSUP when it is turned off, or was never read against
 * this DPDK.
 */
int
shim_journal_join(uint32_t make)
{
	const struct rte_memzone *mz;
	struct journal *j;

	if (process != NULL)
		return 0;
	if (!surgery_allowed("DENODPDK_RECOVERY"))
		return -ENOTSUP;
	mz = rte_eal_process_type() == RTE_PROC_PRIMARY ? NULL : rte_memzone_lookup(JOURNAL_ZONE);
	if (mz == NULL && (make || rte_eal_process_type() == RTE_PROC_PRIMARY))
		mz = journal_make();
	if (mz == NULL)
		return -ENOENT;
	j = mz->addr;
	if (mz->len < sizeof(*j) || __atomic_load_n(&j->magic, __ATOMIC_ACQUIRE) != JOURNAL_MAGIC)
		return -EPROTO;
	return journal_enter(j);
}

/* Whether a process of ours lives or may live. */
static bool
entry_lives(const struct journal_process *entry)
{
	uint64_t identity = __atomic_load_n(&entry->identity, __ATOMIC_ACQUIRE);
	int64_t start;

	/* a pid of another namespace means nothing here */
	if (entry->space != process->space)
		return true;
	start = start_of((uint32_t)identity);
	return start < 0 || (uint32_t)start == identity >> 32;
}

/* Whether this identity belongs to a process of ours that lives or may live. */
static bool
identity_lives(uint64_t identity)
{
	uint32_t i;

	for (i = 0; identity != 0 && i < JOURNAL_PROCESSES; i++)
		if (journal->processes[i].identity == identity)
			return entry_lives(&journal->processes[i]);
	return false;
}

/*
 * A dead process of ours that had one of this process's lcores, and whose caches were not emptied
 * yet.
 */
static struct journal_process *
unsettled(void)
{
	uint32_t i, word;

	for (i = 0; i < JOURNAL_PROCESSES; i++) {
		struct journal_process *entry = &journal->processes[i];
		uint64_t shared = 0;

		/* behind its lcores, which it wrote before */
		if (entry == process || __atomic_load_n(&entry->identity, __ATOMIC_ACQUIRE) == 0)
			continue;
		for (word = 0; word < JOURNAL_LCORES; word++)
			shared |= entry->lcores[word] & process->lcores[word];
		if (shared != 0 && !entry_lives(entry))
			return entry;
	}
	return NULL;
}

/* Whether there is a living mender. */
int
shim_journal_mended(void)
{
	return process != NULL && identity_lives(__atomic_load_n(&journal->mender,
			__ATOMIC_ACQUIRE));
}

/*
 * Whether a process of this PID namespace keeps the journal, or kept it and its caches were not
 * emptied yet.
 */
int
shim_journal_knows(uint32_t pid)
{
	uint32_t i;

	for (i = 0; process != NULL && i < JOURNAL_PROCESSES; i++)
		if (journal->processes[i].space == process->space &&
				(uint32_t)journal->processes[i].identity == pid)
			return 1;
	return 0;
}

static void
drop_own_caches(struct rte_mempool *mp, void *arg)
{
	uint32_t lcore;

	(void)arg;
	RTE_LCORE_FOREACH(lcore)
		if (mp->cache_size > 0)
			mp->local_cache[lcore].len = 0;
}

/*
 * Where nobody mends, what a dead process left in the caches of this one's lcores is nowhere from
 * now on: some of it may be in a second place. Not if the dead one is inside an update, which may
 * be finished from its cache some day.
 */
static bool
settle_alone(struct journal_process *dead)
{
	uint64_t before = __atomic_load_n(&journal->mender, __ATOMIC_ACQUIRE);
	uint64_t identity = dead->identity, space = dead->space;
	uint32_t i;

	for (i = 0; i < JOURNAL_SLOTS; i++) {
		struct journal_slot *slot = &journal->slots[i];

		if (slot->owner == identity && (slot->at >> 32 & 3) != JOURNAL_IDLE)
			return false;
	}
	if (identity_lives(before) || !__atomic_compare_exchange_n(&journal->mender, &before,
			journal_self, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return false;
	/* who mends next looks for what is lost */
	__atomic_add_fetch(&journal->terms, 1, __ATOMIC_RELEASE);
	rte_mempool_walk(drop_own_caches, NULL);
	for (i = 0; i < JOURNAL_SLOTS; i++) {
		uint64_t owner = identity;

		__atomic_compare_exchange_n(&journal->slots[i].owner, &owner, 0, 0,
				__ATOMIC_RELEASE, __ATOMIC_RELAXED);
	}
	if (__atomic_compare_exchange_n(&dead->identity, &identity, 0, 0, __ATOMIC_RELEASE,
			__ATOMIC_RELAXED)) {
		__atomic_compare_exchange_n(&dead->space, &space, 0, 0, __ATOMIC_RELEASE,
				__ATOMIC_RELAXED);
		__atomic_add_fetch(&journal->changes, 1, __ATOMIC_RELEASE);
	}
	__atomic_store_n(&journal->mender, 0, __ATOMIC_RELEASE);
	return true;
}

/*
 * Lets this process use the mempool caches of its lcores, once nothing is left in them of a process
 * that was killed. 0; -EAGAIN while the mender is at it; the pid of the dead process that is
 * waited for, as it is inside an update.
 */
int
shim_journal_admit(void)
{
	struct journal_process *dead;
	int pid = -EAGAIN;

	uses_caches = true;
	if (process == NULL)
		return 0;
	/*
	 * either the mender sees that these lcores are used, or this process sees that it is
	 * emptying caches
	 */
	__atomic_store_n(&process->admitted, 1, __ATOMIC_SEQ_CST);
	while ((dead = unsettled()) != NULL) {
		pid = (int)(uint32_t)dead->identity;
		if (shim_journal_mended() || !settle_alone(dead))
			break;
	}
	if (dead == NULL && !identity_lives(__atomic_load_n(&journal->settles, __ATOMIC_SEQ_CST)))
		return 0;
	__atomic_store_n(&process->admitted, 0, __ATOMIC_SEQ_CST);
	return dead != NULL ? pid : -EAGAIN;
}

void
journal_leave(void)
{
	struct journal *j = journal;
	uint32_t i;

	if (j == NULL)
		return;
	for (i = 0; i < JOURNAL_SLOTS; i++)
		journal_slot_end(&j->slots[i]);
	/* a process that sees this one gone sees the caches of its lcores as it left them */
	__atomic_store_n(&process->identity, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&process->space, 0, __ATOMIC_RELEASE);
	__atomic_add_fetch(&j->changes, 1, __ATOMIC_RELEASE);
	journal = NULL;
	process = NULL;
	journal_own = NULL;
}
