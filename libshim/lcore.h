/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_LCORE_H
#define SHIM_LCORE_H

/* rte_eal_init() pins its thread to the main lcore; remember where it was before. */
void lcore_before_init(void);
/* After it, that thread owns the main lcore. */
void lcore_after_init(void);

#endif
