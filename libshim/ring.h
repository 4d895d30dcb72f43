/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_RING_H
#define SHIM_RING_H

#include <stdint.h>

#include <rte_branch_prediction.h>
#include <rte_ring.h>

#include "fault.h"
#include "surgery/ring_many.h"

/*
 * Puts and takes of rings with one producer or consumer are rte_ring's own, but for the copy between
 * head and tail: rte_ring.h moves pointer by pointer, memcpy() a cache line at a time, which is more
 * than a call from JavaScript costs. They are put into their callers; those of sides that many use
 * have too many variables for that.
 */

/* In ring.c, for sides that many use: with the journal of surgery/ring_many.h, or RTS and HTS. */
uint32_t ring_put_shared(struct rte_ring *r, void *const *objs, uint32_t n,
		enum rte_ring_queue_behavior behavior);
uint32_t ring_take_shared(struct rte_ring *r, void **objs, uint32_t n,
		enum rte_ring_queue_behavior behavior);

static __rte_always_inline uint32_t
ring_put(struct rte_ring *r, void *const *objs, uint32_t n,
		enum rte_ring_queue_behavior behavior)
{
	uint32_t head, next, room;

	if (r->prod.sync_type != RTE_RING_SYNC_ST)
		return ring_put_shared(r, objs, n, behavior);
	n = __rte_ring_move_prod_head(r, 1, n, behavior, &head, &next, &room);
	if (n != 0) {
		FAULT_RING(r, "put-head");
		ring_copy_in(r, head, objs, n);
		FAULT_RING(r, "put-tail");
		__rte_ring_update_tail(&r->prod, head, next, 1, 1);
		FAULT_RING(r, "put-done");
	}
	return n;
}

static __rte_always_inline uint32_t
ring_take(struct rte_ring *r, void **objs, uint32_t n, enum rte_ring_queue_behavior behavior)
{
	uint32_t head, next, count;

	if (r->cons.sync_type != RTE_RING_SYNC_ST)
		return ring_take_shared(r, objs, n, behavior);
	n = __rte_ring_move_cons_head(r, 1, n, behavior, &head, &next, &count);
	if (n != 0) {
		FAULT_RING(r, "take-head");
		ring_copy_out(r, head, objs, n);
		FAULT_RING(r, "take-tail");
		__rte_ring_update_tail(&r->cons, head, next, 1, 0);
		FAULT_RING(r, "take-done");
	}
	return n;
}

#endif
