/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Cycles of ring and mempool calls, a line a case. The loops are those of dpdk-test's
 * ring_perf_autotest and mempool_perf_autotest, which have no bursts of 128; perf/cases.ts has
 * the same numbers.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_mempool.h>
#include <rte_ring.h>

#define RING_SIZE 4096
#define POOL_SIZE 1023
#define ELEMENT_SIZE 2048
#define CACHE 512
#define KEEP 128
#define SLICE (1 << 20)
#define SLICES 25

/* volatile, as in dpdk-test: or the compiler makes a loop for each */
static const volatile unsigned int bursts[] = { 8, 32, 128 };

static void *objs[KEEP];

static void
ring_slice(void *arg, unsigned int burst)
{
	struct rte_ring *r = arg;
	unsigned int moved;

	for (moved = 0; moved < SLICE; moved += burst) {
		rte_ring_enqueue_burst(r, objs, burst, NULL);
		rte_ring_dequeue_burst(r, objs, burst, NULL);
	}
}

static void
pool_slice(void *arg, unsigned int burst)
{
	struct rte_mempool *mp = arg;
	unsigned int moved, i;

	for (moved = 0; moved < SLICE; moved += KEEP) {
		for (i = 0; i < KEEP; i += burst)
			if (rte_mempool_get_bulk(mp, &objs[i], burst) < 0)
				rte_exit(EXIT_FAILURE, "the pool is empty\n");
		for (i = 0; i < KEEP; i += burst)
			rte_mempool_put_bulk(mp, &objs[i], burst);
	}
}

static int
compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void
measure(const char *what, void (*slice)(void *, unsigned int), void *arg)
{
	uint64_t cycles[SLICES];
	unsigned int i, b;

	for (b = 0; b < RTE_DIM(bursts); b++) {
		const unsigned int burst = bursts[b];

		slice(arg, burst);
		for (i = 0; i < SLICES; i++) {
			const uint64_t start = rte_rdtsc();

			slice(arg, burst);
			cycles[i] = rte_rdtsc() - start;
		}
		qsort(cycles, SLICES, sizeof(cycles[0]), compare);
		printf("%s burst %u: %.3f\n", what, burst, (double)cycles[SLICES / 2] / SLICE);
	}
}

int
main(int argc, char **argv)
{
	struct rte_ring *spsc, *mpmc;
	struct rte_mempool *mp;

	if (rte_eal_init(argc, argv) < 0)
		rte_exit(EXIT_FAILURE, "Cannot init EAL\n");
	spsc = rte_ring_create("spsc", RING_SIZE, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
	mpmc = rte_ring_create("mpmc", RING_SIZE, SOCKET_ID_ANY, 0);
	mp = rte_mempool_create("perf", POOL_SIZE, ELEMENT_SIZE, CACHE, 0, NULL, NULL, NULL, NULL,
			SOCKET_ID_ANY, 0);
	if (spsc == NULL || mpmc == NULL || mp == NULL)
		rte_exit(EXIT_FAILURE, "Cannot create rings and pool\n");
	measure("ring SP/SC", ring_slice, spsc);
	measure("ring MP/MC", ring_slice, mpmc);
	measure("mempool", pool_slice, mp);
	rte_eal_cleanup();
	return 0;
}
