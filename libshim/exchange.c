/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * rte_ethdev.h, several bursts in one call: it sends the bursts about which JavaScript has decided,
 * and receives new ones. About each of these stands decided what the lane says, which may be that it
 * stays.
 *
 * Rare paths are kept out of line: inlined, their variables took the registers of the loop over
 * bursts, whose own variables were then on the stack.
 */

#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "burst.h"
#include "fault.h"
#include "shim.h"

/* Verdicts are doubles of JavaScript: small numbers, or the bits of a queue's address. */
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

/* Packets of a burst were looked at: its Packets end, and of the new ones the same is told. */
static __rte_noinline void
turn_looked_at(struct shim_burst *packets, uint32_t n)
{
	packets->epoch++;
	packets_tell(packets, n);
}

static __rte_always_inline enum turn_outcome
turn_send(const struct shim_lane *lane, uint64_t verdict, uint32_t n)
{
	struct rte_mbuf **pkts = (struct rte_mbuf **)lane->objs;
	struct shim_tx_queue *tx;

	/* JavaScript may have written any number there */
	n = RTE_MIN(n, lane->size);
	if (unlikely(verdict >= VERDICT_QUEUE_MAX))
		return turn_other(pkts, n, verdict);
	tx = (struct shim_tx_queue *)(uintptr_t)(verdict & ~VERDICT_BUFFER);
	/* as many as the queue collects leave as they are, where none wait */
	if ((verdict & VERDICT_BUFFER) != 0 && unlikely(n != tx->size || tx->length != 0))
		return turn_other(pkts, n, verdict);
	if (unlikely(!burst_tx_ready(tx->port, tx->queue)))
		return TURN_NOT_READY;
	FAULT("flush");
	queue_send(tx, pkts, n);
	FAULT("sent");
	return TURN_GONE;
}

/*
 * A queue's burst leaves just before its next one comes: on one core the mbufs that a port frees
 * are those that are received into next, and still in the CPU's cache. Two bursts that leave before
 * the next two come made symmetric_mp 2 % faster on one machine, and 2.5 % slower on another.
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
		const uint16_t port = (uint16_t)lane->port, queue = (uint16_t)lane->queue;

		if (unlikely(!burst_rx_ready(port, queue)))
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
		}
		n = rte_eth_rx_burst(port, queue, (struct rte_mbuf **)lane->objs,
				(uint16_t)lane->size);
		*count = n;
		*verdict = lane->otherwise;
		if (unlikely(lane->packets->wants != 0))
			turn_looked_at(lane->packets, n);
		if (n == 0)
			continue;
		FAULT("received");
		lane->received += n;
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
			turn->verdicts[i] = lane->otherwise;
			packets_gone(lane->packets);
		}
	}
	return kept;
}
