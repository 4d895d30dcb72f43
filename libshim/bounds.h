/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_BOUNDS_H
#define SHIM_BOUNDS_H

#include <stdint.h>

#include <rte_config.h>
#include <rte_ring.h>

/* Most objects of a ring; also of one that holds exactly as many, and of a mempool's. */
#define RING_MAX ((RTE_RING_SZ_MASK >> 1) + 1)
#define RING_MAX_EXACT (RING_MAX - 1)

/* Bytes that no EAL has more of, whatever the machine has. */
#define MEMORY_MAX ((uint64_t)RTE_MAX_MEM_MB << 20)

/* How many memzones there can be; a program may choose it since DPDK 23.11. */
uint32_t memzones_max(void);

#endif
