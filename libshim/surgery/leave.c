/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * A secondary leaves the devices alone when it ends.
 *
 * rte_eal_cleanup() removes every device from its driver, by eal_bus_cleanup(), in secondaries
 * as well. What the drivers do then is not this process's alone: net_pcap's remove stops the
 * port in shared memory, so that the primary's link is down and its queues are stopped; that of
 * a NIC unmaps it and releases it in VFIO, or closes its UIO file, by which drivers of the
 * kernel's stop it. What a process opened, the kernel closes at its end.
 *
 * So all buses are taken off EAL's list first, and eal_bus_cleanup() finds none. The price: what
 * net_pcap and net_tap take from the shared heap for a secondary, half a kilobyte a port, stays
 * taken, as it does when one is killed.
 *
 * Read against eal_common_bus.c of DPDK 22.11 to 25.11. rte_bus_unregister() is internal there,
 * and exported. DENODPDK_LEAVE=off turns it off.
 */

#include <stdlib.h>
#include <string.h>

#include <rte_bus.h>

#include "surgery/leave.h"

/* bus_driver.h, which is not installed */
void rte_bus_unregister(struct rte_bus *bus);

static int
leave_any(const struct rte_bus *bus, const void *data)
{
	(void)bus;
	(void)data;
	return 0;
}

void
leave_devices(void)
{
	const char *off = getenv("DENODPDK_LEAVE");
	struct rte_bus *bus;

	if (off != NULL && strcmp(off, "off") == 0)
		return;
	while ((bus = rte_bus_find(NULL, leave_any, NULL)) != NULL)
		rte_bus_unregister(bus);
}
