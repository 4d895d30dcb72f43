/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Where is each element of a mempool? DPDK's rte_mempool_audit() checks cookies and
 * panics; this one finds what a killed process held and gives it back.
 *
 * Valid only while nobody uses the pool or the rings: the callers see to that.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <rte_mempool.h>
#include <rte_ring.h>

#include "shim.h"

struct audit {
	uintptr_t *elements; /* sorted */
	bool *seen;
	uint32_t n;
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

/* True when obj is an element that was not seen before. */
static bool
audit_see(struct audit *audit, const void *obj)
{
	uintptr_t key = (uintptr_t)obj;
	const uintptr_t *found = bsearch(&key, audit->elements, audit->n, sizeof(key), compare);

	if (found == NULL || audit->seen[found - audit->elements]) {
		audit->strangers++;
		return false;
	}
	audit->seen[found - audit->elements] = true;
	return true;
}

static uint32_t
audit_ring(struct audit *audit, const struct rte_ring *r)
{
	void *const *slots = (void *const *)&r[1];
	uint32_t i, n = 0;

	for (i = r->cons.tail; i != r->prod.tail; i++)
		n += audit_see(audit, slots[i & r->mask]);
	return n;
}

/* An entry that a put cut short left in the cache is no element, or not the cache's. */
static uint32_t
audit_cache(struct audit *audit, struct rte_mempool_cache *cache, bool repair)
{
	uint32_t i, n = 0;

	if (cache->len > RTE_DIM(cache->objs))
		return 0;
	for (i = 0; i < cache->len; i++) {
		if (!audit_see(audit, cache->objs[i]))
			continue;
		if (repair)
			cache->objs[n] = cache->objs[i];
		n++;
	}
	if (repair)
		cache->len = n;
	return n;
}

static void
audit_give_back(struct rte_mempool *mp, const struct audit *audit)
{
	uint32_t i;

	for (i = 0; i < audit->n; i++) {
		void *obj = (void *)audit->elements[i];

		if (!audit->seen[i])
			rte_mempool_ops_enqueue_bulk(mp, &obj, 1);
	}
}

int
shim_mempool_torn(struct rte_mempool *mp)
{
	return shim_ring_torn(mp->pool_data);
}

int
shim_mempool_repair(struct rte_mempool *mp)
{
	return shim_ring_repair(mp->pool_data, 1, 1);
}

/*
 * names: n_rings names of rings that may hold elements, each with its NUL.
 * counts: elements in the common pool, in caches, in these rings, nowhere (lost), and
 * pointers that were not what they should be. With repair, the lost ones are free again.
 */
int
shim_mempool_audit(struct rte_mempool *mp, uint32_t n_rings, const char *names,
		uint32_t repair, uint32_t *counts)
{
	struct audit audit = { .n = 0 };
	struct rte_ring *r = mp->pool_data;
	uint32_t i;

	if (shim_mempool_ops_check(mp) < 0)
		return -EPROTO;
	audit.elements = malloc(mp->size * sizeof(*audit.elements));
	audit.seen = calloc(mp->size, sizeof(*audit.seen));
	if (audit.elements == NULL || audit.seen == NULL) {
		free(audit.elements);
		free(audit.seen);
		return -ENOMEM;
	}
	rte_mempool_obj_iter(mp, audit_element, &audit);
	qsort(audit.elements, audit.n, sizeof(*audit.elements), compare);

	memset(counts, 0, 5 * sizeof(*counts));
	if (repair)
		shim_ring_repair(r, 1, 1);
	counts[0] = audit_ring(&audit, r);
	for (i = 0; i < n_rings; i++, names += strlen(names) + 1) {
		r = rte_ring_lookup(names);
		if (r == NULL)
			continue;
		if (repair)
			shim_ring_repair(r, 1, 1);
		counts[2] += audit_ring(&audit, r);
	}
	for (i = 0; mp->cache_size > 0 && i < RTE_MAX_LCORE; i++)
		counts[1] += audit_cache(&audit, &mp->local_cache[i], repair);
	counts[3] = audit.n - counts[0] - counts[1] - counts[2];
	counts[4] = audit.strangers;
	if (repair)
		audit_give_back(mp, &audit);
	free(audit.elements);
	free(audit.seen);
	return 0;
}
