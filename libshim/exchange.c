/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * rte_ethdev.h, several bursts in one call: it sends the bursts about which JavaScript has decided,
 * and receives new ones. A burst without a decision stays.
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
	if (unlikely(verdict >= VERDICT_QUEUE_MAX || (verdict & VERDICT_BUFFER) != 0))
		return turn_other(pkts, n, verdict);
	tx = (struct shim_tx_queue *)(uintptr_t)verdict;
	if (unlikely(!burst_tx_ready(tx->port, tx->queue)))
		return TURN_NOT_READY;
	queue_send(tx, pkts, n);
	return TURN_GONE;
}

/* The bursts of n lanes that were sent are gone, in a turn that does not come to its end. */
static __rte_noinline void
turn_gone(const struct shim_lane *lanes, const uint64_t *verdicts, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (verdicts[i] != VERDICT_KEEP)
			packets_gone(lanes[i].packets);
	}
}

/* A turn with n lanes: all their bursts leave, then the next ones come. */
static __rte_always_inline bool
turn_lanes(struct shim_lane *lanes, uint32_t *counts, uint64_t *verdicts, const uint32_t n,
		uint32_t *total)
{
	uint32_t i, received;

	for (i = 0; i < n; i++) {
		if (counts[i] != 0 && unlikely(turn_send(&lanes[i], verdicts[i], counts[i]) ==
				TURN_NOT_READY)) {
			turn_gone(lanes, verdicts, i);
			return false;
		}
	}
	for (i = 0; i < n; i++) {
		struct shim_lane *lane = &lanes[i];
		const uint16_t port = (uint16_t)lane->port, queue = (uint16_t)lane->queue;

		if (unlikely(verdicts[i] == VERDICT_KEEP && counts[i] != 0)) {
			*total += counts[i];
			continue;
		}
		if (unlikely(!burst_rx_ready(port, queue))) {
			turn_gone(lane, &verdicts[i], n - i);
			return false;
		}
		received = rte_eth_rx_burst(port, queue, (struct rte_mbuf **)lane->objs,
				(uint16_t)lane->size);
		counts[i] = received;
		verdicts[i] = VERDICT_KEEP;
		if (unlikely(lane->packets->wants != 0))
			turn_looked_at(lane->packets, received);
		if (received == 0)
			continue;
		FAULT("received");
		lane->received += received;
		*total += received;
	}
	return true;
}

/* The last of an odd number of lanes. */
static __rte_noinline bool
turn_lane(struct shim_lane *lane, uint32_t *count, uint64_t *verdict, uint32_t *total)
{
	return turn_lanes(lane, count, verdict, 1, total);
}

/*
 * Two bursts leave, then the next two come. Between the moment in which a driver writes into an
 * mbuf and the one in which another reads it, the CPU has stored what was written. And the mbufs
 * that ports free are those that are received into next: still in the CPU's cache, and not so many
 * that the lcore's cache of the mempool overflows.
 */
uint32_t
shim_eth_turn(struct shim_turn *turn)
{
	struct shim_lane *lane = turn->lanes;
	uint32_t *count = turn->counts;
	uint64_t *verdict = turn->verdicts;
	uint32_t n, total = 0;

	for (n = turn->n; n >= 2; n -= 2, lane += 2, count += 2, verdict += 2) {
		if (unlikely(!turn_lanes(lane, count, verdict, 2, &total)))
			return SHIM_NOT_READY;
	}
	if (n != 0 && unlikely(!turn_lane(lane, count, verdict, &total)))
		return SHIM_NOT_READY;
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
