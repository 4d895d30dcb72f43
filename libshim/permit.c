/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * What this process is permitted, which may be less than what the machine has: CPUs of a
 * cpuset, files and threads of ulimit and cgroups, room in a file system. EAL finds most of
 * that out by a panic or by SIGBUS.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal_memconfig.h>
#include <rte_fbarray.h>
#include <rte_memory.h>
#include <rte_memzone.h>
#include <rte_tailq.h>

#include "bounds.h"
#include "shim.h"

enum { MAX_TRIED = 1024 };

static void *
permit_cpus_thread(void *arg)
{
	cpu_set_t *set = arg;

	/* all that there are: the kernel takes away what the cpuset lacks, but not what a mask does */
	memset(set, 0xff, sizeof(*set));
	if (sched_setaffinity(0, sizeof(*set), set) < 0 || sched_getaffinity(0, sizeof(*set), set) < 0)
		CPU_ZERO(set);
	return NULL;
}

/* The CPUs that a thread of this process can be bound to: those of its cpuset. */
int
shim_permit_cpus(uint32_t *cpus, uint32_t len)
{
	cpu_set_t set;
	pthread_t thread;
	uint32_t cpu, n = 0;
	int ret = pthread_create(&thread, NULL, permit_cpus_thread, &set);

	if (ret != 0)
		return -ret;
	pthread_join(thread, NULL);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		if (n < len)
			cpus[n] = cpu;
		n++;
	}
	return (int)n;
}

/* 0 where this process can open n more files, -EMFILE where it cannot. */
int
shim_permit_files(uint32_t n)
{
	int fds[MAX_TRIED];
	int pipe_fds[2];
	uint32_t i = 0;
	int ret = pipe(pipe_fds) < 0 ? -errno : 0;

	if (ret < 0)
		return ret;
	n = RTE_MIN(n, (uint32_t)MAX_TRIED);
	for (i = 2; ret == 0 && i < n; i++) {
		fds[i] = fcntl(pipe_fds[0], F_DUPFD_CLOEXEC, 0);
		if (fds[i] < 0) {
			ret = -errno;
			break;
		}
	}
	while (i-- > 2)
		close(fds[i]);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	return ret;
}

static void *
permit_threads_thread(void *arg)
{
	/* lives until all are there */
	pthread_mutex_lock(arg);
	pthread_mutex_unlock(arg);
	return NULL;
}

/* 0 where this process can start n more threads, -EAGAIN where it cannot. */
int
shim_permit_threads(uint32_t n)
{
	pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
	pthread_t threads[MAX_TRIED];
	pthread_attr_t attr;
	uint32_t i;
	int ret = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 4 * (size_t)PTHREAD_STACK_MIN);
	pthread_mutex_lock(&gate);
	n = RTE_MIN(n, (uint32_t)MAX_TRIED);
	for (i = 0; i < n; i++) {
		ret = pthread_create(&threads[i], &attr, permit_threads_thread, &gate);
		if (ret != 0)
			break;
	}
	pthread_mutex_unlock(&gate);
	while (i-- > 0)
		pthread_join(threads[i], NULL);
	pthread_attr_destroy(&attr);
	return -ret;
}

/* The file of an rte_fbarray: the elements, behind them a bit for each, whole pages. */
static uint64_t
fbarray_bytes(uint64_t len, uint64_t elt_sz)
{
	return RTE_ALIGN_CEIL(len * elt_sz + sizeof(uint64_t) + RTE_ALIGN_CEIL(len, 64) / CHAR_BIT,
			(uint64_t)sysconf(_SC_PAGESIZE));
}

/*
 * Bytes of a primary's runtime files without its lists of memory: the shared configuration,
 * whose heaps are no public type, and the memzones.
 */
static uint64_t
primary_base_bytes(void)
{
	const uint64_t heap = 4 * RTE_CACHE_LINE_SIZE;

	return fbarray_bytes(1, sizeof(struct rte_memseg_list) * RTE_MAX_MEMSEG_LISTS +
			sizeof(struct rte_tailq_head) * RTE_MAX_TAILQ + heap * RTE_MAX_HEAPS) +
		fbarray_bytes(memzones_max(), sizeof(struct rte_memzone));
}

