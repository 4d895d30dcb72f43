/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * All rings, mempools and memzones, copied at one instant.
 *
 * A process that looks owns none of the objects. When another process frees one, it leaves its list
 * first, under the list's lock, and is unmapped here soon after. So an object is only read while
 * that lock is held, and a pointer in it is only followed to an object that is itself in a list.
 * The lock keeps other processes from creating and freeing objects meanwhile, and from nothing
 * else. No function that takes it may be called here: a writer that waits between two readers'
 * locks makes the second one wait for ever.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_eal_memconfig.h>
#include <rte_mempool.h>
#include <rte_memzone.h>
#include <rte_ring.h>
#include <rte_tailq.h>

#include "memzone.h"
#include "pool_ops.h"
#include "pool_ring.h"
#include "shim.h"

#define LOOK_POOLS "RTE_MEMPOOL"

/* A tail queue of the shared configuration; empty where it does not exist. */
static struct rte_tailq_entry_head *
look_list(const char *name)
{
	static struct rte_tailq_entry_head none = TAILQ_HEAD_INITIALIZER(none);
	struct rte_tailq_head *head = rte_eal_tailq_lookup(name);

	return head != NULL ? (struct rte_tailq_entry_head *)&head->tailq_head : &none;
}

static void
look_name(char *to, const char *name)
{
	snprintf(to, SHIM_NAME, "%s", name);
}

int
shim_ring_list(struct shim_ring_info *infos, uint32_t len)
{
	struct rte_tailq_entry *entry;
	uint32_t n = 0;

	rte_mcfg_tailq_read_lock();
	TAILQ_FOREACH(entry, look_list(RTE_TAILQ_RING_NAME), next) {
		const struct rte_ring *r = entry->data;

		if (n < len) {
			infos[n] = (struct shim_ring_info){
				.address = (uintptr_t)r,
				.used = rte_ring_count(r),
				.capacity = rte_ring_get_capacity(r),
				.flags = (uint32_t)r->flags,
			};
			look_name(infos[n].name, r->name);
		}
		n++;
	}
	rte_mcfg_tailq_read_unlock();
	return (int)n;
}

/* The ring that a pool keeps its elements in; NULL without one, or while the pool is being made. */
static const struct rte_ring *
look_pool_ring(const struct rte_mempool *mp)
{
	char name[RTE_RING_NAMESIZE];
	struct rte_tailq_entry *entry;

	snprintf(name, sizeof(name), RTE_MEMPOOL_MZ_FORMAT, mp->name);
	TAILQ_FOREACH(entry, look_list(RTE_TAILQ_RING_NAME), next) {
		const struct rte_ring *r = entry->data;

		if (r == mp->pool_data && strcmp(r->name, name) == 0)
			return r;
	}
	return NULL;
}

/* Free elements without those in caches; UINT64_MAX where this process cannot tell. */
static uint64_t
look_common(const struct rte_mempool *mp, const struct rte_ring *r, uint64_t cached)
{
	const char *ops = pool_ops_name(mp);
	uint64_t available;

	if (r != NULL)
		return rte_ring_count(r);
	if (mp->pool_data == NULL || (mp->flags & RTE_MEMPOOL_F_POOL_CREATED) == 0 ||
			ops[0] == '\0' || strncmp(ops, "ring_", strlen("ring_")) == 0)
		return UINT64_MAX;
	available = rte_mempool_avail_count(mp);
	return available - RTE_MIN(available, cached);
}

