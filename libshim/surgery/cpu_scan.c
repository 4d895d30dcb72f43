/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Shortens EAL's search for CPUs, in the core linkage.
 *
 * rte_eal_init() asks sysfs for 1024 CPUs, for the first 128 of them in each of 32 NUMA
 * nodes: 5,000 look-ups, 10 ms of the start. The kernel says how many there can be, so
 * those behind are answered here. The linker puts these functions before EAL's own
 * (--wrap); a DPDK that has no such functions links and starts all the same.
 *
 * Read against eal_lcore.c of DPDK 22.11 to 25.11. DENODPDK_CPU_SCAN=off turns it off.
 */

#include <limits.h>
#include <stdio.h>

#include "surgery/surgery.h"

int __real_eal_cpu_detected(unsigned int cpu) __attribute__((weak));
unsigned int __real_eal_cpu_socket_id(unsigned int cpu) __attribute__((weak));
int __wrap_eal_cpu_detected(unsigned int cpu);
unsigned int __wrap_eal_cpu_socket_id(unsigned int cpu);

/* Whether the kernel can have a CPU of this number; true where it does not tell. */
static int
cpu_possible(unsigned int cpu)
{
	static unsigned int last = UINT_MAX;
	static int known;
	unsigned int first;
	FILE *f;

	if (!known) {
		known = 1;
		/* "0-3", seldom "0,2-3": ascending */
		f = surgery_allowed("DENODPDK_CPU_SCAN") ?
			fopen("/sys/devices/system/cpu/possible", "r") : NULL;
		while (f != NULL && fscanf(f, "%u%*[-,]", &first) == 1)
			last = first;
		if (f != NULL)
			fclose(f);
	}
	return cpu <= last;
}

/* Whether the CPU is in sysfs. */
int
__wrap_eal_cpu_detected(unsigned int cpu)
{
	return cpu_possible(cpu) ? __real_eal_cpu_detected(cpu) : 0;
}

/* The NUMA node of the CPU; 0 where none has it, as EAL has it. */
unsigned int
__wrap_eal_cpu_socket_id(unsigned int cpu)
{
	return cpu_possible(cpu) ? __real_eal_cpu_socket_id(cpu) : 0;
}
