/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Records of capture files, for packets in hand: rte_pcapng.h's place, which writes through a pool
 * of mbufs and knows pcapng only. The formats: draft-ietf-opsawg-pcapng, section 4.3, and
 * draft-ietf-opsawg-pcap, section 5.
 */

#include <stddef.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_mbuf.h>

#include "shim.h"

/* The layout that ffi/traffic/capture.ts relies on. */
_Static_assert(offsetof(struct shim_records, length) == 8, "struct shim_records");
_Static_assert(sizeof(struct shim_records) == 40, "struct shim_records");

#define ENHANCED_PACKET 6

struct pcapng_packet {
	uint32_t type;
	uint32_t total;
	uint32_t interface;
	uint32_t time_high;
	uint32_t time_low;
	uint32_t captured;
	uint32_t length;
};

struct pcap_packet {
	uint32_t seconds;
	uint32_t nanoseconds;
	uint32_t captured;
	uint32_t length;
};

/* The first bytes of a packet, of all its segments. */
static inline void
copy_out(uint8_t *to, const struct rte_mbuf *m, uint32_t n)
{
	while (n != 0 && m != NULL) {
		const uint32_t len = RTE_MIN(n, (uint32_t)m->data_len);

		memcpy(to, rte_pktmbuf_mtod(m, const void *), len);
		to += len;
		n -= len;
		m = m->next;
	}
	/* less data in the segments than the packet says to have */
	memset(to, 0, n);
}

static inline uint32_t
write_pcapng(uint8_t *to, uint32_t room, const struct shim_records *records,
		const struct rte_mbuf *m, uint32_t captured)
{
	const uint32_t padded = RTE_ALIGN_CEIL(captured, 4);
	const uint32_t total = (uint32_t)sizeof(struct pcapng_packet) + padded + 4;
	const uint64_t time = (uint64_t)records->seconds * NS_PER_S + records->nanoseconds;
	const struct pcapng_packet head = {
		.type = ENHANCED_PACKET,
		.total = total,
		.time_high = (uint32_t)(time >> 32),
		.time_low = (uint32_t)time,
		.captured = captured,
		.length = m->pkt_len,
	};

	if (unlikely(total > room))
		return 0;
	memcpy(to, &head, sizeof(head));
	copy_out(to + sizeof(head), m, captured);
	memset(to + sizeof(head) + captured, 0, padded - captured);
	memcpy(to + total - 4, &total, 4);
	return total;
}

static inline uint32_t
write_pcap(uint8_t *to, uint32_t room, const struct shim_records *records,
		const struct rte_mbuf *m, uint32_t captured)
{
	const uint32_t total = (uint32_t)sizeof(struct pcap_packet) + captured;
	const struct pcap_packet head = {
		.seconds = records->seconds,
		.nanoseconds = records->nanoseconds,
		.captured = captured,
		.length = m->pkt_len,
	};

	if (unlikely(total > room))
		return 0;
	memcpy(to, &head, sizeof(head));
	copy_out(to + sizeof(head), m, captured);
	return total;
}

/*
 * Writes a record for each packet from one on, at most so many, as long as there is room. The packets
 * stay where they are. How many were written.
 */
uint32_t
shim_records_write(struct shim_records *records, const struct shim_burst *packets, uint32_t from,
		uint32_t most)
{
	struct rte_mbuf *const *pkts = (struct rte_mbuf *const *)packets->objs;
	const uint32_t count = *packets->count;
	const uint32_t n = from < count ? RTE_MIN(count - from, most) : 0;
	uint32_t used = records->used, i;

	for (i = 0; i < n; i++) {
		const struct rte_mbuf *m = pkts[from + i];
		const uint32_t captured = RTE_MIN(m->pkt_len, records->snaplen);
		uint8_t *to = records->bytes + used;
		const uint32_t room = records->size > used ? records->size - used : 0;
		const uint32_t size = records->is_pcapng ?
			write_pcapng(to, room, records, m, captured) :
			write_pcap(to, room, records, m, captured);

		if (unlikely(size == 0))
			break;
		used += size;
		records->length += m->pkt_len;
	}
	records->used = used;
	return i;
}
