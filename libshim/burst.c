/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * rte_ethdev.h, the bursts: one call moves what TypeScript decided about.
 *
 * A wrapper knows that port and queue are set up, of what its own thread does. What another one
 * did to the port meanwhile is noticed here: SHIM_NOT_READY instead of a number of packets.
 */

#include <stddef.h>

#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "burst.h"
#include "fault.h"
#include "shim.h"
#include "tx_buffer.h"

eth_rx_burst_t burst_rx_stopped;
eth_tx_burst_t burst_tx_stopped;

void
burst_learn_stopped(void)
{
	burst_rx_stopped = rte_eth_fp_ops[0].rx_pkt_burst;
	burst_tx_stopped = rte_eth_fp_ops[0].tx_pkt_burst;
}

uint32_t
shim_eth_rx_burst(uint32_t port, uint32_t queue, void **objs, uint32_t n)
{
	if (unlikely(!burst_rx_ready(port, queue)))
		return SHIM_NOT_READY;
	return rte_eth_rx_burst((uint16_t)port, (uint16_t)queue, (struct rte_mbuf **)objs,
			(uint16_t)n);
}

uint32_t
shim_eth_rx_packets(uint32_t port, uint32_t queue, struct shim_burst *burst, uint32_t n)
{
	if (unlikely(!burst_rx_ready(port, queue)))
		return SHIM_NOT_READY;
	n = rte_eth_rx_burst((uint16_t)port, (uint16_t)queue, (struct rte_mbuf **)burst->objs,
			(uint16_t)n);
	if (n != 0)
		FAULT("received");
	burst_locate(burst, n);
	return n;
}

uint32_t
shim_eth_tx_burst(uint32_t port, uint32_t queue, void **objs, uint32_t from, uint32_t n)
{
	if (unlikely(!burst_tx_ready(port, queue)))
		return SHIM_NOT_READY;
	return rte_eth_tx_burst((uint16_t)port, (uint16_t)queue,
			(struct rte_mbuf **)&objs[from], (uint16_t)n);
}

uint32_t
shim_eth_tx_buffer_bytes(uint32_t size)
{
	return (uint32_t)(offsetof(struct tx_buffer, buffer) + RTE_ETH_TX_BUFFER_SIZE(size));
}

void
shim_eth_tx_buffer_init(void *buffer, uint32_t size)
{
	struct tx_buffer *tx = buffer;

	tx->dropped = 0;
	rte_eth_tx_buffer_init(&tx->buffer, (uint16_t)size);
	rte_eth_tx_buffer_set_err_callback(&tx->buffer, rte_eth_tx_buffer_count_callback,
			&tx->dropped);
}

uint32_t
shim_eth_tx_buffer_pending(void *buffer)
{
	const struct tx_buffer *tx = buffer;

	return tx->buffer.length;
}

uint32_t
shim_eth_tx_buffer(uint32_t port, uint32_t queue, void *buffer, void **objs, uint32_t from,
		uint32_t n)
{
	if (unlikely(!burst_tx_ready(port, queue)))
		return SHIM_NOT_READY;
	return tx_buffer_add((uint16_t)port, (uint16_t)queue, buffer,
			(struct rte_mbuf **)&objs[from], n);
}

uint32_t
shim_eth_tx_buffer_flush(uint32_t port, uint32_t queue, void *buffer)
{
	if (unlikely(!burst_tx_ready(port, queue)))
		return SHIM_NOT_READY;
	return rte_eth_tx_buffer_flush((uint16_t)port, (uint16_t)queue,
			&((struct tx_buffer *)buffer)->buffer);
}
