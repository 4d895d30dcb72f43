/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_BURST_H
#define SHIM_BURST_H

#include <stddef.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include "fault.h"
#include "shim.h"

/* The layouts that ffi/mbuf/layout.ts and ffi/ethdev/layout.ts rely on. */
_Static_assert(offsetof(struct shim_burst, objs) == 16, "struct shim_burst");
_Static_assert(offsetof(struct shim_burst, count) == 48, "struct shim_burst");
_Static_assert(offsetof(struct shim_burst, epoch) == 68, "struct shim_burst");
_Static_assert(sizeof(struct shim_burst) == 72, "struct shim_burst");
_Static_assert(offsetof(struct shim_tx_queue, pkts) == 32, "struct shim_tx_queue");
_Static_assert(offsetof(struct shim_tx_queue, queue) == 52, "struct shim_tx_queue");
_Static_assert(sizeof(struct shim_tx_queue) == 56, "struct shim_tx_queue");
_Static_assert(offsetof(struct shim_lane, port) == 32, "struct shim_lane");
_Static_assert(sizeof(struct shim_lane) == 48, "struct shim_lane");
_Static_assert(sizeof(struct shim_turn) == 32, "struct shim_turn");
_Static_assert(offsetof(struct shim_split, to) == 8, "struct shim_split");

/*
 * The bursts of a port that is stopped or gone, which write the stack to the log. A queue that is
 * not set up would follow a null pointer. Both fields are what a burst reads next.
 */
extern eth_rx_burst_t burst_rx_stopped;
extern eth_tx_burst_t burst_tx_stopped;

/* Before rte_eal_init(), which looks for devices. */
void burst_learn_stopped(void);

static inline int
burst_rx_ready(uint16_t port, uint16_t queue)
{
	const struct rte_eth_fp_ops *ops = &rte_eth_fp_ops[port];

	return ops->rx_pkt_burst != burst_rx_stopped && ops->rxq.data[queue] != NULL;
}

static inline int
burst_tx_ready(uint16_t port, uint16_t queue)
{
	const struct rte_eth_fp_ops *ops = &rte_eth_fp_ops[port];

	return ops->tx_pkt_burst != burst_tx_stopped && ops->txq.data[queue] != NULL;
}

/* Four packets' worth of what JavaScript is told, as one store each. */
typedef uint32_t burst_u32x4 __attribute__((vector_size(16)));
typedef uint16_t burst_u16x4 __attribute__((vector_size(8)));

/* Where the data of a packet lies in the burst's memory; it is read and written next. */
static inline uint32_t
burst_offset(const struct rte_mbuf *m, uint64_t base, uint64_t len)
{
	const char *data = rte_pktmbuf_mtod(m, const char *);
	uint64_t offset = (uintptr_t)data - base;

	rte_prefetch0(data);
	return offset < len ? (uint32_t)offset : UINT32_MAX;
}

/*
 * Tell JavaScript where the data of each packet lies.
 *
 * A receiving driver has just written a dozen fields of every mbuf, and the loop behind this
 * waits for the CPU's stores to drain, so what four packets have to say is stored at once.
 */
static inline void
burst_locate(const struct shim_burst *burst, uint32_t n)
{
	const uint64_t base = burst->base, len = burst->len;
	struct rte_mbuf *const *mbufs = (struct rte_mbuf *const *)burst->objs;
	uint32_t *offsets = burst->offsets;
	uint32_t *lengths = burst->lengths;
	uint16_t *ports = burst->ports;
	uint32_t i;

	for (i = 0; i + 4 <= n; i += 4) {
		const struct rte_mbuf *a = mbufs[i], *b = mbufs[i + 1];
		const struct rte_mbuf *c = mbufs[i + 2], *d = mbufs[i + 3];
		const burst_u32x4 offset = {
			burst_offset(a, base, len), burst_offset(b, base, len),
			burst_offset(c, base, len), burst_offset(d, base, len),
		};
		const burst_u32x4 length = { a->data_len, b->data_len, c->data_len, d->data_len };
		const burst_u16x4 port = { a->port, b->port, c->port, d->port };

		memcpy(&offsets[i], &offset, sizeof(offset));
		memcpy(&lengths[i], &length, sizeof(length));
		memcpy(&ports[i], &port, sizeof(port));
	}
	for (; i < n; i++) {
		offsets[i] = burst_offset(mbufs[i], base, len);
		lengths[i] = mbufs[i]->data_len;
		ports[i] = mbufs[i]->port;
	}
}

/* Where the data of each packet lies, for a loop that rewrites headers and asks for nothing else. */
static inline void
burst_locate_data(const struct shim_burst *burst, uint32_t n)
{
	const uint64_t base = burst->base, len = burst->len;
	struct rte_mbuf *const *mbufs = (struct rte_mbuf *const *)burst->objs;
	uint32_t *offsets = burst->offsets;
	uint32_t i;

	for (i = 0; i < n; i++)
		offsets[i] = burst_offset(mbufs[i], base, len);
}

/* Tell JavaScript what it wants to know of the packets in hand; it has asked for something. */
static __rte_noinline void
packets_tell(struct shim_burst *p, uint32_t n)
{
	struct rte_mbuf *const *mbufs = (struct rte_mbuf *const *)p->objs;
	uint32_t i;

	p->told = p->wants;
	switch (p->wants & ~SHIM_TELL_PACKETS) {
	case 0:
		break;
	case SHIM_TELL_OFFSETS:
		burst_locate_data(p, n);
		break;
	case SHIM_TELL_PORTS:
		/* the packets' data stays out of the cache */
		for (i = 0; i < n; i++)
			p->ports[i] = mbufs[i]->port;
		break;
	default:
		burst_locate(p, n);
	}
}

/* n packets have come to an empty burst. Where nothing is wanted, nothing was told before. */
static __rte_always_inline void
packets_came(struct shim_burst *p, uint32_t n)
{
	*p->count = n;
	if (unlikely(p->wants != 0))
		packets_tell(p, n);
}

/* All packets have gone. */
static __rte_always_inline void
packets_gone(struct shim_burst *p)
{
	*p->count = 0;
	p->epoch++;
}

/* n packets have gone, from there on; those behind them move up. */
static inline void
packets_left(struct shim_burst *p, uint32_t from, uint32_t n)
{
	const uint32_t count = *p->count, next = from + n;

	if (n == 0)
		return;
	if (next < count) {
		memmove(&p->objs[from], &p->objs[next], (count - next) * sizeof(*p->objs));
		p->told = 0;
	}
	*p->count = count - n;
	p->epoch++;
}

/* Frees the packets that the port did not take; kept out of line, since it happens rarely. */
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
