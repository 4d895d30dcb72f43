/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_LEAVE_H
#define SHIM_LEAVE_H

/* Before rte_eal_cleanup() of a secondary: neither devices nor messages disturb its primary then. */
void leave_primary(void);

#endif
