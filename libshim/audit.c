/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Where is each element of a mempool? DPDK's rte_mempool_audit() checks cookies and
 * panics; this one finds what a killed process held, and gives it back.
 *
 * Exact only while nobody uses the pool or the rings: the callers see to that.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_memzone.h>
#include <rte_ring.h>

#include "pool_ring.h"
#include "surgery/ring_side.h"
#include "shim.h"

struct audit {
	uintptr_t *elements; /* ascending */
	bool *seen;
	uint32_t n;
	bool packets;       /* elements are mbufs, which may be chained */
	uint32_t strangers; /* pointers that are no element, or stand in a second place */
};

static void
audit_element(struct rte_mempool *mp, void *arg, void *obj, unsigned int index)
{
	struct audit *audit = arg;

	(void)mp;
	(void)index;
	audit->elements[audit->n++] = (uintptr_t)obj;
}

static int
compare(const void *a, const void *b)
{
	uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;

	return (x > y) - (x < y);
}

/* Whether elements are mbufs: a pool without room for data has none of its own to chain. */
static bool
holds_packets(struct rte_mempool *mp)
{
	return shim_pktmbuf_pool_check(mp) > 0;
}

static int
audit_begin(struct audit *audit, struct rte_mempool *mp)
{
	uint32_t i;

	memset(audit, 0, sizeof(*audit));
	audit->elements = malloc(mp->size * sizeof(*audit->elements));
	audit->seen = calloc(mp->size, sizeof(*audit->seen));
	if (audit->elements == NULL || audit->seen == NULL)
		return -ENOMEM;
	audit->packets = holds_packets(mp);
	rte_mempool_obj_iter(mp, audit_element, audit);
	/* they are in order where the pool has one piece of memory, or pieces that ascend */
	for (i = 1; i < audit->n && audit->elements[i - 1] < audit->elements[i]; i++)
		;
	if (i < audit->n)
		qsort(audit->elements, audit->n, sizeof(*audit->elements), compare);
	return 0;
}

static void
audit_end(struct audit *audit)
{
	free(audit->elements);
	free(audit->seen);
}

/* The mark of an element; NULL when the pointer is none. */
static bool *
audit_mark(struct audit *audit, const void *obj)
{
	uintptr_t key = (uintptr_t)obj;
	const uintptr_t *found = bsearch(&key, audit->elements, audit->n, sizeof(key), compare);

	return found != NULL ? &audit->seen[found - audit->elements] : NULL;
}

/* An element in a place that holds only elements, each once. */
static bool
audit_see(struct audit *audit, const void *obj)
{
	bool *mark = audit_mark(audit, obj);

	if (mark == NULL || *mark) {
		audit->strangers++;
		return false;
	}
	*mark = true;
	return true;
}

/* An object in a place that may hold anything, with all segments of a packet. */
static uint32_t
audit_see_any(struct audit *audit, const void *obj, bool once)
{
	bool *mark = audit_mark(audit, obj);
	uint32_t n = 0;

	if (mark != NULL && *mark && once)
		audit->strangers++;
	for (; mark != NULL && !*mark; mark = audit_mark(audit, obj)) {
		*mark = true;
		n++;
		if (!audit->packets)
			break;
		obj = ((const struct rte_mbuf *)obj)->next;
	}
	return n;
}

static uint32_t
audit_common(struct audit *audit, struct rte_ring *r)
{
	void *const *slots = (void *const *)&r[1];
	uint32_t i, n = 0, left = ring_end(r) - ring_first(r);

	for (i = ring_first(r); left > 0 && left <= r->size; left--, i++)
		n += audit_see(audit, slots[i & r->mask]);
	return n;
}

static uint32_t
audit_ring(struct audit *audit, struct rte_ring *r)
{
	void *const *slots = (void *const *)&r[1];
	uint32_t i, n = 0, left = ring_end(r) - ring_first(r);

	/* rte_ring_elem.h: a ring of anything but pointers has another length */
	if (r->memzone == NULL || r->memzone->len != (size_t)rte_ring_get_memsize(r->size))
		return 0;
	for (i = ring_first(r); left > 0 && left <= r->size; left--, i++)
		n += audit_see_any(audit, slots[i & r->mask], true);
	return n;
}

/* An entry that a put cut short left in a cache is no element, or not the cache's. */
static uint32_t
audit_cache(struct audit *audit, const struct rte_mempool_cache *cache, uint64_t *spare)
{
	uint32_t i, n = 0;

	for (i = 0; i < cache->len && i < RTE_DIM(cache->objs); i++) {
		if (audit_see(audit, cache->objs[i]))
			spare[n++] = (uintptr_t)cache->objs[i];
	}
	return n;
}

int
shim_mempool_torn(struct rte_mempool *mp)
{
	struct rte_ring *r = pool_ring(mp);

	return r != NULL ? shim_ring_torn(r) : 0;
}

int
shim_mempool_repair(struct rte_mempool *mp)
{
	struct rte_ring *r = pool_ring(mp);

	return r != NULL ? shim_ring_repair(r, 1, 1) : -ENOTSUP;
}

