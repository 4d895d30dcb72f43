/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Cycles of ring and mempool calls, a line a case. The loops are those of dpdk-test's
 * ring_perf_autotest and mempool_perf_autotest, which have no bursts of 128; perf/cases.ts has
 * the same numbers.
 *
 * With PERF_SHIM in the environment, the path of our library, the functions in that are called, as
 * TypeScript does it: then what is left between the two languages is the call.
 */

#include <dlfcn.h>

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

/* of the library; NULL where DPDK's inline functions are measured */
static uint32_t (*shim_enqueue)(struct rte_ring *, void **, uint32_t, uint32_t);
static uint32_t (*shim_dequeue)(struct rte_ring *, void **, uint32_t);
static int (*shim_get)(struct rte_mempool *, void **, uint32_t);
static void (*shim_put)(struct rte_mempool *, void **, uint32_t, uint32_t);

static void *
shim_function(void *library, const char *name)
{
	void *function = dlsym(library, name);

	if (function == NULL)
		rte_exit(EXIT_FAILURE, "%s\n", dlerror());
	return function;
}

static void
shim_open(const char *path)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (library == NULL)
		rte_exit(EXIT_FAILURE, "%s\n", dlerror());
	shim_enqueue = (__typeof__(shim_enqueue))shim_function(library, "shim_ring_enqueue_burst");
	shim_dequeue = (__typeof__(shim_dequeue))shim_function(library, "shim_ring_dequeue_burst");
	shim_get = (__typeof__(shim_get))shim_function(library, "shim_mempool_get_bulk");
	shim_put = (__typeof__(shim_put))shim_function(library, "shim_mempool_put_bulk");
}

static void
shim_ring_slice(void *arg, unsigned int burst)
{
	struct rte_ring *r = arg;
	unsigned int moved;

	for (moved = 0; moved < SLICE; moved += burst) {
		shim_enqueue(r, objs, 0, burst);
		shim_dequeue(r, objs, burst);
	}
}

static void
shim_pool_slice(void *arg, unsigned int burst)
{
	struct rte_mempool *mp = arg;
	unsigned int moved, i;

	for (moved = 0; moved < SLICE; moved += KEEP) {
		for (i = 0; i < KEEP; i += burst)
			if (shim_get(mp, &objs[i], burst) < 0)
				rte_exit(EXIT_FAILURE, "the pool is empty\n");
		for (i = 0; i < KEEP; i += burst)
			shim_put(mp, objs, i, burst);
	}
}

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
	const char *shim = getenv("PERF_SHIM");

	if (rte_eal_init(argc, argv) < 0)
		rte_exit(EXIT_FAILURE, "Cannot init EAL\n");
	if (shim != NULL)
		shim_open(shim);
	spsc = rte_ring_create("spsc", RING_SIZE, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
	mpmc = rte_ring_create("mpmc", RING_SIZE, SOCKET_ID_ANY, 0);
	mp = rte_mempool_create("perf", POOL_SIZE, ELEMENT_SIZE, CACHE, 0, NULL, NULL, NULL, NULL,
			SOCKET_ID_ANY, 0);
	if (spsc == NULL || mpmc == NULL || mp == NULL)
		rte_exit(EXIT_FAILURE, "Cannot create rings and pool\n");
	measure("ring SP/SC", shim != NULL ? shim_ring_slice : ring_slice, spsc);
	measure("ring MP/MC", shim != NULL ? shim_ring_slice : ring_slice, mpmc);
	measure("mempool", shim != NULL ? shim_pool_slice : pool_slice, mp);
	rte_eal_cleanup();
	return 0;
}
