/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Crash points: named instants at which a test lets the kernel kill a process. They are nowhere
 * but in a shim that is built with -DSHIM_FAULTS, as tests/harness/crash_points.ts does it.
 */

#ifndef FAULT_H
#define FAULT_H

#ifdef SHIM_FAULTS

#include <rte_ring.h>

void fault_point(const char *name);
void fault_ring_point(const struct rte_ring *r, const char *step);

#define FAULT(name) fault_point(name)
#define FAULT_RING(r, step) fault_ring_point(r, step)

#else

#define FAULT(name) ((void)0)
#define FAULT_RING(r, step) ((void)0)

#endif

#endif
