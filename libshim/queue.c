/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * rte_ethdev.h, the bursts: one call moves what TypeScript decided about.
 *
 * A wrapper knows that port and queue are set up, of what its own thread does. What another one
 * did to the port meanwhile is noticed here: SHIM_NOT_READY instead of a number of packets.
 */

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "fault.h"
#include "queue.h"
#include "shim.h"

uint32_t
shim_eth_receive(uint32_t port, uint32_t queue, struct shim_packets *packets)
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
shim_eth_send(struct shim_tx_queue *tx, struct shim_packets *packets)
{
	uint32_t sent;

	if (unlikely(!burst_tx_ready(tx->port, tx->queue)))
		return SHIM_NOT_READY;
	sent = queue_send(tx, (struct rte_mbuf **)packets->objs, *packets->count);
	packets_gone(packets);
	return sent;
}

uint32_t
shim_eth_try_send(struct shim_tx_queue *tx, struct shim_packets *packets)
{
	uint32_t sent;

	if (unlikely(!burst_tx_ready(tx->port, tx->queue)))
		return SHIM_NOT_READY;
	sent = rte_eth_tx_burst((uint16_t)tx->port, (uint16_t)tx->queue,
			(struct rte_mbuf **)packets->objs, (uint16_t)*packets->count);
	tx->packets += sent;
	packets_left(packets, sent);
	return sent;
}

uint32_t
shim_eth_buffer(struct shim_tx_queue *tx, struct shim_packets *packets)
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
shim_eth_prepare(struct shim_tx_queue *tx, struct shim_packets *packets)
{
	uint32_t n;

	if (unlikely(!burst_tx_ready(tx->port, tx->queue)))
		return -ENOTSUP;
	rte_errno = 0;
	n = rte_eth_tx_prepare((uint16_t)tx->port, (uint16_t)tx->queue,
			(struct rte_mbuf **)packets->objs, (uint16_t)*packets->count);
	return n < *packets->count && rte_errno != 0 ? -rte_errno : (int)n;
}

void
shim_packets_tell(struct shim_packets *packets)
{
	packets_tell(packets, *packets->count);
}

/* Packet by packet to another burst; one that is full takes none, so the packet stays. */
uint32_t
shim_packets_split(struct shim_packets *packets, const uint8_t *verdicts,
		const struct shim_split *split)
{
	struct rte_mbuf **pkts = (struct rte_mbuf **)packets->objs;
	const uint32_t n = *packets->count;
	uint32_t i, kept = 0;

	for (i = 0; i < n; i++) {
		const uint32_t verdict = verdicts[i];

		if (verdict < split->n) {
			struct shim_packets *to = split->to[verdict];
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

/*
 * Several bursts in one call: those that JavaScript has decided about leave, and new ones come,
 * about which it decides next. Nothing is sent that it did not say where to send.
 *
 * What happens rarely is kept out of line: inlined, its variables took the registers of the loop
 * over bursts, which had to keep its own on the stack.
 */

/* Verdicts are doubles of JavaScript: small numbers, or the pattern of a queue's address. */
#define VERDICT_DROP UINT64_C(0x406fc00000000000) /* SHIM_DROP as a double */
#define VERDICT_KEEP UINT64_C(0x406fe00000000000) /* SHIM_KEEP as a double */
#define VERDICT_QUEUE_MAX (UINT64_C(1) << 48)
#define VERDICT_BUFFER UINT64_C(1)

enum turn_outcome { TURN_KEPT, TURN_GONE, TURN_NOT_READY };

/* A burst that is not simply sent. */
static __rte_noinline enum turn_outcome
turn_other(struct rte_mbuf **pkts, uint32_t n, uint64_t verdict)
{
	struct shim_tx_queue *tx;

	if (verdict == VERDICT_KEEP)
		return TURN_KEPT;
	if (verdict == VERDICT_DROP) {
		rte_pktmbuf_free_bulk(pkts, n);
		return TURN_GONE;
	}
	/* the queue of a port that was closed */
	if (verdict >= VERDICT_QUEUE_MAX)
		return TURN_NOT_READY;
	tx = (struct shim_tx_queue *)(uintptr_t)(verdict & ~VERDICT_BUFFER);
	if (!burst_tx_ready(tx->port, tx->queue))
		return TURN_NOT_READY;
	queue_collect(tx, pkts, n);
	return TURN_GONE;
}

static __rte_always_inline enum turn_outcome
turn_send(const struct shim_lane *lane, uint64_t verdict, uint32_t n)
{
	struct rte_mbuf **pkts = (struct rte_mbuf **)lane->objs;
	struct shim_tx_queue *tx;

	/* it is JavaScript's to write */
	n = RTE_MIN(n, lane->size);
	if (unlikely(verdict >= VERDICT_QUEUE_MAX || (verdict & VERDICT_BUFFER) != 0))
		return turn_other(pkts, n, verdict);
	tx = (struct shim_tx_queue *)(uintptr_t)verdict;
	if (unlikely(!burst_tx_ready(tx->port, tx->queue)))
		return TURN_NOT_READY;
	queue_send(tx, pkts, n);
	return TURN_GONE;
}

/*
 * A queue's burst leaves just before its next one comes: on one core the mbufs that a port frees
 * are those that are received into next, and still in the CPU's cache.
 */
uint32_t
shim_eth_turn(struct shim_turn *turn)
{
	struct shim_lane *lane = turn->lanes;
	const struct shim_lane *end = lane + turn->n;
	uint32_t *count = turn->counts;
	uint64_t *verdict = turn->verdicts;
	uint32_t n, total = 0;

	for (; lane < end; lane++, count++, verdict++) {
		if (unlikely(!burst_rx_ready(lane->port, lane->queue)))
			return SHIM_NOT_READY;
		n = *count;
		if (n != 0) {
			const enum turn_outcome outcome = turn_send(lane, *verdict, n);

			if (unlikely(outcome != TURN_GONE)) {
				if (outcome == TURN_NOT_READY)
					return SHIM_NOT_READY;
				total += n;
				continue;
			}
			lane->packets->epoch++;
		}
		n = rte_eth_rx_burst((uint16_t)lane->port, (uint16_t)lane->queue,
				(struct rte_mbuf **)lane->objs, (uint16_t)lane->size);
		*count = n;
		*verdict = VERDICT_KEEP;
		if (n == 0)
			continue;
		FAULT("received");
		lane->received += n;
		lane->packets->told = 0;
		if (lane->packets->wants != 0)
			packets_tell(lane->packets, n);
		total += n;
	}
	return total;
}

uint32_t
shim_eth_turn_end(struct shim_turn *turn)
{
	uint32_t i, kept = 0;

	for (i = 0; i < turn->n; i++) {
		struct shim_lane *lane = &turn->lanes[i];

		if (turn->counts[i] == 0)
			continue;
		switch (turn_send(lane, turn->verdicts[i], turn->counts[i])) {
		case TURN_NOT_READY:
			return SHIM_NOT_READY;
		case TURN_KEPT:
			kept += turn->counts[i];
			break;
		case TURN_GONE:
			turn->verdicts[i] = VERDICT_KEEP;
			packets_gone(lane->packets);
		}
	}
	return kept;
}
