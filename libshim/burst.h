/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_BURST_H
#define SHIM_BURST_H

#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include "shim.h"

/* Tell JavaScript where the data of each packet lies; it reads and writes it next. */
static inline void
burst_locate(const struct shim_burst *burst, uint32_t n)
{
	const uint64_t base = burst->base, len = burst->len;
	struct rte_mbuf *const *mbufs = (struct rte_mbuf *const *)burst->objs;
	uint32_t *restrict offsets = burst->offsets;
	uint32_t *restrict lengths = burst->lengths;
	uint16_t *restrict ports = burst->ports;
	uint32_t i;

	for (i = 0; i < n; i++) {
		const struct rte_mbuf *m = mbufs[i];
		const char *data = rte_pktmbuf_mtod(m, const char *);
		uint64_t offset = (uintptr_t)data - base;

		rte_prefetch0(data);
		offsets[i] = offset < len ? (uint32_t)offset : UINT32_MAX;
		lengths[i] = m->data_len;
		ports[i] = m->port;
	}
}

#endif