/* What a primary tells its secondaries of hugepages: up to three sizes. */
static uint64_t
hugepage_info_bytes(void)
{
	return fbarray_bytes(3, PATH_MAX + RTE_MAX_NUMA_NODES * sizeof(uint32_t) + 64);
}

/*
 * Bytes that a primary's runtime files take: as eal_dynmem_memseg_lists_init() makes them for
 * hugepages of these sizes on this number of NUMA nodes. EAL writes to every byte.
 */
uint64_t
shim_permit_need(const uint64_t *sizes, uint32_t n_sizes, uint32_t nodes)
{
	const uint64_t mb = 1 << 20;
	uint64_t types = RTE_MAX((uint64_t)n_sizes * nodes, (uint64_t)1);
	uint64_t per_type = RTE_MIN((uint64_t)RTE_MAX_MEM_MB_PER_TYPE, RTE_MAX_MEM_MB / types) * mb;
	uint64_t need = primary_base_bytes() + hugepage_info_bytes();
	uint32_t i;

	for (i = 0; i < n_sizes; i++) {
		uint64_t of_type = RTE_MIN(per_type / sizes[i], (uint64_t)RTE_MAX_MEMSEG_PER_TYPE);
		uint64_t of_list = RTE_MIN(RTE_MIN(of_type, (uint64_t)RTE_MAX_MEMSEG_PER_LIST),
				RTE_MAX_MEM_MB_PER_LIST * mb / sizes[i]);
		uint64_t lists;

		if (of_list == 0)
			continue;
		lists = RTE_MIN(RTE_MIN(of_type / of_list, per_type / (of_list * sizes[i])),
				RTE_MAX_MEMSEG_LISTS / types);
		need += nodes * lists * fbarray_bytes(of_list, sizeof(struct rte_memseg));
	}
	return need;
}

/* One list of memory in pages of 4 KiB, as --no-huge has it. */
uint64_t
shim_permit_need_no_huge(uint64_t bytes)
{
	return primary_base_bytes() +
		fbarray_bytes(bytes / RTE_PGSIZE_4K, sizeof(struct rte_memseg));
}

static uint64_t
limit_of(__rlimit_resource_t resource)
{
	struct rlimit limit;

	return getrlimit(resource, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY ?
		UINT64_MAX : limit.rlim_cur;
}

/* The file system in which a folder lies, or will lie. */
static int
permit_statvfs(const char *folder, struct statvfs *fs)
{
	char path[PATH_MAX];
	char *end;

	if (strlen(folder) >= sizeof(path))
		return -1;
	strcpy(path, folder);
	while (statvfs(path, fs) < 0) {
		end = strrchr(path, '/');
		if (end == NULL || end == path)
			return -1;
		*end = '\0';
	}
	return 0;
}

int
shim_permit_facts(const char *folder, struct shim_permits *permits)
{
	const uint64_t list = fbarray_bytes(RTE_MAX_MEMSEG_PER_LIST, sizeof(struct rte_memseg));
	cpu_set_t set;
	struct statvfs fs;
	uint32_t cpu;

	*permits = (struct shim_permits){
		.bytes = UINT64_MAX,
		.inodes = UINT64_MAX,
		.most_bytes = primary_base_bytes() + hugepage_info_bytes() +
			RTE_MAX_MEMSEG_LISTS * list,
		.most_file = list,
		.open_files = limit_of(RLIMIT_NOFILE),
		.threads = limit_of(RLIMIT_NPROC),
		.file_bytes = limit_of(RLIMIT_FSIZE),
		.address_space = limit_of(RLIMIT_AS),
	};
	if (permit_statvfs(folder, &fs) == 0) {
		/* a tmpfs without limits has 0 of all */
		if (fs.f_blocks > 0)
			permits->bytes = fs.f_bavail * fs.f_frsize;
		if (fs.f_files > 0)
			permits->inodes = fs.f_favail;
	}
	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		for (cpu = 0; cpu < RTE_DIM(permits->cpus) * 64 && cpu < CPU_SETSIZE; cpu++)
			if (CPU_ISSET(cpu, &set))
				permits->cpus[cpu / 64] |= UINT64_C(1) << cpu % 64;
	return 0;
}
