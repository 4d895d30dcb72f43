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

#include <rte_version.h>

#include "cycles.h"
#include "surgery/surgery.h"
#include "surgery/tsc.h"

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

uint64_t
__wrap_get_tsc_freq(ARCH_HZ)
{
	const struct timespec window = { .tv_nsec = TSC_WINDOW_NS };
	struct tsc_reading first;
	double hz;

	if (ARCH_HZ_KNOWN || !surgery_allowed("DENODPDK_TSC"))
		return __real_get_tsc_freq(ARCH_HZ_ARG);
	first = tsc_read(CLOCK_MONOTONIC_RAW);
	nanosleep(&window, NULL);
	hz = tsc_between(first, tsc_read(CLOCK_MONOTONIC_RAW));
	if (hz <= 0)
		return __real_get_tsc_freq(ARCH_HZ_ARG);
	return ((uint64_t)hz + ROUND / 2) / ROUND * ROUND;
}

bool
tsc_is_replaced(void)
{
	return __real_get_tsc_freq != NULL;
}
