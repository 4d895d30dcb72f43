/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * rte_lcore.h, and threads that EAL did not start taking over its lcores.
 *
 * EAL's own worker threads sleep in read() and cannot run JavaScript, and
 * rte_thread_register() refuses once multi-process is in use. So a thread adopts an
 * lcore: it gets the lcore's cpuset and its id, which is all that mempool caches,
 * service cores and statistics look at. An id has one owner in this process; two
 * threads with one id would corrupt the mempool cache.
 */

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include <rte_lcore.h>

#include "fault.h"
#include "lcore.h"
#include "shim.h"

static atomic_bool lcore_owned[RTE_MAX_LCORE];

/* Gives the lcore back when its thread ends without having done so. */
static pthread_key_t lcore_key;
static pthread_once_t lcore_key_once = PTHREAD_ONCE_INIT;

static _Thread_local rte_cpuset_t affinity_before;

static void
lcore_thread_exit(void *arg)
{
	atomic_store(&lcore_owned[(uintptr_t)arg - 1], false);
}

static void
lcore_key_create(void)
{
	pthread_key_create(&lcore_key, lcore_thread_exit);
}

static void
lcore_own(uint32_t lcore)
{
	pthread_once(&lcore_key_once, lcore_key_create);
	pthread_setspecific(lcore_key, (void *)((uintptr_t)lcore + 1));
}

void
lcore_before_init(void)
{
	pthread_getaffinity_np(pthread_self(), sizeof(affinity_before), &affinity_before);
}

void
lcore_after_init(void)
{
	uint32_t lcore = rte_get_main_lcore();

	atomic_store(&lcore_owned[lcore], true);
	lcore_own(lcore);
}

static int
cpuset_list(const rte_cpuset_t *set, uint32_t *cpus, uint32_t len)
{
	uint32_t cpu, n = 0;

	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, set))
			continue;
		if (n < len)
			cpus[n] = cpu;
		n++;
	}
	return (int)n;
}

uint32_t
shim_lcore_id(void)
{
	return rte_lcore_id();
}

uint32_t
shim_lcore_main(void)
{
	return rte_get_main_lcore();
}

int
shim_lcore_list(uint32_t *ids, uint32_t len)
{
	uint32_t lcore, n = 0;

	RTE_LCORE_FOREACH(lcore) {
		if (n < len)
			ids[n] = lcore;
		n++;
	}
	return (int)n;
}

int
shim_lcore_cpus(uint32_t lcore, uint32_t *cpus, uint32_t len)
{
	rte_cpuset_t set;

	if (lcore >= RTE_MAX_LCORE)
		return -EINVAL;
	set = rte_lcore_cpuset(lcore);
	return cpuset_list(&set, cpus, len);
}

int
shim_lcore_socket(uint32_t lcore)
{
	return lcore < RTE_MAX_LCORE ? (int)rte_lcore_to_socket_id(lcore) : -EINVAL;
}

int
shim_lcore_adopt(uint32_t lcore)
{
	rte_cpuset_t set;

	if (lcore >= RTE_MAX_LCORE || !rte_lcore_is_enabled(lcore))
		return -EINVAL;
	if (rte_lcore_id() != LCORE_ID_ANY)
		return -EALREADY;
	if (atomic_exchange(&lcore_owned[lcore], true))
		return -EBUSY;

	lcore_before_init();
	set = rte_lcore_cpuset(lcore);
	RTE_PER_LCORE(_lcore_id) = lcore;
	if (rte_thread_set_affinity(&set) != 0) {
		RTE_PER_LCORE(_lcore_id) = LCORE_ID_ANY;
		atomic_store(&lcore_owned[lcore], false);
		return -EPERM;
	}
	lcore_own(lcore);
	return 0;
}

/*
 * As adopt, but for an id that no EAL thread of any process has, and without its CPUs:
 * the thread runs where it may run now. That the id is nobody else's, the caller knows.
 */
int
shim_lcore_float(uint32_t lcore)
{
	if (lcore >= RTE_MAX_LCORE)
		return -EINVAL;
	if (rte_lcore_id() != LCORE_ID_ANY)
		return -EALREADY;
	if (atomic_exchange(&lcore_owned[lcore], true))
		return -EBUSY;
	FAULT("lcore-claimed");
	lcore_before_init();
	RTE_PER_LCORE(_lcore_id) = lcore;
	lcore_own(lcore);
	FAULT("lcore-taken");
	return 0;
}

int
shim_lcore_release(void)
{
	uint32_t lcore = rte_lcore_id();

	if (lcore == LCORE_ID_ANY)
		return -ENOENT;
	FAULT("lcore-release");
	/* first the id: the affinity that comes back is the thread's, not the lcore's */
	RTE_PER_LCORE(_lcore_id) = LCORE_ID_ANY;
	rte_thread_set_affinity(&affinity_before);
	pthread_setspecific(lcore_key, NULL);
	atomic_store(&lcore_owned[lcore], false);
	FAULT("lcore-released");
	return 0;
}

/* The lcores that other threads of this process are now. */
int
shim_lcore_others(uint32_t *ids, uint32_t len)
{
	uint32_t lcore, n = 0;

	for (lcore = 0; lcore < RTE_MAX_LCORE; lcore++) {
		if (lcore == rte_lcore_id() || !atomic_load(&lcore_owned[lcore]))
			continue;
		if (n < len)
			ids[n] = lcore;
		n++;
	}
	return (int)n;
}

int
shim_thread_get_affinity(uint32_t *cpus, uint32_t len)
{
	rte_cpuset_t set;
	int ret = pthread_getaffinity_np(pthread_self(), sizeof(set), &set);

	return ret != 0 ? -ret : cpuset_list(&set, cpus, len);
}

int
shim_thread_set_affinity(const uint32_t *cpus, uint32_t count)
{
	rte_cpuset_t set;
	uint32_t i;

	CPU_ZERO(&set);
	for (i = 0; i < count; i++) {
		if (cpus[i] >= CPU_SETSIZE)
			return -EINVAL;
		CPU_SET(cpus[i], &set);
	}
	return rte_thread_set_affinity(&set) == 0 ? 0 : -EINVAL;
}
