/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_MEMZONE_H
#define SHIM_MEMZONE_H

#include "shim.h"

/* What there is to tell of a memzone. */
void memzone_tell(const struct rte_memzone *mz, struct shim_memzone_info *info);

#endif
