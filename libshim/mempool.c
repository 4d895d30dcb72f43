/* SPDX-License-Identifier: BSD-3-Clause */

/* rte_mempool.h */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mempool.h>
#include <rte_ring.h>

#include "handles.h"
#include "bounds.h"
#include "pool_ops.h"
#include "pool_ring.h"
#include "shim.h"
#include "text.h"

int
pool_free(void *object)
{
	rte_mempool_free(object);
	return 0;
}

bool
pool_fits(uint32_t n, uint32_t elt_size, uint32_t private_size, uint32_t flags)
{
	struct rte_mempool_objsz size;

	rte_mempool_calc_obj_size(elt_size, flags, &size);
	return n <= RING_MAX_EXACT && size.elt_size >= elt_size && size.total_size >= size.elt_size &&
		private_size <= UINT32_MAX - RTE_MEMPOOL_ALIGN &&
		(uint64_t)n * size.total_size <= MEMORY_MAX;
}

int
shim_mempool_create(const char *name, uint32_t n, uint32_t elt_size, uint32_t cache_size,
		uint32_t private_size, int socket, uint32_t flags, uint64_t *out)
{
	struct rte_mempool *mp;
	int ret;

	/* its index into the table of operations would be this process's, not the primary's */
	if (rte_eal_process_type() == RTE_PROC_SECONDARY)
		return -E_RTE_SECONDARY;
	if (!pool_fits(n, elt_size, private_size, flags))
		return -ENOMEM;
	handles_lock();
	mp = rte_mempool_create(name, n, elt_size, cache_size, private_size,
			NULL, NULL, NULL, NULL, socket, flags);
	/* left by the freeing of a pool that got no memory */
	if (mp == NULL && rte_errno == ENOENT)
		rte_errno = ENOMEM;
	ret = handle_add(mp, pool_free, rte_errno, out);
	handles_unlock();
	return ret;
}

int
shim_mempool_name(struct rte_mempool *mp, char *text, uint32_t len)
{
	return shim_text(mp->name, text, len);
}

int
shim_mempool_ops_name(struct rte_mempool *mp, char *text, uint32_t len)
{
	return shim_text(pool_ops_name(mp), text, len);
}

/* The operations that a pool on this ring must have, by how the ring synchronises. */
const char *
pool_ring_ops(const struct rte_ring *r)
{
	static const struct {
		enum rte_ring_sync_type prod, cons;
		const char *ops;
	} kinds[] = {
		{ RTE_RING_SYNC_MT, RTE_RING_SYNC_MT, "ring_mp_mc" },
		{ RTE_RING_SYNC_ST, RTE_RING_SYNC_ST, "ring_sp_sc" },
		{ RTE_RING_SYNC_MT, RTE_RING_SYNC_ST, "ring_mp_sc" },
		{ RTE_RING_SYNC_ST, RTE_RING_SYNC_MT, "ring_sp_mc" },
		{ RTE_RING_SYNC_MT_RTS, RTE_RING_SYNC_MT_RTS, "ring_mt_rts" },
		{ RTE_RING_SYNC_MT_HTS, RTE_RING_SYNC_MT_HTS, "ring_mt_hts" },
	};
	size_t i;

	for (i = 0; i < RTE_DIM(kinds); i++)
		if (r->prod.sync_type == kinds[i].prod && r->cons.sync_type == kinds[i].cons)
			return kinds[i].ops;
	return "";
}

/*
 * A pool carries an index into a table of operations that each process fills in the
 * order in which it loaded its drivers. Two processes that disagree corrupt memory.
 * A pool on a ring owns one of a known name, which tells what the operation must be;
 * NULL for other pools.
 */
static const char *
wanted_ops_name(const struct rte_mempool *mp)
{
	char name[RTE_RING_NAMESIZE];
	const struct rte_ring *r;

	snprintf(name, sizeof(name), RTE_MEMPOOL_MZ_FORMAT, mp->name);
	r = rte_ring_lookup(name);
	return r != NULL && r == mp->pool_data ? pool_ring_ops(r) : NULL;
}

