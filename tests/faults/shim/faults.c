/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Crash points: what a shim that is built for tests has beside its own sources.
 *
 * DENODPDK_CRASH_POINTS names a file that all processes map: a test writes there which process is to
 * die or to stand still where. At the armed point, after so many hits, the process says so on stderr
 * and gets the signal, SIGKILL or SIGSTOP. One that was stopped and goes on meets no point again
 * before it is armed again.
 *
 * The instants inside DPDK itself are reached in two ways. From the moment that a process is armed,
 * the bursts of net_null and net_ring are done by functions of this file, which are the same inline
 * functions of DPDK's headers with points in them. And the shim's symbols
 * stand before those of the libraries that it loads: EAL's locks are taken through this file.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cache_put.h"

#include <rte_eal.h>
#include <rte_eal_memconfig.h>
#include <rte_ethdev.h>
#include <rte_memzone.h>
#include <rte_pause.h>
#include <rte_ring.h>
#include <rte_spinlock.h>
#include <rte_version.h>

#include "fault.h"
#ifdef FAULTS_PEER
#include "surgery/ring_many.h"
/* of peer.h, which is for the sample */
#undef rte_eal_init
#undef rte_eth_dev_start
#else
#include "shim.h"
#endif

/* The file; tests/harness/crash_points.ts writes it, the pid last. */
struct control {
	uint32_t pid;
	uint32_t skip;  /* hits that do nothing */
	uint32_t signal;
	uint32_t flush; /* net_null's senders use the pool's ring with each burst */
	char point[48]; /* "point", or "step name" for a ring whose name begins so */
};

static struct control *control;

__attribute__((constructor)) static void
faults_open(void)
{
	const char *path = getenv("DENODPDK_CRASH_POINTS");
	int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *map;

	if (fd < 0)
		return;
	map = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED)
		control = map;
}

static void faults_install(void);

static bool
is_armed(void)
{
	static bool installed;
	static uint32_t self;

	if (control == NULL)
		return false;
	if (self == 0)
		self = (uint32_t)getpid();
	if (__atomic_load_n(&control->pid, __ATOMIC_ACQUIRE) != self)
		return false;
	if (!installed) {
		installed = true;
		faults_install();
	}
	return true;
}

static uint32_t stands, goes_on;

/*
 * The process is stopped by another thread, so that the one at its point is stopped between two
 * instructions of its own, as by anybody else, and not in a system call.
 */
static void *
stop_process(void *arg)
{
	(void)arg;
	/* it is back from the system call that made this thread */
	while (__atomic_load_n(&stands, __ATOMIC_ACQUIRE) == 0)
		usleep(50);
	kill(getpid(), SIGSTOP);
	__atomic_store_n(&goes_on, 1, __ATOMIC_RELEASE);
	return NULL;
}

/*
 * The other one runs before all that are not of real time, so that this one spins for no longer than
 * an update may take.
 */
static void
stand_still(void)
{
	const struct sched_param first = { .sched_priority = 1 };
	pthread_attr_t attr;
	pthread_t thread;

	__atomic_store_n(&stands, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&goes_on, 0, __ATOMIC_RELEASE);
	if (pthread_attr_init(&attr) != 0 ||
			pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED) != 0 ||
			pthread_attr_setschedpolicy(&attr, SCHED_FIFO) != 0 ||
			pthread_attr_setschedparam(&attr, &first) != 0 ||
			pthread_create(&thread, &attr, stop_process, NULL) != 0)
		abort();
	pthread_attr_destroy(&attr);
	pthread_detach(thread);
	__atomic_store_n(&stands, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&goes_on, __ATOMIC_ACQUIRE) == 0)
		rte_pause();
}