/* 1 when somebody is in the middle of a put, and where; for good, if that one is dead. */
int
shim_mempool_put_stuck(struct rte_mempool *mp, uint32_t *tail)
{
	struct rte_ring *r = pool_ring(mp);

	if (r == NULL || r->prod.sync_type != RTE_RING_SYNC_MT)
		return 0;
	*tail = __atomic_load_n(&r->prod.tail, __ATOMIC_ACQUIRE);
	return __atomic_load_n(&r->prod.head, __ATOMIC_ACQUIRE) != *tail;
}

/*
 * Do what a killed process was about to do when it had room for the elements of its full
 * cache but had not said that they are there. The cache still has them all, so that others
 * that are waiting behind it in this very moment go on as if it lived.
 *
 * lcore: the dead one's. tail: where all are stuck. Returns the number of elements; 0 when
 * this cannot be what it was doing.
 */
int
shim_mempool_put_finish(struct rte_mempool *mp, uint32_t lcore, uint32_t tail)
{
	struct rte_ring *r = pool_ring(mp);
	struct rte_mempool_cache *cache;
	void **slots;
	uint32_t i, n;

	if (r == NULL || mp->cache_size == 0 || lcore >= RTE_MAX_LCORE)
		return 0;
	cache = &mp->local_cache[lcore];
	slots = (void **)&r[1];
	n = cache->len;
	if (n == 0 || n > RTE_DIM(cache->objs) || n > r->prod.head - tail || r->prod.tail != tail)
		return 0;
	for (i = 0; i < n; i++)
		slots[(tail + i) & r->mask] = cache->objs[i];
	cache->len = 0;
	__atomic_store_n(&r->prod.tail, tail + n, __ATOMIC_RELEASE);
	return (int)n;
}

/*
 * rings: addresses of rings that may hold elements. tables: address and length of each
 * table of objects whose entries a process holds, where they are nowhere else.
 * counts: common pool, tables, nowhere (lost), strangers; RTE_MAX_LCORE caches; rings.
 * spare: for all elements of the pool; those in caches and the lost ones. Returns how
 * many these are.
 */
int
shim_mempool_audit(struct rte_mempool *mp, const uint64_t *rings, uint32_t n_rings,
		const uint64_t *tables, uint32_t n_tables, uint32_t *counts, uint64_t *spare)
{
	struct shim_audit *sums = (struct shim_audit *)counts;
	uint32_t *cached = (uint32_t *)(sums + 1), *queued = &cached[RTE_MAX_LCORE];
	struct rte_ring *common = pool_ring(mp);
	struct audit audit;
	uint32_t i, n = 0;
	int ret;

	if (common == NULL)
		return -ENOTSUP;
	ret = audit_begin(&audit, mp);
	if (ret == 0) {
		memset(counts, 0, (4 + RTE_MAX_LCORE + n_rings) * sizeof(*counts));
		sums->common = audit_common(&audit, common);
		for (i = 0; i < n_rings; i++) {
			struct rte_ring *r = (struct rte_ring *)(uintptr_t)rings[i];

			queued[i] = r != common ? audit_ring(&audit, r) : 0;
		}
		for (i = 0; mp->cache_size > 0 && i < RTE_MAX_LCORE; i++) {
			cached[i] = audit_cache(&audit, &mp->local_cache[i], &spare[n]);
			n += cached[i];
		}
		for (i = 0; i < n_tables; i++) {
			void *const *objs = (void *const *)(uintptr_t)tables[2 * i];
			uint64_t j;

			for (j = 0; j < tables[2 * i + 1]; j++)
				sums->recorded += audit_see_any(&audit, objs[j], false);
		}
		for (i = 0; i < audit.n; i++) {
			if (audit.seen[i])
				continue;
			spare[n++] = audit.elements[i];
			sums->lost++;
		}
		sums->strangers = audit.strangers;
		ret = (int)n;
	}
	audit_end(&audit);
	return ret;
}

/* Free mbufs are single segments of their own with one user; drivers rely on it. */
static void
reset_packet(struct rte_mempool *mp, struct rte_mbuf *m)
{
	if ((rte_pktmbuf_priv_flags(mp) & RTE_PKTMBUF_POOL_F_PINNED_EXT_BUF) == 0) {
		rte_pktmbuf_init(mp, NULL, m, 0);
		return;
	}
	rte_mbuf_refcnt_set(m, 1);
	m->next = NULL;
	m->nb_segs = 1;
}

/*
 * After an audit: mends the pool's ring and these rings, empties the caches, and puts
 * the spare elements into the common pool.
 */
int
shim_mempool_restore(struct rte_mempool *mp, const uint64_t *rings, uint32_t n_rings,
		const uint64_t *spare, uint32_t n)
{
	struct rte_ring *common = pool_ring(mp);
	uint32_t i;

	if (common == NULL)
		return -ENOTSUP;
	shim_ring_repair(common, 1, 1);
	for (i = 0; i < n_rings; i++)
		shim_ring_repair((struct rte_ring *)(uintptr_t)rings[i], 1, 1);
	for (i = 0; mp->cache_size > 0 && i < RTE_MAX_LCORE; i++)
		mp->local_cache[i].len = 0;
	for (i = 0; i < n; i++) {
		void *obj = (void *)(uintptr_t)spare[i];

		if (holds_packets(mp))
			reset_packet(mp, obj);
		if (rte_mempool_ops_enqueue_bulk(mp, &obj, 1) < 0)
			return -ENOBUFS;
	}
	return 0;
}
