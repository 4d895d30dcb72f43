/* SPDX-License-Identifier: BSD-3-Clause */

/* rte_dev.h: whether a device that was asked for is there */

#include <errno.h>
#include <string.h>

#include <rte_dev.h>

#include "shim.h"

/*
 * Whether a virtual device has a driver: 1, or 0 where it is known and its driver did not start
 * it, which EAL passes over. -ENODEV for one that is not known.
 */
int
shim_vdev_started(const char *name)
{
	struct rte_dev_iterator it;
	struct rte_device *dev;
	int ret = -ENODEV;

	RTE_DEV_FOREACH(dev, "bus=vdev", &it) {
		if (strcmp(rte_dev_name(dev), name) == 0)
			ret = rte_dev_driver(dev) != NULL;
	}
	return ret;
}
