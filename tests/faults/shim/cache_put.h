/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * What puts elements into a mempool's cache copies them with rte_memcpy() when their number has risen:
 * here it is a function that has a crash point. To be included before all headers of DPDK that know
 * of mempools.
 */

#ifndef CACHE_PUT_H
#define CACHE_PUT_H

#ifdef _RTE_MEMPOOL_H_
#error "rte_mempool.h is here already, with the memcpy of its own"
#endif

#include <stddef.h>

#include <rte_memcpy.h>

void *faults_memcpy(void *dst, const void *src, size_t n);

#define rte_memcpy(dst, src, n) faults_memcpy(dst, src, n)
#include <rte_mbuf.h>
#include <rte_mempool.h>
#undef rte_memcpy

#endif
