/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_POOL_OPS_H
#define SHIM_POOL_OPS_H

#include <stdint.h>

/*
 * Put the operations of these names, each with its NUL, at the first indexes of this process's
 * table, as far as it has them. Before any pool is used.
 */
void pool_ops_order(const char *names, uint32_t count);

#endif
