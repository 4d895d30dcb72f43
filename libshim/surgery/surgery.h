/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * What reaches into DPDK's private state, and when it must not.
 *
 * Every part here was read against the sources of DPDK 22.11 to 25.11, and stands back where DPDK is
 * another one. Each has a switch of its own, DENODPDK_<PART>=off in the environment: then DPDK is
 * as it comes, and what the part gives is missing.
 *
 *   RECOVERY   journal, ring_many, pool_puts, mend, settle: killed processes in shared rings and pools
 *   LOCKS      locks: killed processes that held a lock of EAL's
 *   LEAVE      leave: a secondary ends without harm to its primary
 *   PCAP       pcap_keep: net_pcap's files stay as they are when a secondary comes
 *   POOL_OPS   pool_ops: mempool operations stand in all processes' tables where pools expect them
 *   CAPTURE    capture: the end of dpdk-dumpcap without harm to the primary
 *   HANGUP     hangup: the other end of a net_memif port goes away without harm to who polls or stops it
 *   CPU_SCAN   cpu_scan: less of EAL's search for CPUs
 *   TSC        tsc, tsc_sleep: the time stamp counter is measured in 20 ms, not in 100
 */

#ifndef SHIM_SURGERY_H
#define SHIM_SURGERY_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <rte_version.h>

/* Whether a part may do its work: this DPDK is known to it, and nobody has turned it off. */
static inline bool
surgery_allowed(const char *variable)
{
	const char *value = getenv(variable);

	return RTE_VERSION >= RTE_VERSION_NUM(22, 11, 0, 0) &&
		RTE_VERSION < RTE_VERSION_NUM(26, 0, 0, 0) &&
		(value == NULL || strcmp(value, "off") != 0);
}

#endif
