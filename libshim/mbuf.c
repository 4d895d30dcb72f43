/* SPDX-License-Identifier: BSD-3-Clause */

/* rte_mbuf.h */

#include <errno.h>
#include <stddef.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mbuf.h>

#include "handles.h"
#include "pool_ops.h"
#include "shim.h"

int
shim_pktmbuf_pool_create(const char *name, uint32_t n, uint32_t cache_size, uint32_t priv_size,
		uint32_t data_room_size, int socket, uint64_t *out)
{
	struct rte_mempool *mp;
	int ret;

	/* as for shim_mempool_create() */
	if (rte_eal_process_type() == RTE_PROC_SECONDARY)
		return -E_RTE_SECONDARY;
	if (!pool_fits(n, (uint32_t)sizeof(struct rte_mbuf) + priv_size + data_room_size, 0, 0))
		return -ENOMEM;
	handles_lock();
	mp = rte_pktmbuf_pool_create(name, n, cache_size, (uint16_t)priv_size,
			(uint16_t)data_room_size, socket);
	ret = handle_add(mp, pool_free, rte_errno, out);
	handles_unlock();
	return ret;
}

/* A pool of packets has its sizes in its private data, and elements that fit them. */
int
shim_pktmbuf_pool_check(struct rte_mempool *mp)
{
	const struct rte_pktmbuf_pool_private *sizes;
	size_t room;

	if (mp->private_data_size < sizeof(*sizes))
		return -EINVAL;
	sizes = rte_mempool_get_priv(mp);
	room = sizeof(struct rte_mbuf) + sizes->mbuf_priv_size + sizes->mbuf_data_room_size;
	return mp->elt_size >= room ? sizes->mbuf_data_room_size : -EINVAL;
}

/* Take the packets of a pool that is freed off a table; returns how many others there are. */
uint32_t
shim_pktmbuf_forget(struct rte_mempool *mp, void **objs, uint32_t n)
{
	uint32_t i, left = 0;

	for (i = 0; i < n; i++)
		if (((struct rte_mbuf *)objs[i])->pool != mp)
			objs[left++] = objs[i];
	return left;
}

int
shim_pktmbuf_alloc_bulk(struct rte_mempool *mp, void **objs, uint32_t n)
{
	return rte_pktmbuf_alloc_bulk(mp, (struct rte_mbuf **)objs, n);
}

void
shim_pktmbuf_free_bulk(void **objs, uint32_t from, uint32_t n)
{
	rte_pktmbuf_free_bulk((struct rte_mbuf **)&objs[from], n);
}

void
shim_mbuf_layout(struct shim_mbuf_layout *layout)
{
	*layout = (struct shim_mbuf_layout){
		.size = sizeof(struct rte_mbuf),
		.buf_addr = offsetof(struct rte_mbuf, buf_addr),
		.data_off = offsetof(struct rte_mbuf, data_off),
		.nb_segs = offsetof(struct rte_mbuf, nb_segs),
		.port = offsetof(struct rte_mbuf, port),
		.ol_flags = offsetof(struct rte_mbuf, ol_flags),
		.pkt_len = offsetof(struct rte_mbuf, pkt_len),
		.data_len = offsetof(struct rte_mbuf, data_len),
		.vlan_tci = offsetof(struct rte_mbuf, vlan_tci),
		.rss_hash = offsetof(struct rte_mbuf, hash.rss),
		.buf_len = offsetof(struct rte_mbuf, buf_len),
		.next = offsetof(struct rte_mbuf, next),
		.pool = offsetof(struct rte_mbuf, pool),
	};
}
