/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * rte_ethdev.h, receiving and sending bursts.
 *
 * The wrapper in TypeScript knows what its own thread has done to the port. What another thread has
 * done meanwhile is noticed here: SHIM_NOT_READY is returned instead of a number of packets.
 */

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "burst.h"
#include "fault.h"
#include "ring.h"
#include "shim.h"

eth_rx_burst_t burst_rx_stopped;
eth_tx_burst_t burst_tx_stopped;

void
burst_learn_stopped(void)
{
	burst_rx_stopped = rte_eth_fp_ops[0].rx_pkt_burst;
	burst_tx_stopped = rte_eth_fp_ops[0].tx_pkt_burst;
}

uint32_t
shim_eth_receive(uint32_t port, uint32_t queue, struct shim_burst *packets)
{
	uint32_t n;

	if (unlikely(!burst_rx_ready(port, queue)))
		return SHIM_NOT_READY;
	n = rte_eth_rx_burst((uint16_t)port, (uint16_t)queue,
			(struct rte_mbuf **)packets->objs, (uint16_t)packets->size);
	if (n == 0)
		return 0;
	FAULT("received");
	packets_came(packets, n);
	return n;
}

uint32_t
shim_eth_send(struct shim_tx_queue *tx, struct shim_burst *packets)
{
	uint32_t sent;

	if (unlikely(!burst_tx_ready(tx->port, tx->queue)))
		return SHIM_NOT_READY;
	sent = queue_send(tx, (struct rte_mbuf **)packets->objs, *packets->count);
	packets_gone(packets);
	return sent;
}

uint32_t
shim_eth_try_send(struct shim_tx_queue *tx, struct shim_burst *packets)
{
	uint32_t sent;

	if (unlikely(!burst_tx_ready(tx->port, tx->queue)))
		return SHIM_NOT_READY;
	sent = rte_eth_tx_burst((uint16_t)tx->port, (uint16_t)tx->queue,
			(struct rte_mbuf **)packets->objs, (uint16_t)*packets->count);
	tx->packets += sent;
	packets_left(packets, 0, sent);
	return sent;
}

uint32_t
shim_eth_buffer(struct shim_tx_queue *tx, struct shim_burst *packets)
{
	uint32_t sent;

	if (unlikely(!burst_tx_ready(tx->port, tx->queue)))
		return SHIM_NOT_READY;
	sent = queue_collect(tx, (struct rte_mbuf **)packets->objs, *packets->count);
	packets_gone(packets);
	return sent;
}

uint32_t
shim_eth_flush(struct shim_tx_queue *tx)
{
	if (unlikely(!burst_tx_ready(tx->port, tx->queue)))
		return SHIM_NOT_READY;
	return queue_flush(tx);
}

uint32_t
shim_eth_drain(struct shim_tx_queue *tx)
{
	const uint64_t now = rte_rdtsc();

	if (now - tx->drained < tx->drain_cycles)
		return 0;
	tx->drained = now;
	return shim_eth_flush(tx);
}

/* How many packets, from the first one on, the port can send as their offloads want it. */
int
shim_eth_prepare(struct shim_tx_queue *tx, struct shim_burst *packets)
{
	uint32_t n;

	if (unlikely(!burst_tx_ready(tx->port, tx->queue)))
		return -ENOTSUP;
	rte_errno = 0;
	n = rte_eth_tx_prepare((uint16_t)tx->port, (uint16_t)tx->queue,
			(struct rte_mbuf **)packets->objs, (uint16_t)*packets->count);
	return n < *packets->count && rte_errno != 0 ? -rte_errno : (int)n;
}

/* All packets of the burst, or none. */
uint32_t
shim_burst_enqueue_all_bulk(struct rte_ring *r, struct shim_burst *burst)
{
	const uint32_t n = ring_put(r, burst->objs, *burst->count, RTE_RING_QUEUE_FIXED);

	if (n != 0)
		packets_gone(burst);
	return n;
}

/* As many packets of the burst as there is room for. */
uint32_t
shim_burst_enqueue_all_burst(struct rte_ring *r, struct shim_burst *burst)
{
	const uint32_t n = ring_put(r, burst->objs, *burst->count, RTE_RING_QUEUE_VARIABLE);

	packets_left(burst, 0, n);
	return n;
}

