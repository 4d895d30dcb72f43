/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * The order of mempool operations in this process's table.
 *
 * A pool carries an index into a table that each process fills in the order in which it loads its
 * drivers: with Debian's shared DPDK ring_mp_mc is 2, in a static link 0. A process whose table
 * differs from the creator's calls another function than the pool needs, and corrupts memory. So the
 * table of a primary is put into the order that the system's DPDK has, and that of a secondary
 * follows the pools that it looks up. rte_mempool.h has the table as a public symbol, though nobody is
 * meant to move its entries.
 *
 * Read against rte_mempool.h and rte_mempool_ops.c of DPDK 22.11 to 25.11. DENODPDK_POOL_OPS=off turns
 * it off: then a pool whose index means something else here is refused when it is looked up.
 */

#include <string.h>

#include <rte_mempool.h>
#include <rte_ring.h>
#include <rte_spinlock.h>

#include "pool_ops.h"
#include "pool_ring.h"
#include "surgery/surgery.h"

/* Exchange two entries of the table, so that operations of this name stand at index. */
static void
ops_place(const char *name, uint32_t index)
{
	struct rte_mempool_ops *table = rte_mempool_ops_table.ops;
	struct rte_mempool_ops swap;
	uint32_t i;

	if (index >= RTE_MEMPOOL_MAX_OPS_IDX || !surgery_allowed("DENODPDK_POOL_OPS"))
		return;
	rte_spinlock_lock(&rte_mempool_ops_table.sl);
	for (i = 0; i < rte_mempool_ops_table.num_ops; i++) {
		if (strcmp(table[i].name, name) != 0)
			continue;
		swap = table[i];
		table[i] = table[index];
		table[index] = swap;
		if (rte_mempool_ops_table.num_ops <= index)
			rte_mempool_ops_table.num_ops = index + 1;
		break;
	}
	rte_spinlock_unlock(&rte_mempool_ops_table.sl);
}

void
pool_ops_order(const char *names, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		ops_place(names, i);
		names += strlen(names) + 1;
	}
}

void
pool_ops_align(const struct rte_mempool *mp, const struct rte_ring *r)
{
	const char *wanted = pool_ring_ops(r);

	if (mp->ops_index >= 0 && strcmp(pool_ops_name(mp), wanted) != 0)
		ops_place(wanted, (uint32_t)mp->ops_index);
}
