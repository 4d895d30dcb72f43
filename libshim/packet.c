/* SPDX-License-Identifier: BSD-3-Clause */

/* rte_mbuf.h, one packet: it lies at an offset in the memory of its pool, as TypeScript has it */

#include <errno.h>

#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>
#include <rte_net.h>

#include "shim.h"

static inline struct rte_mbuf *
mbuf_at(void *memory, uint32_t at)
{
	return (struct rte_mbuf *)((char *)memory + at);
}

int
shim_mbuf_prepend(void *memory, uint32_t at, uint32_t n)
{
	if (n > UINT16_MAX)
		return -ENOSPC;
	return rte_pktmbuf_prepend(mbuf_at(memory, at), (uint16_t)n) == NULL ? -ENOSPC : 0;
}

int
shim_mbuf_append(void *memory, uint32_t at, uint32_t n)
{
	if (n > UINT16_MAX)
		return -ENOSPC;
	return rte_pktmbuf_append(mbuf_at(memory, at), (uint16_t)n) == NULL ? -ENOSPC : 0;
}

int
shim_mbuf_adj(void *memory, uint32_t at, uint32_t n)
{
	if (n > UINT16_MAX)
		return -ENOSPC;
	return rte_pktmbuf_adj(mbuf_at(memory, at), (uint16_t)n) == NULL ? -ENOSPC : 0;
}

int
shim_mbuf_trim(void *memory, uint32_t at, uint32_t n)
{
	if (n > UINT16_MAX)
		return -ENOSPC;
	return rte_pktmbuf_trim(mbuf_at(memory, at), (uint16_t)n) < 0 ? -ENOSPC : 0;
}

int
shim_mbuf_linearize(void *memory, uint32_t at)
{
	return rte_pktmbuf_linearize(mbuf_at(memory, at)) < 0 ? -ENOSPC : 0;
}

int
shim_mbuf_chain(void *memory, uint32_t at, uint32_t tail)
{
	return rte_pktmbuf_chain(mbuf_at(memory, at), mbuf_at(memory, tail));
}

/* The clone comes behind the packets of a burst that has room for it. */
int
shim_mbuf_clone(void *memory, uint32_t at, struct rte_mempool *mp, struct shim_burst *to)
{
	struct rte_mbuf *clone = rte_pktmbuf_clone(mbuf_at(memory, at), mp);

	if (clone == NULL)
		return -ENOMEM;
	to->objs[(*to->count)++] = clone;
	to->told = 0;
	return 0;
}

/* The flag and the place of time stamps; a program that uses none has neither. */
static uint64_t timestamp_flag;
static int timestamp_offset = -1;

static uint64_t
timestamp_find(void)
{
	int flag;

	if (timestamp_flag != 0)
		return timestamp_flag;
	flag = rte_mbuf_dynflag_lookup(RTE_MBUF_DYNFLAG_RX_TIMESTAMP_NAME, NULL);
	timestamp_offset = rte_mbuf_dynfield_lookup(RTE_MBUF_DYNFIELD_TIMESTAMP_NAME, NULL);
	if (flag >= 0 && timestamp_offset >= 0)
		timestamp_flag = RTE_BIT64(flag);
	return timestamp_flag;
}

uint32_t
shim_mbuf_rx(void *memory, uint32_t at)
{
	const uint64_t flags = mbuf_at(memory, at)->ol_flags;
	const uint64_t ip = flags & RTE_MBUF_F_RX_IP_CKSUM_MASK;
	const uint64_t l4 = flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;

	return (flags & RTE_MBUF_F_RX_VLAN ? SHIM_RX_VLAN : 0) |
		(flags & RTE_MBUF_F_RX_VLAN_STRIPPED ? SHIM_RX_VLAN_STRIPPED : 0) |
		(flags & RTE_MBUF_F_RX_QINQ ? SHIM_RX_QINQ : 0) |
		(flags & RTE_MBUF_F_RX_RSS_HASH ? SHIM_RX_RSS_HASH : 0) |
		(ip == RTE_MBUF_F_RX_IP_CKSUM_GOOD ? SHIM_RX_IP_GOOD : 0) |
		(ip == RTE_MBUF_F_RX_IP_CKSUM_BAD ? SHIM_RX_IP_BAD : 0) |
		(l4 == RTE_MBUF_F_RX_L4_CKSUM_GOOD ? SHIM_RX_L4_GOOD : 0) |
		(l4 == RTE_MBUF_F_RX_L4_CKSUM_BAD ? SHIM_RX_L4_BAD : 0) |
		(flags & timestamp_find() ? SHIM_RX_TIMESTAMP : 0);
}

