/* SPDX-License-Identifier: BSD-3-Clause */

/* The ring that a mempool keeps its elements in. */

#ifndef POOL_RING_H
#define POOL_RING_H

#include <stddef.h>
#include <string.h>

#include <rte_mempool.h>
#include <rte_ring.h>

/* Name of the operations that this process has under the pool's index; "" for none. */
static inline const char *
pool_ops_name(const struct rte_mempool *mp)
{
	if (mp->ops_index < 0 || mp->ops_index >= (int)rte_mempool_ops_table.num_ops)
		return "";
	return rte_mempool_ops_table.ops[mp->ops_index].name;
}

/* NULL for a pool on other operations, as stack or bucket. */
static inline struct rte_ring *
pool_ring(const struct rte_mempool *mp)
{
	return strncmp(pool_ops_name(mp), "ring_", strlen("ring_")) == 0 ? mp->pool_data : NULL;
}

#endif
