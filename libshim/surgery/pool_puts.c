/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * The operations ring_mp_mc of mempools, with the journal.
 *
 * A pool's ring is used wherever DPDK's inline functions are compiled in: in drivers, in
 * libraries, in the shim. All of them reach it through rte_mempool_ops_table, which each process
 * has for itself, so that this is where ours stand in the place of DPDK's. There is an entry of
 * the journal for each flush and fill of a cache, none for what the cache does alone.
 *
 * Read against rte_mempool.h and drivers/mempool/ring of DPDK 22.11 to 25.11.
 */

#include <errno.h>
#include <string.h>

#include <rte_lcore.h>
#include <rte_mempool.h>
#include <rte_ring.h>

#include "fault.h"
#include "surgery/pool_puts.h"
#include "surgery/ring_many.h"

/*
 * This lcore's cache, when all of it is put. What DPDK does when the put returns is to say how
 * many objects the cache has then, so that it may be emptied before.
 */
static inline struct rte_mempool_cache *
flushed_cache(struct rte_mempool *mp, void *const *objs, uint32_t n)
{
	uint32_t lcore = rte_lcore_id();
	struct rte_mempool_cache *cache;

	if (mp->cache_size == 0 || lcore >= RTE_MAX_LCORE)
		return NULL;
	cache = &mp->local_cache[lcore];
	return objs == cache->objs && n == cache->len ? cache : NULL;
}

static int
pool_puts_put(struct rte_mempool *mp, void *const *objs, unsigned int n)
{
	if (ring_put_many(mp->pool_data, objs, n, RTE_RING_QUEUE_FIXED,
			flushed_cache(mp, objs, n)) == 0)
		return -ENOBUFS;
	FAULT("cache-flushed");
	return 0;
}

static int
pool_puts_get(struct rte_mempool *mp, void **objs, unsigned int n)
{
	if (ring_take_many(mp->pool_data, objs, n, RTE_RING_QUEUE_FIXED) == 0)
		return -ENOBUFS;
	FAULT("cache-refilled");
	return 0;
}

void
pool_puts_install(void)
{
	uint32_t i;

	rte_spinlock_lock(&rte_mempool_ops_table.sl);
	for (i = 0; i < rte_mempool_ops_table.num_ops; i++) {
		struct rte_mempool_ops *ops = &rte_mempool_ops_table.ops[i];

		if (strcmp(ops->name, "ring_mp_mc") != 0)
			continue;
		ops->enqueue = pool_puts_put;
		ops->dequeue = pool_puts_get;
	}
	rte_spinlock_unlock(&rte_mempool_ops_table.sl);
}
