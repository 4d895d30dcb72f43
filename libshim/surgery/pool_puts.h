/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SURGERY_POOL_PUTS_H
#define SURGERY_POOL_PUTS_H

/* Makes this process's pools on the operations ring_mp_mc keep the journal. */
void pool_puts_install(void);

#endif
