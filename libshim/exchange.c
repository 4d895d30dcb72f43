/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * rte_ethdev.h, several bursts in one call: those that JavaScript has decided about leave, and new
 * ones come, about which it decides next. Nothing is sent that it did not say where to send.
 */

#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "burst.h"
#include "fault.h"
#include "shim.h"
#include "tx_buffer.h"

/* Whether the burst has gone; one without a decision stays. */
static inline int
exchange_send(const struct shim_exchange *exchange, uint32_t i, uint32_t n)
{
	const struct shim_rx *rx = &exchange->rx[i];
	struct rte_mbuf **pkts = (struct rte_mbuf **)rx->objs;
	const uint32_t to = exchange->to[i];
	struct shim_tx *tx;
	uint32_t sent;

	/* both are JavaScript's to write */
	if (unlikely(n > rx->size))
		n = rx->size;
	if (unlikely(to >= exchange->n_tx)) {
		if (to != SHIM_FREE)
			return 0;
		rte_pktmbuf_free_bulk(pkts, n);
		return 1;
	}
	tx = &exchange->tx[to];
	if (unlikely(!burst_tx_ready(tx->port, tx->queue)))
		return 0;
	if (tx->buffer != NULL) {
		tx->packets += tx_buffer_add((uint16_t)tx->port, (uint16_t)tx->queue, tx->buffer,
				pkts, n);
		return 1;
	}
	sent = rte_eth_tx_burst((uint16_t)tx->port, (uint16_t)tx->queue, pkts, (uint16_t)n);
	tx->packets += sent;
	if (unlikely(sent < n)) {
		tx->dropped += n - sent;
		rte_pktmbuf_free_bulk(&pkts[sent], n - sent);
	}
	return 1;
}

/*
 * A queue's burst leaves just before its next one comes: on one core the mbufs that a port frees
 * are those that are received into next, and still in the CPU's cache.
 */
uint32_t
shim_eth_exchange(struct shim_exchange *exchange)
{
	uint32_t i, n, total = 0;

	for (i = 0; i < exchange->n_rx; i++) {
		struct shim_rx *rx = &exchange->rx[i];

		if (unlikely(!burst_rx_ready(rx->port, rx->queue)))
			return SHIM_NOT_READY;
		n = exchange->counts[i];
		if (n != 0 && !exchange_send(exchange, i, n)) {
			if (unlikely(exchange->to[i] < exchange->n_tx))
				return SHIM_NOT_READY;
			total += n;
			continue;
		}
		n = rte_eth_rx_burst((uint16_t)rx->port, (uint16_t)rx->queue,
				(struct rte_mbuf **)rx->objs, (uint16_t)rx->size);
		exchange->counts[i] = n;
		exchange->to[i] = SHIM_UNDECIDED;
		if (n == 0)
			continue;
		FAULT("received");
		rx->packets += n;
		if (rx->burst != NULL)
			burst_locate(rx->burst, n);
		total += n;
	}
	return total;
}

void
shim_eth_exchange_send(struct shim_exchange *exchange)
{
	uint32_t i, n;

	for (i = 0; i < exchange->n_rx; i++) {
		n = exchange->counts[i];
		if (n != 0 && exchange_send(exchange, i, n))
			exchange->counts[i] = 0;
	}
}
