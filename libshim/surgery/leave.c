/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * A secondary ends without harm to its primary.
 *
 * Messages. A primary that takes or gives back hugepages asks every process whose socket is in
 * the runtime folder to do the same, and fails with ENOMEM when one of them ends meanwhile: its
 * socket was there and is not, or nobody answers any more. It holds the memory's lock all the
 * time, so this process removes its socket while it holds the same lock as a reader: no such
 * request is under way then, and none comes after.
 *
 * Devices. rte_eal_cleanup() removes every device from its driver, by eal_bus_cleanup(), in
 * secondaries as well. What the drivers do then is not this process's alone: net_pcap's remove
 * stops the port in shared memory, so that the primary's link is down and its queues are
 * stopped; that of a NIC unmaps it and releases it in VFIO, or closes its UIO file, by which
 * drivers of the kernel's stop it. What a process opened, the kernel closes at its end.
 *
 * So all buses are taken off EAL's list first, and eal_bus_cleanup() finds none. The price: what
 * net_pcap and net_tap take from the shared heap for a secondary, half a kilobyte a port, stays
 * taken, as it does when one is killed.
 *
 * Read against eal_common_bus.c, eal_common_proc.c and malloc_mp.c of DPDK 22.11 to 25.11.
 * rte_bus_unregister() is internal there, and exported. DENODPDK_LEAVE=off turns it all off.
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <rte_bus.h>
#include <rte_eal.h>
#include <rte_eal_memconfig.h>

#include "surgery/leave.h"
#include "surgery/surgery.h"

/* bus_driver.h, which is not installed */
void rte_bus_unregister(struct rte_bus *bus);

static int
leave_any(const struct rte_bus *bus, const void *data)
{
	(void)bus;
	(void)data;
	return 0;
}

/*
 * Remove the socket by which other processes send to this one. Its name has this process's id: a
 * parent's socket may have been inherited.
 */
static void
leave_socket(void)
{
	char start[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	DIR *fds = opendir("/proc/self/fd");
	struct dirent *entry;

	snprintf(start, sizeof(start), "%s/mp_socket_%d_", rte_eal_get_runtime_dir(), getpid());
	while (fds != NULL && (entry = readdir(fds)) != NULL) {
		struct sockaddr_un name = { .sun_family = AF_UNSPEC };
		socklen_t len = sizeof(name);

		if (getsockname(atoi(entry->d_name), (struct sockaddr *)&name, &len) == 0 &&
				name.sun_family == AF_UNIX &&
				strncmp(name.sun_path, start, strlen(start)) == 0)
			unlink(name.sun_path);
	}
	if (fds != NULL)
		closedir(fds);
}

void
leave_primary(void)
{
	struct rte_bus *bus;

	if (!surgery_allowed("DENODPDK_LEAVE"))
		return;
	rte_mcfg_mem_read_lock();
	leave_socket();
	rte_mcfg_mem_read_unlock();
	while ((bus = rte_bus_find(NULL, leave_any, NULL)) != NULL)
		rte_bus_unregister(bus);
}
