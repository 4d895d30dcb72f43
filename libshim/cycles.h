/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_CYCLES_H
#define SHIM_CYCLES_H

#include <stdint.h>
#include <time.h>

#include <rte_cycles.h>

/* Of so many readings the closest counts. */
#define TSC_READINGS 32

/* The time stamp counter and a clock at one instant. */
struct tsc_reading {
	uint64_t tsc;
	uint64_t ns;
};

/*
 * The closest of several readings: the thread may lose its CPU between the counter and the clock.
 * All 0 where there is no such clock.
 */
static inline struct tsc_reading
tsc_read(clockid_t clock)
{
	struct tsc_reading both = { 0, 0 };
	uint64_t closest = UINT64_MAX;
	struct timespec now;
	int i;

	for (i = 0; i < TSC_READINGS; i++) {
		const uint64_t before = rte_rdtsc_precise();
		uint64_t apart;

		if (clock_gettime(clock, &now) != 0)
			return (struct tsc_reading){ 0, 0 };
		apart = rte_rdtsc_precise() - before;
		if (apart >= closest)
			continue;
		closest = apart;
		both.tsc = before + apart / 2;
		both.ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	}
	return both;
}

/* Counts in a second between two readings; 0 where time has not passed. */
static inline double
tsc_between(struct tsc_reading first, struct tsc_reading last)
{
	return last.ns > first.ns ?
		(double)(last.tsc - first.tsc) * 1e9 / (double)(last.ns - first.ns) : 0;
}

#endif
