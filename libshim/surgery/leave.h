/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_LEAVE_H
#define SHIM_LEAVE_H

/* Keeps rte_eal_cleanup() of a secondary from touching devices, which are its primary's. */
void leave_devices(void);

#endif
