/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * The end of a capture waits for the lcores that are in its callbacks.
 *
 * dpdk-dumpcap and dpdk-pdump let the primary copy each packet of a queue into a ring of theirs: a
 * callback of librte_pdump's runs in every burst. At their end they ask for its removal, and free
 * ring and pool as soon as that is answered. But the removal only takes the callback off the list:
 * an lcore that has lost its CPU inside goes on in memory that is gone, and the primary crashes,
 * testpmd as well.
 *
 * So the functions that call a queue's callbacks, and those that remove one, are answered here
 * first. A burst counts itself in, and then reads which callbacks there are; a removal takes its
 * callback off the list, and then waits until nobody is counted in. One of the two sees the other.
 * A burst on a queue without a callback comes nowhere near.
 *
 * From 25.11 on rte_pdump.c waits by itself (pdump_cb_wait()), but only for an lcore that has begun its
 * callback: one that has read the list, and loses its CPU before it counts itself in, is missed.
 *
 * Read against rte_ethdev.c, ethdev_private.c and rte_pdump.c of DPDK 22.11 to 25.11.
 * DENODPDK_CAPTURE=off turns it off.
 */

#include "surgery/capture.h"

#ifndef SHIM_NO_DRIVERS

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include <rte_ethdev.h>

#include "shim.h"
#include "surgery/first.h"
#include "surgery/surgery.h"

/* How long a removal sleeps before it looks again. */
#define CAPTURE_LOOK_US 50

/*
 * How many bursts are in the callbacks of a queue. Mostly one thread uses a queue, so that the
 * number is 0 again between two bursts of whoever polls without a pause.
 */
typedef _Atomic uint32_t capture_inside[RTE_MAX_ETHPORTS][RTE_MAX_QUEUES_PER_PORT];

static capture_inside capture_rx, capture_tx;
static bool capture_waits;

void
capture_install(void)
{
	capture_waits = surgery_allowed("DENODPDK_CAPTURE");
}

/* The callbacks of a queue as they are from here on; NULL without any. capture_leave() follows. */
static inline void *
capture_enter(_Atomic uint32_t *inside, void **callbacks)
{
	atomic_fetch_add_explicit(inside, 1, memory_order_relaxed);
	/* first counted, then read */
	atomic_thread_fence(memory_order_seq_cst);
	return __atomic_load_n(callbacks, __ATOMIC_ACQUIRE);
}

static inline void
capture_leave(_Atomic uint32_t *inside)
{
	atomic_fetch_sub_explicit(inside, 1, memory_order_release);
}

/* A callback was taken off its queue's list: until nobody can be in it. */
static void
capture_wait(_Atomic uint32_t *inside)
{
	/* first removed, then looked at */
	atomic_thread_fence(memory_order_seq_cst);
	while (capture_waits && atomic_load_explicit(inside, memory_order_acquire) != 0)
		usleep(CAPTURE_LOOK_US);
}

#ifdef SHIM_BUNDLED

uint16_t __real_rte_eth_call_rx_callbacks(uint16_t port, uint16_t queue, struct rte_mbuf **packets,
		uint16_t n, uint16_t size, void *callbacks);
uint16_t __real_rte_eth_call_tx_callbacks(uint16_t port, uint16_t queue, struct rte_mbuf **packets,
		uint16_t n, void *callbacks);
int __real_rte_eth_remove_rx_callback(uint16_t port, uint16_t queue,
		const struct rte_eth_rxtx_callback *callback);
int __real_rte_eth_remove_tx_callback(uint16_t port, uint16_t queue,
		const struct rte_eth_rxtx_callback *callback);
uint16_t __wrap_rte_eth_call_rx_callbacks(uint16_t port, uint16_t queue, struct rte_mbuf **packets,
		uint16_t n, uint16_t size, void *callbacks);
uint16_t __wrap_rte_eth_call_tx_callbacks(uint16_t port, uint16_t queue, struct rte_mbuf **packets,
		uint16_t n, void *callbacks);
int __wrap_rte_eth_remove_rx_callback(uint16_t port, uint16_t queue,
		const struct rte_eth_rxtx_callback *callback);
int __wrap_rte_eth_remove_tx_callback(uint16_t port, uint16_t queue,
		const struct rte_eth_rxtx_callback *callback);

#endif

FIRST_API uint16_t
FIRST(rte_eth_call_rx_callbacks)(uint16_t port, uint16_t queue, struct rte_mbuf **packets,
		uint16_t n, uint16_t size, void *callbacks)
{
	_Atomic uint32_t *inside = &capture_rx[port][queue];
	const bool counted = capture_waits;

	if (counted)
		callbacks = capture_enter(inside, &rte_eth_fp_ops[port].rxq.clbk[queue]);
	if (callbacks != NULL)
		n = NEXT(rte_eth_call_rx_callbacks)(port, queue, packets, n, size, callbacks);
	if (counted)
		capture_leave(inside);
	return n;
}

FIRST_API uint16_t
FIRST(rte_eth_call_tx_callbacks)(uint16_t port, uint16_t queue, struct rte_mbuf **packets,
		uint16_t n, void *callbacks)
{
	_Atomic uint32_t *inside = &capture_tx[port][queue];
	const bool counted = capture_waits;

	if (counted)
		callbacks = capture_enter(inside, &rte_eth_fp_ops[port].txq.clbk[queue]);
	if (callbacks != NULL)
		n = NEXT(rte_eth_call_tx_callbacks)(port, queue, packets, n, callbacks);
	if (counted)
		capture_leave(inside);
	return n;
}

FIRST_API int
FIRST(rte_eth_remove_rx_callback)(uint16_t port, uint16_t queue,
		const struct rte_eth_rxtx_callback *callback)
{
	int ret = NEXT(rte_eth_remove_rx_callback)(port, queue, callback);

	if (ret == 0)
		capture_wait(&capture_rx[port][queue]);
	return ret;
}

FIRST_API int
FIRST(rte_eth_remove_tx_callback)(uint16_t port, uint16_t queue,
		const struct rte_eth_rxtx_callback *callback)
{
	int ret = NEXT(rte_eth_remove_tx_callback)(port, queue, callback);

	if (ret == 0)
		capture_wait(&capture_tx[port][queue]);
	return ret;
}

#endif
