/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * The other end of a net_memif port goes away under an lcore that polls the port.
 *
 * When a peer ends or is killed, EAL's interrupt thread marks the port as not connected, and unmaps
 * the peer's memory at once. An lcore that has looked at the mark before, and has lost its CPU since,
 * goes on in memory that is gone: SIGSEGV, in testpmd as well. Where that thread and the lcore share
 * a CPU this happens every few times.
 *
 * Between the two the driver removes the callback in which it is, which EAL refuses, since the
 * callback runs (-EAGAIN), and which is answered here first. So here the interrupt thread waits until
 * no thread can be in a burst that began before: each has slept, which no burst does, or has had the
 * CPU for longer than a burst takes. It is the thread's own CPU time that counts, and not how long it
 * had to wait for the CPU.
 *
 * Read against memif_disconnect() of DPDK 22.11 to 25.11, and rte_intr_callback_unregister().
 * DENODPDK_HANGUP=off turns it off. A port of net_memif that is attached later, where EAL was started
 * without one, is as DPDK has it.
 */

#include "surgery/hangup.h"

#ifndef SHIM_NO_DRIVERS

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_interrupts.h>

#include "shim.h"
#include "surgery/drivers.h"
#include "surgery/first.h"
#include "surgery/surgery.h"

/* CPU time after which a burst is over: one of a whole ring of the largest frames takes less. */
#define BURST_NS INT64_C(10000000)
/* How long to sleep between two looks, and how often to look; then all is as DPDK has it. */
#define LOOK_US 200
#define LOOKS 25000
/* More threads than Deno and EAL have. */
#define THREADS 256

/* The kernel's name for the clock of a thread's CPU time: CPUCLOCK_SCHED of one thread. */
#define THREAD_CLOCK(tid) ((clockid_t)((~(unsigned int)(tid) << 3) | 6))

struct hangup_thread {
	pid_t tid;
	int64_t began; /* its CPU time at the first look */
};

static bool hangup_waits;

void
hangup_install(const char *args, uint32_t len)
{
	static const char driver[] = "net_memif";

	hangup_waits = surgery_allowed("DENODPDK_HANGUP") &&
		memmem(args, len, driver, sizeof(driver) - 1) != NULL && drivers_find_us();
}

/* The CPU time of a thread, ns; negative where it has ended. */
static int64_t
hangup_cpu(pid_t tid)
{
	struct timespec time;

	if (clock_gettime(THREAD_CLOCK(tid), &time) != 0)
		return -1;
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

/* Whether a thread waits for something, as none does in a burst. */
static bool
hangup_sleeps(pid_t tid)
{
	char path[64], text[256], state = '\0';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	file = fopen(path, "re");
	if (file == NULL)
		return true;
	if (fgets(text, sizeof(text), file) != NULL && strrchr(text, ')') != NULL)
		sscanf(strrchr(text, ')') + 1, " %c", &state);
	fclose(file);
	return state == 'S';
}

/* All threads but this one. */
static size_t
hangup_threads(struct hangup_thread *threads)
{
	DIR *folder = opendir("/proc/self/task");
	struct dirent *entry;
	size_t n = 0;

	while (folder != NULL && n < THREADS && (entry = readdir(folder)) != NULL) {
		pid_t tid = atoi(entry->d_name);

		if (tid == 0 || tid == gettid())
			continue;
		threads[n].tid = tid;
		threads[n++].began = hangup_cpu(tid);
	}
	if (folder != NULL)
		closedir(folder);
	return n;
}

/* Until no thread can be in a burst that has begun before. */
static void
hangup_wait(void)
{
	struct hangup_thread threads[THREADS];
	size_t n = hangup_threads(threads);
	int looks;

	for (looks = 0; n > 0 && looks < LOOKS; looks++) {
		size_t i, left = 0;

		for (i = 0; i < n; i++) {
			const int64_t cpu = hangup_cpu(threads[i].tid);

			if (cpu >= 0 && cpu - threads[i].began < BURST_NS &&
					!hangup_sleeps(threads[i].tid))
				threads[left++] = threads[i];
		}
		n = left;
		if (n > 0)
			usleep(LOOK_US);
	}
}

#ifdef SHIM_BUNDLED

int __real_rte_intr_callback_unregister(const struct rte_intr_handle *handle,
		rte_intr_callback_fn callback, void *arg);
int __wrap_rte_intr_callback_unregister(const struct rte_intr_handle *handle,
		rte_intr_callback_fn callback, void *arg);

#endif

FIRST_API int
FIRST(rte_intr_callback_unregister)(const struct rte_intr_handle *handle,
		rte_intr_callback_fn callback, void *arg)
{
	int ret = NEXT(rte_intr_callback_unregister)(handle, callback, arg);

	if (ret == -EAGAIN && hangup_waits)
		hangup_wait();
	return ret;
}

#else

void
hangup_install(const char *args, uint32_t len)
{
	(void)args;
	(void)len;
}

#endif
