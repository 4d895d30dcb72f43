/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_BURST_H
#define SHIM_BURST_H

#include <string.h>

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include "shim.h"

/*
 * The bursts of a port that is stopped or gone, which write the stack to the log. A queue that is
 * not set up would follow a null pointer. Both fields are what a burst reads next.
 */
extern eth_rx_burst_t burst_rx_stopped;
extern eth_tx_burst_t burst_tx_stopped;

/* Before rte_eal_init(), which looks for devices. */
void burst_learn_stopped(void);

static inline int
burst_rx_ready(uint32_t port, uint32_t queue)
{
	const struct rte_eth_fp_ops *ops = &rte_eth_fp_ops[port];

	return ops->rx_pkt_burst != burst_rx_stopped && ops->rxq.data[queue] != NULL;
}

static inline int
burst_tx_ready(uint32_t port, uint32_t queue)
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

/* Where the data of each packet lies, and nothing more. */
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

	if (lengths == NULL) {
		burst_locate_data(burst, n);
		return;
	}
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

#endif
