/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Is included before the sources of a C sample, to give it the crash points of faults.c: its
 * start, its rings and its puts into mempool caches go through functions of that file.
 */

#ifndef PEER_H
#define PEER_H

#include "cache_put.h"

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_ring.h>

int peer_eal_init(int argc, char **argv);
int peer_eth_dev_start(uint16_t port);
int peer_ring_enqueue(struct rte_ring *r, void *obj);
int peer_ring_dequeue(struct rte_ring *r, void **obj);

#define rte_eal_init(argc, argv) peer_eal_init(argc, argv)
#define rte_eth_dev_start(port) peer_eth_dev_start(port)
#define rte_ring_enqueue(r, obj) peer_ring_enqueue(r, obj)
#define rte_ring_dequeue(r, obj) peer_ring_dequeue(r, obj)

#endif
