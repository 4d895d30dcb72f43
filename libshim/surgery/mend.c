/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * The steps that finish an update of a ring in which a thread died; ffi/recovery/mend.ts decides
 * which. One process at a time mends.
 *
 * The reservation [tail, tail + n) is a dead thread's when these are called, so nobody else writes
 * there or moves the tail from there. Each step is one compare-and-swap, with what it relies on
 * before it, and living users may come and go around it:
 *
 *   a head goes back to the tail, when nobody has reserved behind. A thread that read the head
 *   before it went back fails in its own compare-and-swap and reads again; or the head is there
 *   again because others have reserved meanwhile, and then its reservation is behind theirs as
 *   it would be without. What it has read of the other side only grew.
 *
 *   a tail goes on by n. Whoever waits for it there goes on, as if the dead one had moved it.
 *
 * A mender that is killed before its step has changed nothing that the next mender does not write
 * again; one that is killed after its step has done everything. What it held in between is lost
 * until an audit.
 *
 * The mender itself never waits: it takes and puts only where no update is under way.
 *
 * Read against rte_ring.h of DPDK 22.11 to 25.11.
 */

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "pool_ring.h"
#include "shim.h"
#include "surgery/ring_many.h"
#include "text.h"

static bool
mend_is_many(const struct rte_ring_headtail *side)
{
	return side->sync_type == RTE_RING_SYNC_MT;
}

static struct rte_ring_headtail *
mend_side(struct rte_ring *r, uint32_t consumer)
{
	return consumer ? &r->cons : &r->prod;
}

/*
 * Tail and head of the producers, then of the consumers. A side of another kind than those of
 * which the journal tells seems to be at rest.
 */
void
shim_mend_look(struct rte_ring *r, uint32_t *ends)
{
	uint32_t consumer;

	for (consumer = 0; consumer < 2; consumer++) {
		struct rte_ring_headtail *side = mend_side(r, consumer);

		ends[2 * consumer] = __atomic_load_n(&side->tail, __ATOMIC_ACQUIRE);
		ends[2 * consumer + 1] = mend_is_many(side) ?
			__atomic_load_n(&side->head, __ATOMIC_ACQUIRE) : ends[2 * consumer];
	}
}

/* Takes the last reservation back; 0 where it is not the last. */
int
shim_mend_return(struct rte_ring *r, uint32_t consumer, uint32_t tail, uint32_t n)
{
	uint32_t head = tail + n;

	return __atomic_compare_exchange_n(&mend_side(r, consumer)->head, &head, tail, 0,
			__ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* Marks the cache that these objects lie in as empty. */
static void
mend_empty_cache(struct rte_mempool *mp, uint64_t content)
{
	uint32_t lcore;

	for (lcore = 0; mp->cache_size > 0 && lcore < RTE_MAX_LCORE; lcore++)
		if ((uintptr_t)mp->local_cache[lcore].objs == content)
			mp->local_cache[lcore].len = 0;
}

/*
 * Finishes a put of a dead thread: the objects at the address `content`, or `objs` where that is 0.
 * mp: the pool whose cache the content may be in, or NULL. 0 where the tail is elsewhere.
 */
int
shim_mend_put(struct rte_ring *r, uint32_t tail, uint32_t n, uint64_t content,
		const uint64_t *objs, struct rte_mempool *mp)
{
	if (__atomic_load_n(&r->prod.tail, __ATOMIC_ACQUIRE) != tail ||
			__atomic_load_n(&r->prod.head, __ATOMIC_ACQUIRE) - tail < n)
		return 0;
	ring_copy_in(r, tail, content != 0 ? (void *const *)(uintptr_t)content :
			(void *const *)(uintptr_t)objs, n);
	if (content != 0 && mp != NULL)
		mend_empty_cache(mp, content);
	return __atomic_compare_exchange_n(&r->prod.tail, &tail, tail + n, 0, __ATOMIC_ACQ_REL,
			__ATOMIC_RELAXED);
}

/* Finishes a take of a dead thread, of n objects; 0 where the tail is elsewhere. */
int
shim_mend_take(struct rte_ring *r, uint32_t tail, uint32_t n, uint64_t *objs)
{
	if (__atomic_load_n(&r->cons.tail, __ATOMIC_ACQUIRE) != tail ||
			__atomic_load_n(&r->cons.head, __ATOMIC_ACQUIRE) - tail < n)
		return 0;
	ring_copy_out(r, tail, (void **)objs, n);
	return __atomic_compare_exchange_n(&r->cons.tail, &tail, tail + n, 0, __ATOMIC_ACQ_REL,
			__ATOMIC_RELAXED);
}

/*
 * Takes n objects out of the ring without waiting: 0 where an update is under way, or there are
 * fewer.
 */
int
shim_mend_spare(struct rte_ring *r, uint64_t *objs, uint32_t n)
{
	struct journal_slot *slot = journal_slot();
	uint32_t head = __atomic_load_n(&r->cons.head, __ATOMIC_ACQUIRE);

	if (__atomic_load_n(&r->cons.tail, __ATOMIC_ACQUIRE) != head ||
			__atomic_load_n(&r->prod.tail, __ATOMIC_ACQUIRE) - head < n)
		return 0;
	__atomic_store_n(&slot->ring, (uintptr_t)r | 1, __ATOMIC_RELAXED);
	journal_say(slot, head, n, JOURNAL_TRYING);
	if (__atomic_compare_exchange_n(&r->cons.head, &head, head + n, 0, __ATOMIC_RELEASE,
			__ATOMIC_RELAXED)) {
		journal_say(slot, head, n, JOURNAL_GOT);
		ring_copy_out(r, head, (void **)objs, n);
		__atomic_store_n(&r->cons.tail, head + n, __ATOMIC_RELEASE);
	} else {
		n = 0;
	}
	journal_idle(slot, head, n);
	return (int)n;
}

/*
 * Puts n objects into the ring without waiting: 0 where an update is under way, or there is no
 * room.
 */
int
shim_mend_give(struct rte_ring *r, const uint64_t *objs, uint32_t n)
{
	struct journal_slot *slot = journal_slot();
	uint32_t head = __atomic_load_n(&r->prod.head, __ATOMIC_ACQUIRE);

	if (__atomic_load_n(&r->prod.tail, __ATOMIC_ACQUIRE) != head ||
			r->capacity + __atomic_load_n(&r->cons.tail, __ATOMIC_ACQUIRE) - head < n)
		return 0;
	journal_content(slot, r, (void *const *)(uintptr_t)objs, n, NULL);
	journal_say(slot, head, n, JOURNAL_TRYING);
	if (__atomic_compare_exchange_n(&r->prod.head, &head, head + n, 0, __ATOMIC_RELEASE,
			__ATOMIC_RELAXED)) {
		journal_say(slot, head, n, JOURNAL_GOT);
		ring_copy_in(r, head, (void *const *)(uintptr_t)objs, n);
		__atomic_store_n(&r->prod.tail, head + n, __ATOMIC_RELEASE);
	} else {
		n = 0;
	}
	journal_idle(slot, head, n);
	return (int)n;
}

/* The ring that a pool keeps its elements in. */
int
shim_mend_pool_ring(struct rte_mempool *mp, uint64_t *out)
{
	return shim_out(pool_ring(mp), ENOTSUP, out);
}
