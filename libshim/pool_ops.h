/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_POOL_OPS_H
#define SHIM_POOL_OPS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Put the operations of these names, each with its NUL, at the first indexes of this process's
 * table, as far as it has them. Before any pool is used.
 */
void pool_ops_order(const char *names, uint32_t count);

/*
 * Whether n elements of this size are a pool that EAL could ever have. rte_mempool_create() computes
 * in 32 bits: above that an element's size wraps to nearly nothing, or its ring has no memory.
 */
bool pool_fits(uint32_t n, uint32_t elt_size, uint32_t private_size, uint32_t flags);

struct rte_mempool;
struct rte_ring;

/* The operations that a pool with its elements in this ring has. */
const char *pool_ring_ops(const struct rte_ring *r);
/* Put them where the pool's index points in this process's table. */
void pool_ops_align(const struct rte_mempool *mp, const struct rte_ring *r);

/* For handle_add(). */
int pool_free(void *object);

#endif
