/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * The sides of a ring: head and tail of each of the ways to synchronise.
 *
 * Loads acquire and stores release, so that this is right where the machine orders plain ones
 * less than x86 does; there it costs nothing. Head and tail that lie in one word are read at once.
 */

#ifndef RING_SIDE_H
#define RING_SIDE_H

#include <stdbool.h>

#include <rte_ring.h>

/* In rte_ring.h, sync_type lies at the same place in all three. */
union ring_side {
	struct rte_ring_headtail ht;
	struct rte_ring_hts_headtail hts;
	struct rte_ring_rts_headtail rts;
};

static inline union ring_side *
ring_prod(struct rte_ring *r)
{
	return (union ring_side *)(void *)&r->prod;
}

static inline union ring_side *
ring_cons(struct rte_ring *r)
{
	return (union ring_side *)(void *)&r->cons;
}

#define ring_side_load(word) __atomic_load_n(&(word), __ATOMIC_ACQUIRE)
#define ring_side_store(word, value) __atomic_store_n(&(word), value, __ATOMIC_RELEASE)

static inline bool
ring_side_torn(const union ring_side *side)
{
	switch (side->ht.sync_type) {
	case RTE_RING_SYNC_MT_HTS: {
		union __rte_ring_hts_pos ht;

		ht.raw = ring_side_load(side->hts.ht.raw);
		return ht.pos.head != ht.pos.tail;
	}
	case RTE_RING_SYNC_MT_RTS:
		return ring_side_load(side->rts.tail.raw) != ring_side_load(side->rts.head.raw);
	default:
		return ring_side_load(side->ht.tail) != ring_side_load(side->ht.head);
	}
}

/* Undoes a put that was not finished. */
static inline void
ring_prod_mend(struct rte_ring *r)
{
	union ring_side *side = ring_prod(r);

	switch (side->ht.sync_type) {
	case RTE_RING_SYNC_MT_HTS:
		ring_side_store(side->hts.ht.pos.head, side->hts.ht.pos.tail);
		break;
	case RTE_RING_SYNC_MT_RTS:
		ring_side_store(side->rts.head.raw, side->rts.tail.raw);
		break;
	default:
		ring_side_store(side->ht.head, side->ht.tail);
	}
}

/* Finishes a take that was not finished: the dead thread may have had the objects already. */
static inline void
ring_cons_mend(struct rte_ring *r)
{
	union ring_side *side = ring_cons(r);

	switch (side->ht.sync_type) {
	case RTE_RING_SYNC_MT_HTS:
		ring_side_store(side->hts.ht.pos.tail, side->hts.ht.pos.head);
		break;
	case RTE_RING_SYNC_MT_RTS:
		ring_side_store(side->rts.tail.raw, side->rts.head.raw);
		break;
	default:
		ring_side_store(side->ht.tail, side->ht.head);
	}
}

/* Where the objects in a ring begin, or will begin once it is mended. */
static inline uint32_t
ring_first(struct rte_ring *r)
{
	const union ring_side *side = ring_cons(r);

	switch (side->ht.sync_type) {
	case RTE_RING_SYNC_MT_HTS:
		return ring_side_load(side->hts.ht.pos.head);
	case RTE_RING_SYNC_MT_RTS:
		return ring_side_load(side->rts.head.val.pos);
	default:
		return ring_side_load(side->ht.head);
	}
}

/* Where the objects in a ring end; rte_ring.h has all tails in one place. */
static inline uint32_t
ring_end(const struct rte_ring *r)
{
	return ring_side_load(r->prod.tail);
}

#endif
