/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Puts and takes of rings with several producers or consumers. They are rte_ring.h's, except that
 * they write the journal, and that the copy between head and tail is memcpy(), a cache line at a
 * time.
 *
 * Read against rte_ring_c11_pvt.h and rte_ring_generic_pvt.h of DPDK 22.11 to 25.11. The orders
 * of memory are those of the former, which are right on every CPU.
 */

#ifndef SURGERY_RING_MANY_H
#define SURGERY_RING_MANY_H

#include "surgery/journal.h"

static inline void
ring_copy_in(struct rte_ring *r, uint32_t head, void *const *objs, uint32_t n)
{
	void **slots = (void **)&r[1];
	uint32_t at = head & r->mask;
	uint32_t first = RTE_MIN(n, r->size - at);

	memcpy(&slots[at], objs, first * sizeof(*objs));
	if (unlikely(first < n))
		memcpy(slots, &objs[first], (n - first) * sizeof(*objs));
}

static inline void
ring_copy_out(struct rte_ring *r, uint32_t head, void **objs, uint32_t n)
{
	void *const *slots = (void *const *)&r[1];
	uint32_t at = head & r->mask;
	uint32_t first = RTE_MIN(n, r->size - at);

	memcpy(objs, &slots[at], first * sizeof(*objs));
	if (unlikely(first < n))
		memcpy(&objs[first], slots, (n - first) * sizeof(*objs));
}

/*
 * Moves the tail when earlier threads have moved it up to here; for dead threads the mender does
 * that.
 */
static inline void
ring_move_tail(struct rte_ring_headtail *side, uint32_t head, uint32_t n)
{
	rte_wait_until_equal_32(&side->tail, head, __ATOMIC_RELAXED);
	__atomic_store_n(&side->tail, head + n, __ATOMIC_RELEASE);
}

/*
 * cache: the one that these objects are flushed from, or NULL. It is empty before the tail says
 * that they are in the ring: never do they count twice.
 */
static inline uint32_t
ring_put_many(struct rte_ring *r, void *const *objs, uint32_t n,
		enum rte_ring_queue_behavior behavior, struct rte_mempool_cache *cache)
{
	struct journal_slot *slot = journal_slot();
	const uint32_t wanted = n;
	uint32_t head, room;

	journal_content(slot, r, objs, n, cache != NULL ? cache->objs : NULL);
	head = __atomic_load_n(&r->prod.head, __ATOMIC_ACQUIRE);
	do {
		n = wanted;
		room = r->capacity + __atomic_load_n(&r->cons.tail, __ATOMIC_ACQUIRE) - head;
		if (unlikely(n > room))
			n = behavior == RTE_RING_QUEUE_FIXED ? 0 : room;
		if (n == 0) {
			journal_idle(slot, head, 0);
			return 0;
		}
		journal_say(slot, head, n, JOURNAL_TRYING);
		FAULT_RING(r, "put-try");
	} while (unlikely(!__atomic_compare_exchange_n(&r->prod.head, &head, head + n, 0,
			__ATOMIC_RELEASE, __ATOMIC_ACQUIRE)));
	FAULT_RING(r, "put-moved");
	journal_say(slot, head, n, JOURNAL_GOT);
	FAULT_RING(r, "put-head");
	ring_copy_in(r, head, objs, n);
	if (cache != NULL)
		cache->len = 0;
	FAULT_RING(r, "put-tail");
	ring_move_tail(&r->prod, head, n);
	FAULT_RING(r, "put-done");
	journal_idle(slot, head, n);
	return n;
}

static inline uint32_t
ring_take_many(struct rte_ring *r, void **objs, uint32_t n, enum rte_ring_queue_behavior behavior)
{
	struct journal_slot *slot = journal_slot();
	const uint32_t wanted = n;
	uint32_t head, count;

	__atomic_store_n(&slot->ring, (uintptr_t)r | 1, __ATOMIC_RELAXED);
	head = __atomic_load_n(&r->cons.head, __ATOMIC_ACQUIRE);
	do {
		n = wanted;
		count = __atomic_load_n(&r->prod.tail, __ATOMIC_ACQUIRE) - head;
		if (n > count)
			n = behavior == RTE_RING_QUEUE_FIXED ? 0 : count;
		if (unlikely(n == 0)) {
			journal_idle(slot, head, 0);
			return 0;
		}
		journal_say(slot, head, n, JOURNAL_TRYING);
		FAULT_RING(r, "take-try");
	} while (unlikely(!__atomic_compare_exchange_n(&r->cons.head, &head, head + n, 0,
			__ATOMIC_RELEASE, __ATOMIC_ACQUIRE)));
	FAULT_RING(r, "take-moved");
	journal_say(slot, head, n, JOURNAL_GOT);
	FAULT_RING(r, "take-head");
	ring_copy_out(r, head, objs, n);
	FAULT_RING(r, "take-tail");
	ring_move_tail(&r->cons, head, n);
	FAULT_RING(r, "take-done");
	journal_idle(slot, head, n);
	return n;
}

#endif
