/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_QUEUE_H
#define SHIM_QUEUE_H

/* What every call on a receive or transmit queue does with the packets of a burst. */

#include <stddef.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "burst.h"
#include "fault.h"
#include "shim.h"

/* As ffi/mbuf/layout.ts and ffi/ethdev/layout.ts have them. */
_Static_assert(offsetof(struct shim_packets, objs) == 16, "struct shim_packets");
_Static_assert(offsetof(struct shim_packets, count) == 48, "struct shim_packets");
_Static_assert(offsetof(struct shim_packets, epoch) == 68, "struct shim_packets");
_Static_assert(sizeof(struct shim_packets) == 72, "struct shim_packets");
_Static_assert(offsetof(struct shim_tx_queue, pkts) == 32, "struct shim_tx_queue");
_Static_assert(offsetof(struct shim_tx_queue, queue) == 52, "struct shim_tx_queue");
_Static_assert(sizeof(struct shim_tx_queue) == 56, "struct shim_tx_queue");
_Static_assert(offsetof(struct shim_lane, port) == 24, "struct shim_lane");
_Static_assert(sizeof(struct shim_lane) == 40, "struct shim_lane");
_Static_assert(sizeof(struct shim_turn) == 32, "struct shim_turn");
_Static_assert(offsetof(struct shim_split, to) == 8, "struct shim_split");

/* Where the data of each packet lies, how long its first segment is, and its port. */
static inline void
packets_locate(const struct shim_packets *p, uint32_t n)
{
	const struct shim_burst burst = {
		.base = p->base,
		.len = p->len,
		.objs = p->objs,
		.offsets = p->offsets,
		.lengths = p->lengths,
		.ports = p->ports,
	};

	burst_locate(&burst, n);
}

/* Tell JavaScript what it wants to know of the packets in hand; it has asked for something. */
static __rte_noinline void
packets_tell(struct shim_packets *p, uint32_t n)
{
	struct rte_mbuf *const *mbufs = (struct rte_mbuf *const *)p->objs;
	uint32_t i;

	p->told = p->wants;
	switch (p->wants) {
	case SHIM_TELL_OFFSETS:
		for (i = 0; i < n; i++)
			p->offsets[i] = burst_offset(mbufs[i], p->base, p->len);
		break;
	case SHIM_TELL_PORTS:
		/* the packets' data stays out of the cache */
		for (i = 0; i < n; i++)
			p->ports[i] = mbufs[i]->port;
		break;
	default:
		packets_locate(p, n);
	}
}

/* n packets have come to an empty burst. */
static __rte_always_inline void
packets_came(struct shim_packets *p, uint32_t n)
{
	*p->count = n;
	p->told = 0;
	if (p->wants != 0)
		packets_tell(p, n);
}

/* All packets have gone. */
static __rte_always_inline void
packets_gone(struct shim_packets *p)
{
	*p->count = 0;
	p->epoch++;
}

/* The first n packets have gone; those behind them move to the front. */
static inline void
packets_left(struct shim_packets *p, uint32_t n)
{
	const uint32_t rest = *p->count - n;

	if (n == 0)
		return;
	memmove(p->objs, &p->objs[n], rest * sizeof(*p->objs));
	*p->count = rest;
	p->told = 0;
	p->epoch++;
}

/* What the port did not take: kept out of line, as all that happens rarely. */
static __rte_noinline void
queue_drop(struct shim_tx_queue *tx, struct rte_mbuf **pkts, uint32_t n)
{
	tx->dropped += n;
	rte_pktmbuf_free_bulk(pkts, n);
}

/* Send n packets, and free those that the port does not take. */
static __rte_always_inline uint32_t
queue_send(struct shim_tx_queue *tx, struct rte_mbuf **pkts, uint32_t n)
{
	const uint32_t sent = rte_eth_tx_burst((uint16_t)tx->port, (uint16_t)tx->queue, pkts,
			(uint16_t)n);

	tx->packets += sent;
	if (unlikely(sent < n))
		queue_drop(tx, &pkts[sent], n - sent);
	return sent;
}

/* Send what the queue has collected. */
static inline uint32_t
queue_flush(struct shim_tx_queue *tx)
{
	const uint32_t n = tx->length;

	tx->length = 0;
	return n == 0 ? 0 : queue_send(tx, (struct rte_mbuf **)tx->pkts, n);
}

/*
 * As rte_eth_tx_buffer() for each packet, but copied as many as fit at a time; not copied at all
 * where a whole flush of them comes while nothing is pending.
 */
static inline uint32_t
queue_collect(struct shim_tx_queue *tx, struct rte_mbuf **pkts, uint32_t n)
{
	uint32_t room, sent = 0;

	while ((room = tx->size - tx->length) <= n) {
		if (tx->length == 0) {
			FAULT("flush");
			sent += queue_send(tx, pkts, room);
		} else {
			memcpy(&tx->pkts[tx->length], pkts, room * sizeof(*pkts));
			tx->length = tx->size;
			sent += queue_flush(tx);
		}
		pkts += room;
		n -= room;
	}
	if (n != 0) {
		memcpy(&tx->pkts[tx->length], pkts, n * sizeof(*pkts));
		FAULT("buffered");
		tx->length += n;
	}
	if (sent != 0)
		FAULT("sent");
	return sent;
}

#endif
