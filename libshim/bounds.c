/* SPDX-License-Identifier: BSD-3-Clause */

/* What DPDK was built for: the numbers that errors name. */

#include <rte_malloc.h>
#include <rte_mempool.h>
#include <rte_memzone.h>
#include <rte_version.h>

#include "bounds.h"
#include "shim.h"
#include "surgery/journal.h"

/* What TypeScript knows must hold in this build, and for this architecture. */
#include "derived.h"

uint32_t
memzones_max(void)
{
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
	return (uint32_t)rte_memzone_max_get();
#else
	return RTE_MAX_MEMZONE;
#endif
}

/* EAL_DEV_MP_DEV_ARGS_MAX_LEN, which no header of DPDK's tells. */
#define DEVARGS_MAX 128

void
shim_limits(struct shim_limits *limits)
{
	*limits = (struct shim_limits){
		.lcores = RTE_MAX_LCORE,
		.ports = RTE_MAX_ETHPORTS,
		.cache_line = RTE_CACHE_LINE_SIZE,
		.headroom = RTE_PKTMBUF_HEADROOM,
		.data_room = RTE_MBUF_DEFAULT_BUF_SIZE,
		.ring_slots = RING_MAX,
		.ring_objects = RING_MAX_EXACT,
		.ring_name = RTE_RING_NAMESIZE - 1,
		.mempool_name = RTE_MEMPOOL_NAMESIZE - 1,
		.memzone_name = RTE_MEMZONE_NAMESIZE - 1,
		.cache_size = RTE_MEMPOOL_CACHE_MAX_SIZE,
		.memzones = memzones_max(),
		.memory_gib = RTE_MAX_MEM_MB / 1024,
		.devargs = DEVARGS_MAX,
	};
}

/* Bytes that EAL has and nobody uses, on all NUMA nodes; it can get more from the kernel. */
uint64_t
shim_memory_free(void)
{
	struct rte_malloc_socket_stats stats;
	uint64_t bytes = 0;
	unsigned int i;

	for (i = 0; i < rte_socket_count(); i++)
		if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &stats) == 0)
			bytes += stats.heap_freesz_bytes;
	return bytes;
}