/* cached: of each pool, for each lcore there can be, what its cache has. */
int
shim_mempool_list(struct shim_mempool_info *infos, uint32_t *cached, uint32_t len)
{
	struct rte_tailq_entry *entry;
	uint32_t lcore, n = 0;

	rte_mcfg_tailq_read_lock();
	TAILQ_FOREACH(entry, look_list(LOOK_POOLS), next) {
		const struct rte_mempool *mp = entry->data;

		if (n < len) {
			const struct rte_ring *r = look_pool_ring(mp);
			const char *ops = r != NULL ? pool_ring_ops(r) : pool_ops_name(mp);
			uint32_t *caches = &cached[n * RTE_MAX_LCORE];
			uint64_t all = 0, common;

			for (lcore = 0; lcore < RTE_MAX_LCORE; lcore++) {
				caches[lcore] =
					mp->cache_size > 0 ? mp->local_cache[lcore].len : 0;
				all += caches[lcore];
			}
			common = look_common(mp, r, all);
			infos[n] = (struct shim_mempool_info){
				.size = mp->size,
				.elt_size = mp->elt_size,
				.cache_size = mp->cache_size,
				/* caches and ring change while they are added up */
				.available = common == UINT64_MAX ? UINT32_MAX :
					(uint32_t)RTE_MIN(common + all, (uint64_t)mp->size),
			};
			look_name(infos[n].name, mp->name);
			look_name(infos[n].ops, ops);
		}
		n++;
	}
	rte_mcfg_tailq_read_unlock();
	return (int)n;
}

struct look_walk {
	struct shim_memzone_info *infos;
	uint32_t len;
	uint32_t n;
};

static void
look_zone(const struct rte_memzone *mz, void *arg)
{
	struct look_walk *walk = arg;

	if (walk->n < walk->len)
		memzone_tell(mz, &walk->infos[walk->n]);
	walk->n++;
}

int
shim_memzone_list(struct shim_memzone_info *infos, uint32_t len)
{
	struct look_walk walk = { .infos = infos, .len = len };

	rte_memzone_walk(look_zone, &walk);
	return (int)walk.n;
}

/* The audit of a pool that is in the list, with all rings there are; the lock is held. */
static int
look_audit(struct rte_mempool *mp, uint32_t *counts, struct shim_mempool_look *look, char *names,
		uint32_t len)
{
	const struct rte_ring *own = look_pool_ring(mp);
	struct rte_tailq_entry *entry;
	uint64_t *rings, *spare;
	uint32_t n = 0;
	int ret = -ENOMEM;

	TAILQ_FOREACH(entry, look_list(RTE_TAILQ_RING_NAME), next)
		n++;
	if (n > len)
		return (int)n;
	if (own == NULL)
		return -ENOTSUP;
	pool_ops_align(mp, own);
	rings = calloc((size_t)n + 1, sizeof(*rings));
	spare = calloc((size_t)mp->size + 1, sizeof(*spare));
	if (rings != NULL && spare != NULL) {
		n = 0;
		TAILQ_FOREACH(entry, look_list(RTE_TAILQ_RING_NAME), next) {
			rings[n] = (uintptr_t)entry->data;
			look_name(&names[n++ * SHIM_NAME],
				((const struct rte_ring *)entry->data)->name);
		}
		look->size = mp->size;
		look->torn = (uint32_t)shim_mempool_torn(mp);
		ret = shim_mempool_audit(mp, rings, n, NULL, 0, counts, spare);
	}
	free(rings);
	free(spare);
	return ret < 0 ? ret : (int)n;
}

/*
 * shim_mempool_audit() of a pool that is another process's, with all rings there are.
 * counts: as there, with room for len rings. names: of the rings, SHIM_NAME bytes each. Returns
 * how many rings there are; nothing is counted where that is more than len.
 */
int
shim_mempool_look(const char *name, uint32_t *counts, struct shim_mempool_look *look, char *names,
		uint32_t len)
{
	struct rte_tailq_entry *entry;
	int ret = -ENOENT;

	rte_mcfg_tailq_read_lock();
	TAILQ_FOREACH(entry, look_list(LOOK_POOLS), next) {
		struct rte_mempool *mp = entry->data;

		if (strcmp(mp->name, name) != 0)
			continue;
		ret = look_audit(mp, counts, look, names, len);
		break;
	}
	rte_mcfg_tailq_read_unlock();
	return ret;
}
