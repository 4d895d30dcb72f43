/* SPDX-License-Identifier: BSD-3-Clause */

/* rte_pdump.h: dpdk-pdump and dpdk-dumpcap capture in a process that has called this. */

#include <errno.h>

#include <rte_errno.h>
#ifndef SHIM_NO_DRIVERS
#include <rte_pdump.h>
#endif

#include "shim.h"
#include "surgery/capture.h"

#ifdef SHIM_NO_DRIVERS

int
shim_pdump_init(void)
{
	return -ENOTSUP;
}

void
shim_pdump_uninit(void)
{
}

#else

/* Takes 4 MB of shared memory, for counters of every queue there can be. */
int
shim_pdump_init(void)
{
	if (rte_pdump_init() < 0)
		return rte_errno > 0 ? -rte_errno : -EIO;
	capture_install();
	return 0;
}

void
shim_pdump_uninit(void)
{
	rte_pdump_uninit();
}

#endif