static void
hit(const char *name)
{
	char text[128];
	bool stops;
	int len;

	if (control->skip > 0) {
		control->skip--;
		return;
	}
	stops = control->signal == SIGSTOP;
	if (stops)
		__atomic_store_n(&control->pid, 0, __ATOMIC_RELEASE);
	len = snprintf(text, sizeof(text), "crash point: %s (pid %d)\n", name, getpid());
	if (write(STDERR_FILENO, text, (size_t)len) != len)
		abort();
	if (stops) {
		stand_still();
		return;
	}
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

/* Ports that are started by now: a start would put the drivers' functions back. */
static void
install_flushes(void)
{
	static bool installed;

	if (control == NULL || !control->flush || installed)
		return;
	installed = true;
	faults_install();
}

void
fault_point(const char *name)
{
	if (strcmp(name, "received") == 0)
		install_flushes();
	if (is_armed() && strcmp(control->point, name) == 0)
		hit(name);
}

void
fault_ring_point(const struct rte_ring *r, const char *step)
{
	size_t len = strlen(step);

	if (!is_armed() || strncmp(control->point, step, len) != 0 || control->point[len] != ' ')
		return;
	len++;
	if (strncmp(r->name, &control->point[len], strlen(&control->point[len])) == 0)
		hit(control->point);
}

void *
faults_memcpy(void *dst, const void *src, size_t n)
{
	fault_point("cache-put");
	return memcpy(dst, src, n);
}

/*
 * Lets this lcore use the pool's ring all the time. A C sample empties a cache only when a put finds
 * it full, so the next put does. Ours empties it.
 */
static void
use_ring(struct rte_mempool *mp, bool before)
{
#ifdef FAULTS_PEER
	struct rte_mempool_cache *cache = rte_mempool_default_cache(mp, rte_lcore_id());

	if (before && cache != NULL)
		cache->flushthresh = RTE_MAX(cache->len, 1u);
#else
	if (!before)
		rte_mempool_cache_flush(NULL, mp);
#endif
}

/* As eth_null_tx(). */
static uint16_t
null_tx(void *queue, struct rte_mbuf **mbufs, uint16_t n)
{
	struct rte_mempool *mp = n > 0 && control->flush ? mbufs[0]->pool : NULL;
	uint16_t i;

	(void)queue;
	if (mp != NULL)
		use_ring(mp, true);
	for (i = 0; i < n; i++) {
		if (i == n / 2)
			fault_point("half-sent");
		rte_pktmbuf_free(mbufs[i]);
	}
	if (mp != NULL) {
		use_ring(mp, false);
		/* more processes than CPUs: one that is put aside here keeps nobody waiting in a ring */
		sched_yield();
	}
	return n;
}

#ifndef FAULTS_PEER

/* A queue of net_ring begins with its ring. */
static uint16_t
ring_rx(void *queue, struct rte_mbuf **mbufs, uint16_t n)
{
	return (uint16_t)shim_ring_dequeue_burst(*(struct rte_ring **)queue, (void **)mbufs, n);
}

static uint16_t
ring_tx(void *queue, struct rte_mbuf **mbufs, uint16_t n)
{
	return (uint16_t)shim_ring_enqueue_burst(*(struct rte_ring **)queue, (void **)mbufs, 0, n);
}

#endif

static void
install_bursts(uint16_t port)
{
	struct rte_eth_dev_info info;

	if (rte_eth_dev_info_get(port, &info) != 0)
		return;
	if (strcmp(info.driver_name, "net_null") == 0)
		rte_eth_fp_ops[port].tx_pkt_burst = null_tx;
#ifndef FAULTS_PEER
	if (strcmp(info.driver_name, "net_ring") == 0) {
		rte_eth_fp_ops[port].rx_pkt_burst = ring_rx;
		rte_eth_fp_ops[port].tx_pkt_burst = ring_tx;
	}
#endif
}

#ifdef FAULTS_PEER

/*
 * A C sample that is built with points: see peer.h. It keeps no journal, which these functions write
 * into memory of its own, and does not empty a cache before it is in the ring.
 */

__thread struct journal_slot *journal_own;

struct journal_slot *
journal_take(void)
{
	static __thread struct journal_slot slot;

	return journal_own = &slot;
}

static int
peer_put(struct rte_mempool *mp, void *const *objs, unsigned int n)
{
	if (ring_put_many(mp->pool_data, objs, n, RTE_RING_QUEUE_FIXED, NULL) == 0)
		return -ENOBUFS;
	fault_point("cache-flushed");
	return 0;
}

static int
peer_get(struct rte_mempool *mp, void **objs, unsigned int n)
{
	if (ring_take_many(mp->pool_data, objs, n, RTE_RING_QUEUE_FIXED) == 0)
		return -ENOBUFS;
	fault_point("cache-refilled");
	return 0;
}

int
peer_ring_enqueue(struct rte_ring *r, void *obj)
{
	return ring_put_many(r, &obj, 1, RTE_RING_QUEUE_FIXED, NULL) == 1 ? 0 : -ENOBUFS;
}

int
peer_ring_dequeue(struct rte_ring *r, void **obj)
{
	return ring_take_many(r, obj, 1, RTE_RING_QUEUE_FIXED) == 1 ? 0 : -ENOENT;
}

int
peer_eal_init(int argc, char **argv)
{
	int ret = rte_eal_init(argc, argv);
	uint32_t i;
	uint16_t port;

	for (i = 0; ret >= 0 && i < rte_mempool_ops_table.num_ops; i++) {
		struct rte_mempool_ops *ops = &rte_mempool_ops_table.ops[i];

		if (strcmp(ops->name, "ring_mp_mc") != 0)
			continue;
		ops->enqueue = peer_put;
		ops->dequeue = peer_get;
	}
	RTE_ETH_FOREACH_DEV(port)
		install_bursts(port);
	return ret;
}

/* A start puts the driver's functions back. */
int
peer_eth_dev_start(uint16_t port)
{
	int ret = rte_eth_dev_start(port);

	install_bursts(port);
	return ret;
}

static void
faults_install(void)
{
}

#else

/* In the middle of a start there may be no ports yet: nothing is replaced then. */
static void
faults_install(void)
{
	uint16_t port;

	if (!shim_eal_ready())
		return;
	RTE_ETH_FOREACH_DEV(port)
		install_bursts(port);
}

/* The same function of the library behind this one. */
#define NEXT(function) ((__typeof__(&function))dlsym(RTLD_NEXT, #function))

#define READ_LOCK(function, point) \
	SHIM_API void function(void) \
	{ \
		static __typeof__(&function) next; \
		if (next == NULL) \
			next = NEXT(function); \
		next(); \
		fault_point(point); \
	}

READ_LOCK(rte_mcfg_tailq_read_lock, "tailq-lock")
READ_LOCK(rte_mcfg_mempool_read_lock, "mempool-lock")

/* Also as the writer that a process would be if it gave a page of memory back. */
SHIM_API void
rte_mcfg_mem_read_lock(void)
{
	static __typeof__(&rte_mcfg_mem_read_lock) next;

	if (next == NULL)
		next = NEXT(rte_mcfg_mem_read_lock);
	if (is_armed() && strcmp(control->point, "memory-write-lock") == 0) {
		rte_mcfg_mem_write_lock();
		fault_point("memory-write-lock");
		rte_mcfg_mem_write_unlock();
	}
	next();
	fault_point("memory-lock");
}

static void
memzones_locked(const struct rte_memzone *mz, void *arg)
{
	(void)mz;
	(void)arg;
	fault_point("memzone-lock");
}

SHIM_API const struct rte_memzone *
rte_memzone_lookup(const char *name)
{
	static __typeof__(&rte_memzone_lookup) next;
	const struct rte_memzone *mz;

	if (next == NULL)
		next = NEXT(rte_memzone_lookup);
	if (is_armed() && strcmp(control->point, "memzone-lock") == 0)
		rte_memzone_walk(memzones_locked, NULL);
	mz = next(name);
	if (mz != NULL && is_armed() && strcmp(control->point, "ports-lock") == 0 &&
			strcmp(name, "rte_eth_dev_data") == 0) {
		/* what it is looked up for: each port is attached with this lock held */
#if RTE_VERSION < RTE_VERSION_NUM(23, 11, 0, 0)
		rte_spinlock_lock((rte_spinlock_t *)((char *)mz->addr + sizeof(uint64_t)));
#else
		/* it is held already */
#endif
		fault_point("ports-lock");
	}
	return mz;
}

#endif
