/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_HANGUP_H
#define SHIM_HANGUP_H

#include <stdint.h>

/*
 * Before rte_eal_init(), with its arguments as one text of len bytes: where a port of net_memif is
 * among them, its memory stays until no lcore can be in it.
 */
void hangup_install(const char *args, uint32_t len);

#endif