/* Exact to 2^53; only where shim_mbuf_rx() says that there is one. */
double
shim_mbuf_timestamp(void *memory, uint32_t at)
{
	return (double)*RTE_MBUF_DYNFIELD(mbuf_at(memory, at), timestamp_offset,
			rte_mbuf_timestamp_t *);
}

uint32_t
shim_mbuf_tx(void *memory, uint32_t at)
{
	const uint64_t flags = mbuf_at(memory, at)->ol_flags;
	const uint64_t l4 = flags & RTE_MBUF_F_TX_L4_MASK;

	return (flags & RTE_MBUF_F_TX_IPV4 ? SHIM_TX_IPV4 : 0) |
		(flags & RTE_MBUF_F_TX_IPV6 ? SHIM_TX_IPV6 : 0) |
		(flags & RTE_MBUF_F_TX_IP_CKSUM ? SHIM_TX_IP_CKSUM : 0) |
		(l4 == RTE_MBUF_F_TX_UDP_CKSUM ? SHIM_TX_UDP_CKSUM : 0) |
		(l4 == RTE_MBUF_F_TX_TCP_CKSUM ? SHIM_TX_TCP_CKSUM : 0) |
		(flags & RTE_MBUF_F_TX_TCP_SEG ? SHIM_TX_TCP_SEG : 0) |
		(flags & RTE_MBUF_F_TX_VLAN ? SHIM_TX_VLAN : 0);
}

/* l2_len, l3_len << 7, l4_len << 16 */
uint32_t
shim_mbuf_tx_lengths(void *memory, uint32_t at)
{
	const struct rte_mbuf *m = mbuf_at(memory, at);

	return m->l2_len | (uint32_t)m->l3_len << 7 | (uint32_t)m->l4_len << 16;
}

uint32_t
shim_mbuf_tx_segment(void *memory, uint32_t at)
{
	return mbuf_at(memory, at)->tso_segsz;
}

/*
 * Say what the port is to compute, and prepare the packet for it: the header checksum is 0 then,
 * and that of UDP or TCP is of the pseudo header, as ports expect them.
 */
int
shim_mbuf_offload(void *memory, uint32_t at, uint32_t what, uint32_t lengths, uint32_t segment)
{
	struct rte_mbuf *m = mbuf_at(memory, at);
	uint64_t flags = m->ol_flags & ~(RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IPV6 |
			RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_L4_MASK | RTE_MBUF_F_TX_TCP_SEG);

	if (what & SHIM_TX_IPV4)
		flags |= RTE_MBUF_F_TX_IPV4;
	if (what & SHIM_TX_IPV6)
		flags |= RTE_MBUF_F_TX_IPV6;
	if (what & SHIM_TX_IP_CKSUM)
		flags |= RTE_MBUF_F_TX_IP_CKSUM;
	if (what & SHIM_TX_UDP_CKSUM)
		flags |= RTE_MBUF_F_TX_UDP_CKSUM;
	if (what & SHIM_TX_TCP_CKSUM)
		flags |= RTE_MBUF_F_TX_TCP_CKSUM;
	if (what & SHIM_TX_TCP_SEG)
		flags |= RTE_MBUF_F_TX_TCP_SEG;
	m->ol_flags = flags;
	m->tx_offload = 0;
	m->l2_len = lengths & 0x7f;
	m->l3_len = (lengths >> 7) & 0x1ff;
	m->l4_len = (lengths >> 16) & 0xff;
	m->tso_segsz = (uint16_t)segment;
	return rte_net_intel_cksum_prepare(m);
}

/* The port puts a VLAN tag into the packet as it sends it. */
void
shim_mbuf_tag(void *memory, uint32_t at, uint32_t tci)
{
	struct rte_mbuf *m = mbuf_at(memory, at);

	m->vlan_tci = (uint16_t)tci;
	m->ol_flags |= RTE_MBUF_F_TX_VLAN;
}