uint32_t
shim_burst_enqueue_bulk(struct rte_ring *r, struct shim_burst *burst, uint32_t from, uint32_t n)
{
	n = ring_put(r, &burst->objs[from], n, RTE_RING_QUEUE_FIXED);
	packets_left(burst, from, n);
	return n;
}

uint32_t
shim_burst_enqueue_burst(struct rte_ring *r, struct shim_burst *burst, uint32_t from, uint32_t n)
{
	n = ring_put(r, &burst->objs[from], n, RTE_RING_QUEUE_VARIABLE);
	packets_left(burst, from, n);
	return n;
}

uint32_t
shim_burst_dequeue_bulk(struct rte_ring *r, struct shim_burst *burst, uint32_t n)
{
	n = ring_take(r, burst->objs, n, RTE_RING_QUEUE_FIXED);
	if (n != 0)
		packets_came(burst, n);
	return n;
}

uint32_t
shim_burst_dequeue_burst(struct rte_ring *r, struct shim_burst *burst, uint32_t n)
{
	n = ring_take(r, burst->objs, n, RTE_RING_QUEUE_VARIABLE);
	if (n != 0)
		packets_came(burst, n);
	return n;
}

/*
 * New packets of these lengths, all of them or none, in an empty burst.
 *
 * As testpmd's txonly does, this leaves the mbufs' second cache line alone: a free mbuf has one
 * segment, no next one and one user, and without offload flags nobody reads what else is there.
 */
uint32_t
shim_burst_alloc(struct rte_mempool *mp, struct shim_burst *packets, const uint16_t *lengths,
		uint32_t n)
{
	const uint32_t room = rte_pktmbuf_data_room_size(mp) - RTE_PKTMBUF_HEADROOM;
	struct rte_mbuf **pkts = (struct rte_mbuf **)packets->objs;
	uint32_t i;

	for (i = 0; i < n; i++)
		if (unlikely(lengths[i] > room))
			return SHIM_TOO_LONG;
	if (unlikely(rte_mempool_get_bulk(mp, packets->objs, n) != 0))
		return 0;
	for (i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		rte_pktmbuf_reset_headroom(m);
		m->port = RTE_MBUF_PORT_INVALID;
		m->ol_flags = 0;
		m->packet_type = 0;
		m->pkt_len = m->data_len = lengths[i];
	}
	packets_came(packets, n);
	return n;
}

/*
 * Copies bytes into the packets, into each as many as its first segment has, from its place in the
 * memory on. The number of packets that were filled: less than all of them where the next one's
 * bytes are not all in the memory.
 */
uint32_t
shim_burst_fill(struct shim_burst *packets, const uint8_t *bytes, uint32_t size,
		const uint32_t *places)
{
	struct rte_mbuf **pkts = (struct rte_mbuf **)packets->objs;
	const uint32_t n = *packets->count;
	uint32_t i;

	for (i = 0; i < n; i++) {
		const uint32_t len = pkts[i]->data_len;

		if (unlikely(len > size || places[i] > size - len))
			break;
		memcpy(rte_pktmbuf_mtod(pkts[i], void *), bytes + places[i], len);
	}
	return i;
}

void
shim_burst_clear(struct shim_burst *packets)
{
	rte_pktmbuf_free_bulk((struct rte_mbuf **)packets->objs, *packets->count);
	packets_gone(packets);
}

void
shim_burst_tell(struct shim_burst *packets)
{
	packets_tell(packets, *packets->count);
}

/* Deals the packets out, one by one, to other bursts; a packet for a full burst stays. */
uint32_t
shim_burst_split(struct shim_burst *packets, const uint8_t *verdicts,
		const struct shim_split *split)
{
	struct rte_mbuf **pkts = (struct rte_mbuf **)packets->objs;
	const uint32_t n = *packets->count;
	uint32_t i, kept = 0;

	for (i = 0; i < n; i++) {
		const uint32_t verdict = verdicts[i];

		if (verdict < split->n) {
			struct shim_burst *to = split->to[verdict];
			const uint32_t count = *to->count;

			if (likely(count < to->size)) {
				to->objs[count] = pkts[i];
				*to->count = count + 1;
				to->told = 0;
				continue;
			}
		} else if (verdict == SHIM_DROP) {
			rte_pktmbuf_free(pkts[i]);
			continue;
		}
		pkts[kept++] = pkts[i];
	}
	*packets->count = kept;
	packets->told = 0;
	packets->epoch++;
	return kept;
}
