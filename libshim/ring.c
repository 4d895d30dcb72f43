/* SPDX-License-Identifier: BSD-3-Clause */

/* rte_ring.h */

#include <errno.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ring.h>

#include "handles.h"
#include "bounds.h"
#include "ring.h"
#include "surgery/ring_side.h"
#include "shim.h"
#include "text.h"

static int
ring_free(void *object)
{
	rte_ring_free(object);
	return 0;
}

int
shim_ring_create(const char *name, uint32_t count, int socket, uint32_t flags, uint64_t *out)
{
	struct rte_ring *r;
	int ret;

	/* above that its size wraps, and rte_ring_create() makes a ring that has no memory */
	if (count > (flags & RING_F_EXACT_SZ ? RING_MAX_EXACT : RING_MAX))
		return -EINVAL;
	handles_lock();
	r = rte_ring_create(name, count, socket, flags);
	ret = handle_add(r, ring_free, rte_errno, out);
	handles_unlock();
	return ret;
}

int
shim_ring_lookup(const char *name, uint64_t *out)
{
	struct rte_ring *r;
	int ret;

	handles_lock();
	r = rte_ring_lookup(name);
	ret = handle_add(r, ring_free, rte_errno, out);
	handles_unlock();
	return ret;
}

void
shim_ring_reset(struct rte_ring *r)
{
	rte_ring_reset(r);
}

/* Counts a handle of a ring that was listed, so that it stays. */
int
shim_ring_hold(struct rte_ring *r)
{
	uint64_t out;
	int ret;

	handles_lock();
	ret = handle_add(r, ring_free, 0, &out);
	handles_unlock();
	return ret;
}

/* Whether a side is between head and tail at this instant; for good, if its user is dead. */
int
shim_ring_torn(struct rte_ring *r)
{
	return ring_side_torn(ring_prod(r)) || ring_side_torn(ring_cons(r));
}

/*
 * A side of a ring left between head and tail by a killed process lets every later user
 * of that side wait for ever, and the other side finds the ring full or empty. Nobody
 * may use the side meanwhile. What the dead one was moving is in neither place then.
 */
int
shim_ring_repair(struct rte_ring *r, uint32_t producer, uint32_t consumer)
{
	int torn = 0;

	if (producer && ring_side_torn(ring_prod(r))) {
		ring_prod_mend(r);
		torn = 1;
	}
	if (consumer && ring_side_torn(ring_cons(r))) {
		ring_cons_mend(r);
		torn = 1;
	}
	return torn;
}

int
shim_ring_name(struct rte_ring *r, char *text, uint32_t len)
{
	return shim_text(r->name, text, len);
}

uint32_t
shim_ring_flags(struct rte_ring *r)
{
	return (uint32_t)r->flags;
}

uint32_t
shim_ring_capacity(struct rte_ring *r)
{
	return rte_ring_get_capacity(r);
}

uint32_t
shim_ring_count(struct rte_ring *r)
{
	return rte_ring_count(r);
}

uint32_t
shim_ring_free_count(struct rte_ring *r)
{
	return rte_ring_free_count(r);
}

/* Copies the oldest objects, and takes none: a consumer may take them meanwhile. */
uint32_t
shim_ring_peek(struct rte_ring *r, void **objs, uint32_t n)
{
	uint32_t first = ring_first(r);
	uint32_t count = ring_end(r) - first;

	/* another consumer went on between the two reads */
	if (count > r->capacity)
		return 0;
	n = RTE_MIN(n, count);
	ring_copy_out(r, first, objs, n);
	return n;
}

uint32_t
ring_put_shared(struct rte_ring *r, void *const *objs, uint32_t n,
		enum rte_ring_queue_behavior behavior)
{
	if (r->prod.sync_type == RTE_RING_SYNC_MT)
		return ring_put_many(r, objs, n, behavior, NULL);
	if (behavior == RTE_RING_QUEUE_FIXED)
		return rte_ring_enqueue_bulk(r, objs, n, NULL);
	return rte_ring_enqueue_burst(r, objs, n, NULL);
}

uint32_t
ring_take_shared(struct rte_ring *r, void **objs, uint32_t n,
		enum rte_ring_queue_behavior behavior)
{
	if (r->cons.sync_type == RTE_RING_SYNC_MT)
		return ring_take_many(r, objs, n, behavior);
	if (behavior == RTE_RING_QUEUE_FIXED)
		return rte_ring_dequeue_bulk(r, objs, n, NULL);
	return rte_ring_dequeue_burst(r, objs, n, NULL);
}

uint32_t
shim_ring_enqueue_bulk(struct rte_ring *r, void **objs, uint32_t from, uint32_t n)
{
	return ring_put(r, &objs[from], n, RTE_RING_QUEUE_FIXED);
}

uint32_t
shim_ring_dequeue_bulk(struct rte_ring *r, void **objs, uint32_t n)
{
	return ring_take(r, objs, n, RTE_RING_QUEUE_FIXED);
}

uint32_t
shim_ring_enqueue_burst(struct rte_ring *r, void **objs, uint32_t from, uint32_t n)
{
	return ring_put(r, &objs[from], n, RTE_RING_QUEUE_VARIABLE);
}

uint32_t
shim_ring_dequeue_burst(struct rte_ring *r, void **objs, uint32_t n)
{
	return ring_take(r, objs, n, RTE_RING_QUEUE_VARIABLE);
}

int
shim_ring_enqueue(struct rte_ring *r, void **objs, uint32_t index)
{
	return shim_ring_enqueue_bulk(r, objs, index, 1) == 1 ? 0 : -ENOBUFS;
}

int
shim_ring_dequeue(struct rte_ring *r, void **objs, uint32_t index)
{
	return shim_ring_dequeue_bulk(r, &objs[index], 1) == 1 ? 0 : -ENOENT;
}
