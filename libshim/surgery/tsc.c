/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Shortens EAL's measurement of the time stamp counter, where DPDK is linked in.
 *
 * Where the CPU does not tell the counter's frequency, a primary compares it with the kernel's clock
 * over 100 ms, most of its start. What limits the result is how far apart the two are read: EAL
 * reads each once, and the thread may lose its CPU in between. Here the closest of several readings
 * counts, so that 20 ms give a better figure than those 100. It is rounded as EAL rounds it. The
 * linker puts this function before EAL's own (--wrap); a DPDK that has no such function links and
 * starts all the same.
 *
 * Read against eal_timer.c of DPDK 22.11 to 25.11. DENODPDK_TSC=off turns it off.
 */

#include <stdint.h>
#include <time.h>

#include <rte_cycles.h>
#include <rte_version.h>

#include "surgery/surgery.h"

#define WINDOW_NS (20 * 1000 * 1000)
#define READINGS 32

/* Since 24.11 EAL asks whether the CPU's own figure is right, and rounds to 100 kHz, not 10 MHz. */
#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
#define ARCH_HZ uint64_t arch_hz
#define ARCH_HZ_ARG arch_hz
#define ARCH_HZ_KNOWN (arch_hz != 0)
#define ROUND UINT64_C(100000)
#else
#define ARCH_HZ void
#define ARCH_HZ_ARG
#define ARCH_HZ_KNOWN 0
#define ROUND UINT64_C(10000000)
#endif

uint64_t __real_get_tsc_freq(ARCH_HZ) __attribute__((weak));
uint64_t __wrap_get_tsc_freq(ARCH_HZ);

/* The counter and the clock at one instant. */
struct reading {
	uint64_t tsc;
	uint64_t ns;
};

/* The closest of several readings; all 0 where there is no such clock. */
static struct reading
read_both(void)
{
	struct reading both = { 0, 0 };
	uint64_t closest = UINT64_MAX;
	struct timespec now;
	int i;

	for (i = 0; i < READINGS; i++) {
		const uint64_t before = rte_rdtsc_precise();
		uint64_t apart;

		if (clock_gettime(CLOCK_MONOTONIC_RAW, &now) != 0)
			return (struct reading){ 0, 0 };
		apart = rte_rdtsc_precise() - before;
		if (apart >= closest)
			continue;
		closest = apart;
		both.tsc = before + apart / 2;
		both.ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	}
	return both;
}

uint64_t
__wrap_get_tsc_freq(ARCH_HZ)
{
	const struct timespec window = { .tv_nsec = WINDOW_NS };
	struct reading first, last;
	double hz;

	if (ARCH_HZ_KNOWN || !surgery_allowed("DENODPDK_TSC"))
		return __real_get_tsc_freq(ARCH_HZ_ARG);
	first = read_both();
	nanosleep(&window, NULL);
	last = read_both();
	if (last.ns <= first.ns)
		return __real_get_tsc_freq(ARCH_HZ_ARG);
	hz = (double)(last.tsc - first.tsc) * 1e9 / (double)(last.ns - first.ns);
	return ((uint64_t)hz + ROUND / 2) / ROUND * ROUND;
}
