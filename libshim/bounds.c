/* SPDX-License-Identifier: BSD-3-Clause */

/* What DPDK was built for: the numbers that errors name. */

#include <string.h>

#include <rte_malloc.h>
#include <rte_mempool.h>
#include <rte_memzone.h>
#include <rte_version.h>

#include "bounds.h"
#include "shim.h"

uint32_t
memzones_max(void)
{
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
	return (uint32_t)rte_memzone_max_get();
#else
	return RTE_MAX_MEMZONE;
#endif
}

/* In the order in which ffi/boundary/bounds.ts names them; returns how many there are. */
int
shim_limits(uint32_t *limits, uint32_t len)
{
	const uint32_t values[] = {
		RING_MAX,
		RING_MAX_EXACT,
		/* names: bytes without the NUL */
		RTE_RING_NAMESIZE - 1,
		RTE_MEMPOOL_NAMESIZE - 1,
		RTE_MEMZONE_NAMESIZE - 1,
		RTE_MEMPOOL_CACHE_MAX_SIZE,
		memzones_max(),
		RTE_MAX_MEM_MB / 1024,
	};

	if (len > RTE_DIM(values))
		len = RTE_DIM(values);
	memcpy(limits, values, len * sizeof(*limits));
	return RTE_DIM(values);
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
