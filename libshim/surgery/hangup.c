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
 * A port that is stopped in that moment is taken down by two threads at once, which both free its
 * regions: EAL's heap is broken then. It is the rule where both ends are in one process, which closes
 * one right after the other. So the interrupt thread stands still while such a port is stopped. After
 * that it takes up what it has to wait for now, and must have read EAL's memory for that before EAL
 * may end.
 *
 * Read against memif_disconnect() of DPDK 22.11 to 25.11, and rte_intr_callback_unregister().
 * DENODPDK_HANGUP=off turns it off. Bursts of a port of net_memif that is attached later, where EAL
 * was started without one, are as DPDK has them.
 */

#include "surgery/hangup.h"

#ifndef SHIM_NO_DRIVERS

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <rte_ethdev.h>
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

static const char hangup_driver[] = "net_memif";
static bool hangup_waits;

/* One call at a time; the interrupt thread says that it stands still, and is told to go on. */
static pthread_mutex_t hangup_call = PTHREAD_MUTEX_INITIALIZER;
static sem_t hangup_stands, hangup_goes_on;
static atomic_bool hangup_stays;
static int hangup_fd = -1;

void
hangup_install(const char *args, uint32_t len)
{
	sem_init(&hangup_stands, 0, 0);
	sem_init(&hangup_goes_on, 0, 0);
	hangup_waits = surgery_allowed("DENODPDK_HANGUP") &&
		memmem(args, len, hangup_driver, strlen(hangup_driver)) != NULL && drivers_find_us();
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

static void
hangup_await(sem_t *sem)
{
	while (sem_wait(sem) != 0)
		;
}

/* In the interrupt thread. */
static void
hangup_stand(void *arg)
{
	/* who asks may ask for something else once it is answered */
	const bool stays = atomic_load(&hangup_stays);
	eventfd_t calls;

	(void)arg;
	eventfd_read(hangup_fd, &calls);
	sem_post(&hangup_stands);
	if (stays)
		hangup_await(&hangup_goes_on);
}

/* A way to call the interrupt thread. An alarm would not do: one may come twice, the second time late. */
static bool
hangup_can_call(void)
{
	struct rte_intr_handle *handle;

	if (hangup_fd >= 0)
		return true;
	hangup_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	handle = hangup_fd < 0 ? NULL : rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	if (handle != NULL && rte_intr_fd_set(handle, hangup_fd) == 0 &&
			rte_intr_type_set(handle, RTE_INTR_HANDLE_EXT) == 0 &&
			rte_intr_callback_register(handle, hangup_stand, NULL) == 0)
		return true;
	rte_intr_instance_free(handle);
	if (hangup_fd >= 0)
		close(hangup_fd);
	hangup_fd = -1;
	return false;
}

/* Waits until the interrupt thread has come, which stays there if it is to. */
static void
hangup_ask(bool stays)
{
	atomic_store(&hangup_stays, stays);
	eventfd_write(hangup_fd, 1);
	hangup_await(&hangup_stands);
}

int
hangup_apart(uint16_t port, int (*call)(uint16_t port))
{
	struct rte_eth_dev_info info;
	bool stands;
	int ret;

	if (!surgery_allowed("DENODPDK_HANGUP") || rte_eth_dev_info_get(port, &info) < 0 ||
			strcmp(info.driver_name, hangup_driver) != 0)
		return call(port);
	pthread_mutex_lock(&hangup_call);
	stands = hangup_can_call();
	if (stands)
		hangup_ask(true);
	ret = call(port);
	if (stands) {
		sem_post(&hangup_goes_on);
		hangup_ask(false);
	}
	pthread_mutex_unlock(&hangup_call);
	return ret;
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

int
hangup_apart(uint16_t port, int (*call)(uint16_t port))
{
	return call(port);
}

#endif
