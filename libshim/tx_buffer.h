/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_TX_BUFFER_H
#define SHIM_TX_BUFFER_H

#include <string.h>

#include <rte_ethdev.h>

#include "fault.h"

/* A transmit buffer in the memory of JavaScript, with the counter of its drops before it. */
struct tx_buffer {
	uint64_t dropped;
	struct rte_eth_dev_tx_buffer buffer;
};

/*
 * As rte_eth_tx_buffer() for each packet, but copied as many as fit at a time; not copied at all
 * where a whole flush of them comes while nothing is pending.
 */
static inline uint32_t
tx_buffer_add(uint16_t port, uint16_t queue, struct tx_buffer *buffer, struct rte_mbuf **pkts,
		uint32_t n)
{
	struct rte_eth_dev_tx_buffer *tx = &buffer->buffer;
	uint32_t room, sent = 0;

	while ((room = (uint32_t)(tx->size - tx->length)) <= n) {
		if (tx->length == 0) {
			uint16_t out;

			FAULT("flush");
			out = rte_eth_tx_burst(port, queue, pkts, tx->size);

			if (unlikely(out < tx->size))
				tx->error_callback(&pkts[out], (uint16_t)(tx->size - out),
						tx->error_userdata);
			sent += out;
		} else {
			memcpy(&tx->pkts[tx->length], pkts, room * sizeof(*pkts));
			tx->length = tx->size;
			sent += rte_eth_tx_buffer_flush(port, queue, tx);
		}
		pkts += room;
		n -= room;
	}
	if (n != 0) {
		memcpy(&tx->pkts[tx->length], pkts, n * sizeof(*pkts));
		FAULT("buffered");
		tx->length = (uint16_t)(tx->length + n);
	}
	if (sent != 0)
		FAULT("sent");
	return sent;
}

#endif
