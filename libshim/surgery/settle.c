/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * The mempool cache of an lcore whose process was killed.
 *
 * A put raises the cache's length and then copies, so that the last objects may be what was there
 * before: objects that are somewhere else by now. And where DPDK's own code flushes a full cache,
 * all of it is in the ring for a moment and still counts. So the dead one's cache is emptied before
 * anybody uses that lcore again. What surely was the cache's is given back to the ring; of what may
 * be in a second place nothing is, until an audit shows where each object is.
 *
 * That is when it was full, or nearly: a put flushes no other. An application that calls
 * rte_mempool_cache_flush() on its own flushes at any length, which nobody can know afterwards.
 *
 * A get lowers the length first and the objects leave from the top, so it leaves no doubt; what the
 * dead one had taken is nowhere, and the audit's as well.
 *
 * Nobody may use the cache: its thread is dead, and who has the lcore next waits until this is done.
 * Others use the pool meanwhile. Whoever does this may be killed as well: what is in its hands then
 * is nowhere, never in two places.
 *
 * Read against rte_mempool.h of DPDK 22.11 to 25.11.
 */

#include <errno.h>
#include <string.h>

#include <rte_mempool.h>

#include "shim.h"

/*
 * largest: objects that the dead one put at once at most, without doubt. flushes: it flushed by
 * DPDK's own code, which empties the cache after the put and not in it. objs: room for the cache,
 * shim_mempool_cache_room() of it. Returns how many objects of the cache surely are in no other
 * place; doubtful: how many others it had.
 */
int
shim_mempool_cache_take(struct rte_mempool *mp, uint32_t lcore, uint32_t largest,
		uint32_t flushes, uint64_t *objs, uint32_t *doubtful)
{
	struct rte_mempool_cache *cache;
	uint32_t len, sure;

	*doubtful = 0;
	if (lcore >= RTE_MAX_LCORE)
		return -EINVAL;
	if (mp->cache_size == 0)
		return 0;
	cache = &mp->local_cache[lcore];
	len = RTE_MIN(cache->len, (uint32_t)RTE_DIM(cache->objs));
	sure = len > largest ? len - largest : 0;
	/* it may have been flushed, and its length not have been changed yet */
	if (flushes && sure + 2 * (uint64_t)largest > cache->flushthresh)
		sure = 0;
	memcpy(objs, cache->objs, sure * sizeof(*objs));
	/* from now on they are in the caller's hands alone */
	__atomic_store_n(&cache->len, 0, __ATOMIC_SEQ_CST);
	*doubtful = len - sure;
	return (int)sure;
}

/* Objects that a cache has at most. */
uint32_t
shim_mempool_cache_room(void)
{
	return RTE_DIM(((struct rte_mempool_cache *)NULL)->objs);
}