int
shim_mempool_ops_check(struct rte_mempool *mp)
{
	const char *wanted = wanted_ops_name(mp);
	const char *ops = pool_ops_name(mp);

	if (wanted != NULL)
		return strcmp(ops, wanted) == 0 ? 0 : -EPROTO;
	return ops[0] != '\0' && strncmp(ops, "ring_", strlen("ring_")) != 0 ? 0 : -EPROTO;
}

/* The name of an entry in this process's table, -ENOENT behind its end. */
int
shim_mempool_ops_table(uint32_t index, char *text, uint32_t len)
{
	if (index >= rte_mempool_ops_table.num_ops)
		return -ENOENT;
	return shim_text(rte_mempool_ops_table.ops[index].name, text, len);
}

/*
 * Where this process's table disagrees with the creator's, put the wanted entry where
 * the pool's index points. No entry that a pool relies on moves: what a pool's index
 * names already is where its creator has it, and a name stands under one index only.
 */
static void
ops_align(const struct rte_mempool *mp)
{
	if (wanted_ops_name(mp) != NULL)
		pool_ops_align(mp, mp->pool_data);
}

/* -EPROTO with *out set where this process lacks the operations that the pool needs. */
int
shim_mempool_lookup(const char *name, uint64_t *out)
{
	struct rte_mempool *mp;
	int ret;

	handles_lock();
	mp = rte_mempool_lookup(name);
	ret = handle_add(mp, pool_free, rte_errno, out);
	handles_unlock();
	if (ret < 0)
		return ret;
	ops_align(mp);
	return shim_mempool_ops_check(mp);
}

uint32_t
shim_mempool_size(struct rte_mempool *mp)
{
	return mp->size;
}

uint32_t
shim_mempool_elt_size(struct rte_mempool *mp)
{
	return mp->elt_size;
}

uint32_t
shim_mempool_cache_size(struct rte_mempool *mp)
{
	return mp->cache_size;
}

uint32_t
shim_mempool_avail_count(struct rte_mempool *mp)
{
	return rte_mempool_avail_count(mp);
}

uint32_t
shim_mempool_in_use_count(struct rte_mempool *mp)
{
	return rte_mempool_in_use_count(mp);
}

uint32_t
shim_mempool_cache_count(struct rte_mempool *mp, uint32_t lcore)
{
	if (mp->cache_size == 0 || lcore >= RTE_MAX_LCORE)
		return 0;
	return mp->local_cache[lcore].len;
}

/* Address and length of each memory chunk, in pairs; returns the number of chunks. */
int
shim_mempool_chunks(struct rte_mempool *mp, uint64_t *pairs, uint32_t len)
{
	struct rte_mempool_memhdr *chunk;
	uint32_t n = 0;

	STAILQ_FOREACH(chunk, &mp->mem_list, next) {
		if (2 * n + 1 < len) {
			pairs[2 * n] = (uintptr_t)chunk->addr;
			pairs[2 * n + 1] = chunk->len;
		}
		n++;
	}
	return (int)n;
}

int
shim_mempool_get(struct rte_mempool *mp, void **objs, uint32_t index)
{
	return rte_mempool_get(mp, &objs[index]);
}

void
shim_mempool_put(struct rte_mempool *mp, void **objs, uint32_t index)
{
	rte_mempool_put(mp, objs[index]);
}

int
shim_mempool_get_bulk(struct rte_mempool *mp, void **objs, uint32_t n)
{
	return rte_mempool_get_bulk(mp, objs, n);
}

void
shim_mempool_put_bulk(struct rte_mempool *mp, void **objs, uint32_t from, uint32_t n)
{
	rte_mempool_put_bulk(mp, &objs[from], n);
}
