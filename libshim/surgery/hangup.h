/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_HANGUP_H
#define SHIM_HANGUP_H

#include <stdint.h>

/*
 * Before rte_eal_init(), with its arguments as one text of len bytes: where a port of net_memif is
 * among them, its memory stays until no lcore can be in it.
 */
void hangup_install(const char *args, uint32_t len);

/* Calls it for the port, one of net_memif while EAL's interrupt thread stands still. */
int hangup_apart(uint16_t port, int (*call)(uint16_t port));

#endif
