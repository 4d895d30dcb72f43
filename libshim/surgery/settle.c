/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Empties the mempool cache of an lcore whose process was killed.
 *
 * A put raises the cache's length and copies after that, so the last objects of the cache may be
 * old entries, whose objects are elsewhere by now. And where DPDK's own code flushes a full cache,
 * its objects are in the ring for a moment and still count in the cache. So the dead process's
 * cache is emptied before another process uses that lcore. Objects that were certainly in the cache
 * only are given back to the ring. Those that may be in a second place are not, until an audit
 * shows where each object is.
 *
 * A cache may have been in a flush only when it was full, or nearly. An application that calls
 * rte_mempool_cache_flush() itself flushes at any length, which cannot be known afterwards.
 *
 * A get lowers the length first, and takes objects from the top, so it leaves no doubt. The objects
 * that the dead process had taken are found nowhere, and are for the audit too.
 *
 * No thread uses the cache meanwhile: its own is dead, and the next process on the lcore waits
 * until this is done. Others use the pool. The process that does this may be killed too: the
 * objects in its hands are then nowhere, and never in two places.
 *
 * Read against rte_mempool.h of DPDK 22.11 to 25.11.
 */

#include <errno.h>
#include <string.h>

#include <rte_mempool.h>

#include "shim.h"

/*
 * largest: the most objects that the dead process put at once. flushes: it flushed by DPDK's own
 * code, which empties the cache after the put and not during it. objs: room for
 * shim_mempool_cache_room() objects. Returns how many objects of the cache are certainly in no
 * other place; doubtful: how many others it had.
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
	/* from now on only the caller has them */
	__atomic_store_n(&cache->len, 0, __ATOMIC_SEQ_CST);
	*doubtful = len - sure;
	return (int)sure;
}

/* The most objects of a cache. */
uint32_t
shim_mempool_cache_room(void)
{
	return RTE_DIM(((struct rte_mempool_cache *)NULL)->objs);
}
