/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_CAPTURE_H
#define SHIM_CAPTURE_H

/* From now on the removal of a queue's callback waits until no burst is in it. */
void capture_install(void);

#endif
