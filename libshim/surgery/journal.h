/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * The journal: who is inside an update of a shared ring, and with what.
 *
 * A ring that many use has a head and a tail on each side. A thread moves the head, copies, and
 * moves the tail. One that is killed in between leaves them apart: all others wait for the tail,
 * for ever, and DPDK does not say whose reservation it is. So each thread of ours has a slot in
 * shared memory, in which it says what it is about to do before it moves a head, and that it is
 * done when the tail has moved. At whatever instruction a thread is killed or stopped, it is not
 * inside, or its slot names it.
 *
 * The word `at` has head, state and number of objects in one, so that it is written at once:
 *
 *   JOURNAL_IDLE    outside; what else the slot says is about its last update
 *   JOURNAL_TRYING  about to move the head from `head`, or has just done so
 *   JOURNAL_GOT     the objects from `head` on are reserved for this thread
 *
 * Why a look from outside is right while the thread goes on: the slot of the thread that has the
 * reservation at a tail has been what it is since before the head moved, and stays so until the
 * tail has moved. So when the tail is the same before and after the look, the look saw that slot
 * whole; what it saw of others, which change meanwhile, is not about this reservation.
 *
 * Read against rte_ring.h of DPDK 22.11 to 25.11. DENODPDK_RECOVERY=off turns it off.
 */

#ifndef SURGERY_JOURNAL_H
#define SURGERY_JOURNAL_H

#include <stdint.h>
#include <string.h>

#include <rte_common.h>
#include <rte_mempool.h>
#include <rte_pause.h>
#include <rte_ring.h>

#include "fault.h"

enum {
	JOURNAL_IDLE,
	JOURNAL_TRYING,
	JOURNAL_GOT,
};

enum {
	JOURNAL_PROCESSES = 128,
	JOURNAL_SLOTS = 256,
	JOURNAL_OBJS = 64, /* objects of a put that a slot has room for */
	JOURNAL_LCORES = 1024 / 64,
	/* one layout, also where a cache line has 128 bytes */
	JOURNAL_ALIGN = 64,
};

/* ffi/recovery/journal.ts reads these structures; the assertions in journal.c hold it to that. */
struct journal_slot {
	uint64_t owner;   /* identity of the process; 0: free */
	uint64_t at;      /* head, state << 32, number of objects << 34 */
	uint64_t ring;    /* its address; 1 more for the consumers' side */
	uint64_t content; /* address of the objects of a put; 0: not known */
	uint32_t thread;  /* as the kernel calls it */
	uint32_t unused[7];
	void *objs[JOURNAL_OBJS];
} __rte_aligned(JOURNAL_ALIGN);

/* A process whose threads have slots. */
struct journal_process {
	uint64_t space;    /* inode of its PID namespace, which its pid means; 0: free */
	uint64_t identity; /* pid, and when it started << 32; 0: not yet known */
	uint64_t silent;   /* it has threads that found no free slot */
	uint64_t admitted; /* it uses the mempool caches of its lcores */
	uint64_t lcores[JOURNAL_LCORES]; /* bits of those that EAL started it with */
};

struct journal {
	uint64_t magic;   /* JOURNAL_MAGIC once all else is ready */
	uint64_t mender;  /* identity of the process that mends; 0: none */
	uint64_t changes; /* counts processes that came or went */
	uint64_t settles; /* identity of the mender while it empties caches; 0: none */
	uint64_t primary; /* identity of the primary while it is to mend; 0: not */
	uint64_t terms;   /* counts how often a process became the mender */
	uint64_t unused[2];
	struct journal_process processes[JOURNAL_PROCESSES];
	struct journal_slot slots[JOURNAL_SLOTS];
};

/* The last digit is the version of the layout. */
#define JOURNAL_MAGIC UINT64_C(0x64656e6f6a726e31)

extern __thread struct journal_slot *journal_own
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/* A slot for this thread; where no slot is free, one that is never read. */
struct journal_slot *journal_take(void);

/* Called when this process has ended EAL: its slots are free. */
void journal_leave(void);

static inline struct journal_slot *
journal_slot(void)
{
	struct journal_slot *slot = journal_own;

	return likely(slot != NULL) ? slot : journal_take();
}

static inline void
journal_say(struct journal_slot *slot, uint32_t head, uint32_t n, uint64_t state)
{
	__atomic_store_n(&slot->at, head | state << 32 | (uint64_t)n << 34, __ATOMIC_RELEASE);
	/* before what follows is stored, as a ring's head; nothing on x86 */
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

static inline void
journal_idle(struct journal_slot *slot, uint32_t head, uint32_t n)
{
	journal_say(slot, head, n, JOURNAL_IDLE);
}

/*
 * What is about to be put; `shared` where it lies in shared memory already. It is copied beside
 * the slot otherwise, where there is room.
 */
static inline void
journal_content(struct journal_slot *slot, struct rte_ring *r, void *const *objs, uint32_t n,
		const void *shared)
{
	uint64_t content = (uintptr_t)shared;

	if (shared == NULL && n <= JOURNAL_OBJS) {
		memcpy(slot->objs, objs, n * sizeof(*objs));
		content = (uintptr_t)slot->objs;
	}
	__atomic_store_n(&slot->ring, (uintptr_t)r, __ATOMIC_RELAXED);
	__atomic_store_n(&slot->content, content, __ATOMIC_RELAXED);
}

#endif
