/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * The native boundary: every function that TypeScript calls, and nothing else.
 *
 * `deno task symbols` derives from this header what TypeScript knows of C, and `deno task check`
 * fails when the two disagree:
 *
 *   ffi/boundary/symbols.ts    the prototypes
 *   ffi/boundary/constants.ts  the constants, and where the members of structures lie
 *   libshim/derived.h          assertions that hold each DPDK and architecture to these
 *
 * The generator knows these types of parameters:
 *
 *   int, int32_t, uint8_t .. uint64_t, size_t, double   numbers, and void
 *   struct x *, void *, void **                         "pointer": from a live wrapper
 *   char *, uint8_t *, uint32_t *, uint64_t *           "buffer": memory of JavaScript
 *   SHIM_OUT struct x *, SHIM_IN const struct x *       the same, that C fills in or reads
 *
 * Conventions
 *   - int results: 0 or a count on success, -errno (-rte_errno) on failure.
 *   - objects come back through `uint64_t *out`, one address.
 *   - lists and texts fill what fits and return the whole length.
 *   - hot calls (SHIM_HOT: enqueue, dequeue, get, put, bursts) take an object table
 *     `void **objs` and check nothing: the wrapper knows that ring, pool and table are
 *     alive. A call of any other function takes a microsecond more.
 *
 * What the shim does to DPDK itself is all in surgery/, where surgery.h lists the parts, the versions
 * that they were read against and how each is turned off. By symbols:
 *   - eal_cpu_detected, eal_cpu_socket_id, get_tsc_freq, rte_eth_dev_attach_secondary,
 *     rte_kvargs_parse are answered here first where DPDK is linked in (--wrap), pcap_dump_open and
 *     its like, what calls and removes the callbacks of a queue, and rte_intr_callback_unregister,
 *     everywhere
 *   - rte_mempool_ops_table of this process: the operations ring_mp_mc are replaced by ours, and
 *     entries change places so that a pool's index means what its creator meant
 *   - rings are used by a copy of rte_ring's code, which copies objects as memory and, where there
 *     are several producers or consumers, tells the journal what it is about to do; those of RTS and
 *     HTS by DPDK's own
 */

#ifndef SHIM_H
#define SHIM_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/un.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <rte_log.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_memzone.h>
#include <rte_ring.h>

#define SHIM_API __attribute__((visibility("default")))
/* A function that is called for every burst or object; Deno compiles the call. */
#define SHIM_HOT SHIM_API
/* A function that waits: TypeScript calls it on another thread and gets a promise. */
#define SHIM_WAITS SHIM_API
/* Memory of JavaScript that the function fills in. */
#define SHIM_OUT
/* Memory of JavaScript that it reads. */
#define SHIM_IN

/*
 * Constants of the kernel and of DPDK that TypeScript uses, the same in each build. What differs
 * by build is in `struct shim_limits`. SHIM_BITS are those that need 64 bits.
 */
#define SHIM_CONSTANTS(X) \
	X(EPERM) X(ENOENT) X(ESRCH) X(EAGAIN) X(ENOMEM) X(EBUSY) X(ENODEV) X(EINVAL) X(EFBIG) \
	X(ENOSPC) X(ENAMETOOLONG) X(EPROTO) X(ENOTSUP) X(EALREADY) \
	X(O_CLOEXEC) X(MFD_CLOEXEC) X(SIGHUP) X(SIGINT) X(SIGTERM) \
	X(UINT8_MAX) X(UINT16_MAX) X(UINT32_MAX) \
	X(RTE_MAGIC) X(RTE_PROC_PRIMARY) X(RTE_PROC_SECONDARY) X(LCORE_ID_ANY) X(SOCKET_ID_ANY) \
	X(RTE_LOG_EMERG) X(RTE_LOG_ALERT) X(RTE_LOG_CRIT) X(RTE_LOG_ERR) X(RTE_LOG_WARNING) \
	X(RTE_LOG_NOTICE) X(RTE_LOG_INFO) X(RTE_LOG_DEBUG) X(RTE_LOGTYPE_USER1) \
	X(RING_F_SP_ENQ) X(RING_F_SC_DEQ) X(RING_F_EXACT_SZ) X(RING_F_MP_RTS_ENQ) \
	X(RING_F_MC_RTS_DEQ) X(RING_F_MP_HTS_ENQ) X(RING_F_MC_HTS_DEQ) \
	X(RTE_MEMPOOL_F_NO_SPREAD) X(RTE_MEMPOOL_F_NO_CACHE_ALIGN) X(RTE_MEMPOOL_F_SP_PUT) \
	X(RTE_MEMPOOL_F_SC_GET) X(RTE_MEMPOOL_F_NO_IOVA_CONTIG) \
	X(RTE_MEMZONE_2MB) X(RTE_MEMZONE_1GB) X(RTE_MEMZONE_16MB) X(RTE_MEMZONE_16GB) \
	X(RTE_MEMZONE_256KB) X(RTE_MEMZONE_256MB) X(RTE_MEMZONE_512MB) X(RTE_MEMZONE_4GB) \
	X(RTE_MEMZONE_SIZE_HINT_ONLY) X(RTE_MEMZONE_IOVA_CONTIG) \
	X(RTE_MBUF_F_RX_VLAN) X(RTE_MBUF_F_RX_RSS_HASH) \
	X(RTE_MBUF_L2_LEN_BITS) X(RTE_MBUF_L3_LEN_BITS) X(RTE_MBUF_L4_LEN_BITS) \
	X(RTE_MBUF_PORT_INVALID) \
	X(RTE_ETH_RSS_RETA_SIZE_512)

#define SHIM_BITS(X) \
	X(UINT64_MAX) \
	X(RTE_ETH_RX_OFFLOAD_VLAN_STRIP) X(RTE_ETH_RX_OFFLOAD_IPV4_CKSUM) \
	X(RTE_ETH_RX_OFFLOAD_UDP_CKSUM) X(RTE_ETH_RX_OFFLOAD_TCP_CKSUM) \
	X(RTE_ETH_RX_OFFLOAD_CHECKSUM) X(RTE_ETH_RX_OFFLOAD_TCP_LRO) \
	X(RTE_ETH_RX_OFFLOAD_SCATTER) X(RTE_ETH_RX_OFFLOAD_TIMESTAMP) \
	X(RTE_ETH_RX_OFFLOAD_KEEP_CRC) X(RTE_ETH_RX_OFFLOAD_RSS_HASH) \
	X(RTE_ETH_TX_OFFLOAD_VLAN_INSERT) X(RTE_ETH_TX_OFFLOAD_IPV4_CKSUM) \
	X(RTE_ETH_TX_OFFLOAD_UDP_CKSUM) X(RTE_ETH_TX_OFFLOAD_TCP_CKSUM) \
	X(RTE_ETH_TX_OFFLOAD_TCP_TSO) X(RTE_ETH_TX_OFFLOAD_MT_LOCKFREE) \
	X(RTE_ETH_TX_OFFLOAD_MULTI_SEGS) X(RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE) \
	X(RTE_ETH_RSS_IP) X(RTE_ETH_RSS_IPV4) X(RTE_ETH_RSS_NONFRAG_IPV4_TCP) \
	X(RTE_ETH_RSS_NONFRAG_IPV4_UDP) X(RTE_ETH_RSS_IPV6) \
	X(RTE_ETH_RSS_NONFRAG_IPV6_TCP) X(RTE_ETH_RSS_NONFRAG_IPV6_UDP)

/* Bytes of a socket's path without its NUL. */
#define SHIM_SOCKET_PATH (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

/* Bytes of the names of objects in the structures below, with their NUL. */
#define SHIM_NAME 32

/* eal.c: rte_eal.h, rte_errno.h, rte_version.h */
SHIM_API int shim_eal_init(uint32_t argc, const char *args, uint32_t len,
		const char *ops, uint32_t n_ops, uint32_t limit_ms, const char *last_words);
SHIM_API int shim_eal_begin(uint32_t argc, const char *args, uint32_t len,
		const char *ops, uint32_t n_ops);
SHIM_API int shim_eal_join(void);
SHIM_API int shim_eal_cleanup(void);
SHIM_API int shim_eal_ready(void);
SHIM_API int shim_eal_process_type(void);
SHIM_API int shim_eal_primary_alive(void);
SHIM_API int shim_eal_exec_self(void);
SHIM_API int shim_eal_tailqs(char *text, uint32_t len);
SHIM_API int shim_eal_tailq_reserve(const char *name);
SHIM_API int shim_eal_runtime_dir(char *text, uint32_t len);
SHIM_API int shim_version(char *text, uint32_t len);
SHIM_API int shim_errno_name(int err, char *text, uint32_t len);
SHIM_API int shim_strerror(int err, char *text, uint32_t len);

/* lcore_record.c: which process has which lcore */
SHIM_API int shim_lcore_record_open(const char *path, uint32_t create);
SHIM_API void shim_lcore_record_close(void);
SHIM_API int shim_lcore_record_current(const char *path);
SHIM_API int shim_lcore_record_take(uint32_t slot, const char *name, uint64_t start);
SHIM_API int shim_lcore_record_slots(void);
SHIM_API int shim_lcore_record_elsewhere(uint32_t first, uint32_t pid, uint32_t start);
SHIM_API int shim_lcore_record_holder(uint32_t slot, uint32_t *pid, char *name, uint32_t len);

/* surgery/journal.c: who is inside an update of a shared ring */
SHIM_API int shim_journal_join(uint32_t make);
SHIM_API int shim_journal_admit(void);
SHIM_API int shim_journal_mended(void);
SHIM_API int shim_journal_knows(uint32_t pid);

/* surgery/mend.c: what a dead thread began in a ring is finished */
SHIM_API void shim_mend_look(struct rte_ring *r, uint32_t *ends);
SHIM_API int shim_mend_return(struct rte_ring *r, uint32_t consumer, uint32_t tail, uint32_t n);
SHIM_API int shim_mend_put(struct rte_ring *r, uint32_t tail, uint32_t n, uint64_t content,
		const uint64_t *objs, struct rte_mempool *mp);
SHIM_API int shim_mend_take(struct rte_ring *r, uint32_t tail, uint32_t n, uint64_t *objs);
SHIM_API int shim_mend_spare(struct rte_ring *r, uint64_t *objs, uint32_t n);
SHIM_API int shim_mend_give(struct rte_ring *r, const uint64_t *objs, uint32_t n);
SHIM_API int shim_mend_pool_ring(struct rte_mempool *mp, uint64_t *out);

/* permit.c: what this process is permitted */

/* What this process is permitted; UINT64_MAX where there is no limit. */
struct shim_permits {
	uint64_t bytes;         /* free in the file system of the runtime folder */
	uint64_t inodes;        /* files that can be made there */
	uint64_t most_bytes;    /* that EAL's files there can need */
	uint64_t most_file;     /* of one of them */
	uint64_t open_files;    /* ulimit -n */
	uint64_t threads;       /* ulimit -u */
	uint64_t file_bytes;    /* ulimit -f */
	uint64_t address_space; /* ulimit -v */
	uint64_t cpus[16];      /* a bit for each that the calling thread may use now */
};

SHIM_API int shim_permit_facts(const char *folder, SHIM_OUT struct shim_permits *permits);
SHIM_API int shim_permit_cpus(uint32_t *cpus, uint32_t len);
SHIM_API int shim_permit_files(uint32_t n);
SHIM_API int shim_permit_threads(uint32_t n);
SHIM_API uint64_t shim_permit_need(const uint64_t *sizes, uint32_t n_sizes, uint32_t nodes);
SHIM_API uint64_t shim_permit_need_no_huge(uint64_t bytes);

/* handles.c: how long an object of the rings, mempools and memzones below lives */
SHIM_API int shim_handle_drop(void *object, uint32_t doom);
SHIM_API void shim_handles_end(void);

/* bounds.c: rte_config.h */

/* What differs by build of DPDK, or by architecture. */
struct shim_limits {
	uint32_t lcores;        /* RTE_MAX_LCORE */
	uint32_t ports;         /* RTE_MAX_ETHPORTS */
	uint32_t cache_line;    /* RTE_CACHE_LINE_SIZE */
	uint32_t headroom;      /* RTE_PKTMBUF_HEADROOM */
	uint32_t data_room;     /* RTE_MBUF_DEFAULT_BUF_SIZE */
	uint32_t ring_slots;    /* most of a ring */
	uint32_t ring_objects;  /* most of a ring of exact size, and elements of a mempool */
	uint32_t ring_name;     /* bytes of a name without its NUL */
	uint32_t mempool_name;
	uint32_t memzone_name;
	uint32_t cache_size;    /* RTE_MEMPOOL_CACHE_MAX_SIZE */
	uint32_t memzones;      /* how many there can be */
	uint32_t memory_gib;    /* that EAL can have at most */
	uint32_t devargs;       /* bytes by which EAL tells other processes of a device */
};

SHIM_API void shim_limits(SHIM_OUT struct shim_limits *limits);
SHIM_API uint64_t shim_memory_free(void);

/* surgery/pcap_keep.c: net_pcap's files stay as they are when a secondary comes */
enum {
	SHIM_PCAP_AS_IS,  /* opened as net_pcap does */
	SHIM_PCAP_APPEND, /* outputs are not emptied */
	SHIM_PCAP_CLOSED, /* nothing is opened */
};

SHIM_API int shim_pcap_keep(uint32_t how, const char *args, uint32_t n_args);

/* pdump.c: rte_pdump.h */
SHIM_API int shim_pdump_init(void);
SHIM_API void shim_pdump_uninit(void);

/* surgery/locks.c: rte_eal_memconfig.h */
#define SHIM_LOCKS 64 /* most of them; each has two numbers of holders */

SHIM_API int shim_locks_find(void);
SHIM_API int shim_locks_holders(uint32_t *holders, uint32_t len);
SHIM_API int shim_locks_idle_call(uint32_t call);
SHIM_API void shim_locks_forget(uint32_t number, uint32_t holders);

/* log.c: rte_log.h */
SHIM_API int shim_log(uint32_t level, uint32_t type, const char *text);
SHIM_API int shim_log_held(char *text, uint32_t len);
SHIM_API int shim_log_release(uint32_t show);

/* output.c: standard output without waiting for whoever reads it */
SHIM_HOT int shim_output_write(uint32_t fd, const char *text, uint32_t len);
SHIM_HOT uint32_t shim_output_pending(uint32_t fd);
SHIM_API int shim_output_flush(uint32_t ms);

/* cycles.c: rte_cycles.h */
SHIM_HOT uint64_t shim_tsc(void);
SHIM_API uint64_t shim_tsc_hz(void);
SHIM_HOT double shim_tsc_cycles(void);
SHIM_API double shim_tsc_measure(uint32_t least_us);
SHIM_API uint32_t shim_tsc_invariant(void);

/* The time stamp counter and the wall clock at one instant. */
struct shim_wall {
	uint64_t tsc;
	uint64_t ns; /* since 1970 */
};

SHIM_API void shim_tsc_wall(SHIM_OUT struct shim_wall *wall);
SHIM_HOT void shim_delay_us_sleep(uint32_t us);

/* lcore.c: rte_lcore.h */
SHIM_HOT uint32_t shim_lcore_id(void);
SHIM_API uint32_t shim_lcore_main(void);
SHIM_API int shim_lcore_list(uint32_t *ids, uint32_t len);
SHIM_API int shim_lcore_cpus(uint32_t lcore, uint32_t *cpus, uint32_t len);
SHIM_API int shim_lcore_socket(uint32_t lcore);
SHIM_API int shim_lcore_adopt(uint32_t lcore);
SHIM_API int shim_lcore_float(uint32_t lcore);
SHIM_API int shim_lcore_release(void);
SHIM_API int shim_lcore_others(uint32_t *ids, uint32_t len);
SHIM_API int shim_thread_get_affinity(uint32_t *cpus, uint32_t len);
SHIM_API int shim_thread_set_affinity(const uint32_t *cpus, uint32_t count);

/* process.c: the kernel's part of supervision */
SHIM_API int shim_process_own_group(void);
SHIM_API int shim_process_die_with_parent(uint32_t parent);
SHIM_API int shim_process_open(uint32_t pid);
SHIM_WAITS int shim_process_wait(int fd, uint32_t ms);
SHIM_API int shim_process_close(int fd);
SHIM_API int shim_process_await(const uint32_t *fds, uint32_t n, uint32_t ms);
SHIM_API int shim_event_open(void);
SHIM_API int shim_event_set(int fd);
SHIM_API uint32_t shim_process_thread(void);
SHIM_API int shim_process_title(const char *text);
SHIM_API int shim_process_notify(const char *state);
SHIM_API int shim_process_image_is(const char *path);
SHIM_API int shim_process_image_copy(const char *path);

/* ending.c: ends that JavaScript takes no part in */
SHIM_API void shim_ending_listen(uint32_t starting);
SHIM_API void shim_ending_child(uint32_t pid, uint32_t lives);
SHIM_API void shim_ending_now(uint32_t status);

/* presence.c: who lives */
SHIM_API int shim_files_socket_alive(const char *path);
SHIM_API int shim_files_own_socket(const char *folder, char *text, uint32_t len);
SHIM_API int shim_files_lock_holder(const char *path, uint32_t *pid);
SHIM_API int shim_files_private_held(const char *folder, uint32_t pid);
SHIM_API int shim_files_used(const char *path);
SHIM_API int shim_files_bury(const char *folder, const char *name);

/* files.c: what EAL leaves on disk */
#define SHIM_FILES_UNSHARED 1    /* --no-shconf: there is no `config` to lock */
#define SHIM_FILES_MADE_FOLDER 2 /* there was no runtime folder before this process */
#define SHIM_FILES_MADE_ROOT 4   /* nor the folder around it */

SHIM_API int shim_files_begin(const char *folder, const char *prefix, const char *pages,
		uint32_t n_pages, uint32_t flags);
SHIM_API int shim_files_end(void);
SHIM_API void shim_files_leave(void);
SHIM_API int shim_files_remove(const char *folder, const char *prefix, const char *pages,
		uint32_t n_pages, uint32_t flags);

/* ring.c: rte_ring.h */
SHIM_API int shim_ring_create(const char *name, uint32_t count, int socket,
		uint32_t flags, uint64_t *out);
SHIM_API int shim_ring_lookup(const char *name, uint64_t *out);
SHIM_API int shim_ring_hold(struct rte_ring *r);
SHIM_API void shim_ring_reset(struct rte_ring *r);
SHIM_HOT int shim_ring_torn(struct rte_ring *r);
SHIM_API int shim_ring_repair(struct rte_ring *r, uint32_t producer, uint32_t consumer);
SHIM_API int shim_ring_name(struct rte_ring *r, char *text, uint32_t len);
SHIM_API uint32_t shim_ring_flags(struct rte_ring *r);
SHIM_API uint32_t shim_ring_capacity(struct rte_ring *r);
SHIM_HOT uint32_t shim_ring_count(struct rte_ring *r);
SHIM_HOT uint32_t shim_ring_free_count(struct rte_ring *r);
SHIM_API uint32_t shim_ring_peek(struct rte_ring *r, void **objs, uint32_t n);
SHIM_HOT int shim_ring_enqueue(struct rte_ring *r, void **objs, uint32_t index);
SHIM_HOT int shim_ring_dequeue(struct rte_ring *r, void **objs, uint32_t index);
SHIM_HOT uint32_t shim_ring_enqueue_bulk(struct rte_ring *r, void **objs, uint32_t from,
		uint32_t n);
SHIM_HOT uint32_t shim_ring_dequeue_bulk(struct rte_ring *r, void **objs, uint32_t n);
SHIM_HOT uint32_t shim_ring_enqueue_burst(struct rte_ring *r, void **objs, uint32_t from,
		uint32_t n);
SHIM_HOT uint32_t shim_ring_dequeue_burst(struct rte_ring *r, void **objs, uint32_t n);

/* mempool.c: rte_mempool.h */
SHIM_API int shim_mempool_create(const char *name, uint32_t n, uint32_t elt_size,
		uint32_t cache_size, uint32_t private_size, int socket, uint32_t flags,
		uint64_t *out);
SHIM_API int shim_mempool_lookup(const char *name, uint64_t *out);
SHIM_API int shim_mempool_name(struct rte_mempool *mp, char *text, uint32_t len);
SHIM_API int shim_mempool_ops_name(struct rte_mempool *mp, char *text, uint32_t len);
SHIM_API int shim_mempool_ops_check(struct rte_mempool *mp);
SHIM_API int shim_mempool_ops_table(uint32_t index, char *text, uint32_t len);
SHIM_API uint32_t shim_mempool_size(struct rte_mempool *mp);
SHIM_API uint32_t shim_mempool_elt_size(struct rte_mempool *mp);
SHIM_API uint32_t shim_mempool_cache_size(struct rte_mempool *mp);
SHIM_API uint32_t shim_mempool_avail_count(struct rte_mempool *mp);
SHIM_API uint32_t shim_mempool_in_use_count(struct rte_mempool *mp);
SHIM_API uint32_t shim_mempool_cache_count(struct rte_mempool *mp, uint32_t lcore);
SHIM_API int shim_mempool_chunks(struct rte_mempool *mp, uint64_t *pairs, uint32_t len);
SHIM_HOT int shim_mempool_get(struct rte_mempool *mp, void **objs, uint32_t index);
SHIM_HOT void shim_mempool_put(struct rte_mempool *mp, void **objs, uint32_t index);
SHIM_HOT int shim_mempool_get_bulk(struct rte_mempool *mp, void **objs, uint32_t n);
SHIM_HOT void shim_mempool_put_bulk(struct rte_mempool *mp, void **objs, uint32_t from,
		uint32_t n);

/* audit.c: what rte_mempool_audit() does not do */
SHIM_HOT int shim_mempool_torn(struct rte_mempool *mp);
SHIM_API int shim_mempool_repair(struct rte_mempool *mp);
SHIM_API int shim_mempool_put_stuck(struct rte_mempool *mp, uint32_t *tail);
SHIM_API int shim_mempool_put_finish(struct rte_mempool *mp, uint32_t lcore, uint32_t tail);
/* What an audit counts, in front of the caches' elements by lcore and the rings'. */
struct shim_audit {
	uint32_t common;    /* in the pool's ring */
	uint32_t recorded;  /* in tables */
	uint32_t lost;
	uint32_t strangers; /* pointers that are no element, or stand in a second place */
};

SHIM_API int shim_mempool_audit(struct rte_mempool *mp, const uint64_t *rings, uint32_t n_rings,
		const uint64_t *tables, uint32_t n_tables, uint32_t *counts, uint64_t *spare);
SHIM_API int shim_mempool_restore(struct rte_mempool *mp, const uint64_t *rings,
		uint32_t n_rings, const uint64_t *spare, uint32_t n);

/* surgery/settle.c: caches of lcores whose process was killed */
SHIM_API int shim_mempool_cache_take(struct rte_mempool *mp, uint32_t lcore, uint32_t largest,
		uint32_t flushes, uint64_t *objs, uint32_t *doubtful);
SHIM_API uint32_t shim_mempool_cache_room(void);

/* memzone.c: rte_memzone.h */
struct shim_memzone_info {
	uint64_t address;
	uint64_t length;    /* bytes */
	uint64_t iova;
	uint64_t page_size; /* bytes */
	int32_t socket;
	uint32_t flags;     /* RTE_MEMZONE_* */
	char name[SHIM_NAME];
};

SHIM_API int shim_memzone_reserve(const char *name, uint64_t size, int socket,
		uint32_t flags, uint32_t align, uint64_t *out);
SHIM_API int shim_memzone_lookup(const char *name, uint64_t *out);
SHIM_API void shim_memzone_info(struct rte_memzone *mz, SHIM_OUT struct shim_memzone_info *info);

/* look.c: all objects of a kind as they are at one instant */
struct shim_ring_info {
	uint64_t address;
	uint32_t used;     /* objects */
	uint32_t capacity;
	uint32_t flags;    /* RING_F_* */
	uint32_t unused;
	char name[SHIM_NAME];
};

struct shim_mempool_info {
	uint32_t size;        /* elements */
	uint32_t elt_size;    /* bytes of one */
	uint32_t cache_size;
	uint32_t available;   /* UINT32_MAX where that cannot be told */
	char name[SHIM_NAME];
	char ops[SHIM_NAME];  /* name of its operations */
};

struct shim_mempool_look {
	uint32_t size; /* elements */
	uint32_t torn; /* somebody is inside an update of its ring, or was killed there */
};

SHIM_API int shim_ring_list(SHIM_OUT struct shim_ring_info *infos, uint32_t len);
SHIM_API int shim_mempool_list(SHIM_OUT struct shim_mempool_info *infos, uint32_t *cached,
		uint32_t len);
SHIM_API int shim_memzone_list(SHIM_OUT struct shim_memzone_info *infos, uint32_t len);
SHIM_API int shim_mempool_look(const char *name, uint32_t *counts,
		SHIM_OUT struct shim_mempool_look *look, char *names, uint32_t len);

/* mbuf.c: rte_mbuf.h */

/* Of a packet that does not lie in the memory. */
#define SHIM_OUTSIDE UINT32_MAX

/* What a burst tells of its packets. */
#define SHIM_TELL_OFFSETS 1
#define SHIM_TELL_LENGTHS 2
#define SHIM_TELL_PORTS 4
#define SHIM_TELL_PACKETS 8 /* a Packet was made: it ends when packets leave */

/* A burst: packets in hand, and what JavaScript is told of them. */
struct shim_burst {
	uint64_t base;     /* of the memory that offsets are into */
	uint64_t len;      /* bytes of it; 0: none */
	void **objs;       /* the mbufs */
	uint32_t *offsets; /* of each packet's data behind base; or SHIM_OUTSIDE */
	uint32_t *lengths; /* data_len of the first segment */
	uint16_t *ports;   /* input port */
	uint32_t *count;   /* packets in hand */
	uint32_t size;     /* packets that there is room for */
	uint32_t wants;    /* SHIM_TELL_*: what is told of all packets that come */
	uint32_t told;     /* SHIM_TELL_*: what was told of those in hand */
	uint32_t epoch;    /* counts how often packets left, so that nobody uses one that has gone */
};

SHIM_API int shim_pktmbuf_pool_create(const char *name, uint32_t n, uint32_t cache_size,
		uint32_t priv_size, uint32_t data_room_size, int socket, uint64_t *out);
SHIM_API int shim_pktmbuf_pool_check(struct rte_mempool *mp);
SHIM_API uint32_t shim_pktmbuf_forget(struct rte_mempool *mp, void **objs, uint32_t n);
SHIM_HOT int shim_pktmbuf_alloc_bulk(struct rte_mempool *mp, void **objs, uint32_t n);
SHIM_HOT void shim_pktmbuf_free_bulk(void **objs, uint32_t from, uint32_t n);

/* Where the members of `struct rte_mbuf` lie, bytes. */
struct shim_mbuf_layout {
	uint32_t size; /* of all */
	uint32_t buf_addr;
	uint32_t data_off;
	uint32_t nb_segs;
	uint32_t port;
	uint32_t ol_flags;
	uint32_t pkt_len;
	uint32_t data_len;
	uint32_t vlan_tci;
	uint32_t rss_hash;
	uint32_t buf_len;
	uint32_t next;
	uint32_t pool;
};

SHIM_API void shim_mbuf_layout(SHIM_OUT struct shim_mbuf_layout *layout);

/* What is in a packet, which lies at an offset in the memory of its pool. */
#define SHIM_RX_VLAN 0x001
#define SHIM_RX_VLAN_STRIPPED 0x002
#define SHIM_RX_RSS_HASH 0x004
#define SHIM_RX_IP_GOOD 0x008
#define SHIM_RX_IP_BAD 0x010
#define SHIM_RX_L4_GOOD 0x020
#define SHIM_RX_L4_BAD 0x040
#define SHIM_RX_TIMESTAMP 0x080
#define SHIM_RX_QINQ 0x100

/* What a port is to do with a packet that it sends. */
#define SHIM_TX_IPV4 0x01
#define SHIM_TX_IPV6 0x02
#define SHIM_TX_IP_CKSUM 0x04
#define SHIM_TX_UDP_CKSUM 0x08
#define SHIM_TX_TCP_CKSUM 0x10
#define SHIM_TX_TCP_SEG 0x20
#define SHIM_TX_VLAN 0x40

SHIM_HOT int shim_mbuf_prepend(void *memory, uint32_t at, uint32_t n);
SHIM_HOT int shim_mbuf_append(void *memory, uint32_t at, uint32_t n);
SHIM_HOT int shim_mbuf_adj(void *memory, uint32_t at, uint32_t n);
SHIM_HOT int shim_mbuf_trim(void *memory, uint32_t at, uint32_t n);
SHIM_HOT int shim_mbuf_linearize(void *memory, uint32_t at);
SHIM_HOT int shim_mbuf_chain(void *memory, uint32_t at, uint32_t tail);
SHIM_HOT int shim_mbuf_clone(void *memory, uint32_t at, struct rte_mempool *mp,
		struct shim_burst *to);
SHIM_HOT uint32_t shim_mbuf_rx(void *memory, uint32_t at);
SHIM_HOT double shim_mbuf_timestamp(void *memory, uint32_t at);
SHIM_HOT uint32_t shim_mbuf_tx(void *memory, uint32_t at);
SHIM_HOT uint32_t shim_mbuf_tx_lengths(void *memory, uint32_t at);
SHIM_HOT uint32_t shim_mbuf_tx_segment(void *memory, uint32_t at);
SHIM_HOT int shim_mbuf_offload(void *memory, uint32_t at, uint32_t what, uint32_t lengths,
		uint32_t segment);
SHIM_HOT void shim_mbuf_tag(void *memory, uint32_t at, uint32_t tci);

/* bpf_compile.c: pcap/pcap.h, what an expression means */
struct shim_filter;

SHIM_API int shim_bpf_compile(const char *text, uint32_t link_type, char *error, uint32_t len,
		uint64_t *out);
SHIM_API void shim_bpf_free(struct shim_filter *filter);
SHIM_HOT uint32_t shim_bpf_match(const struct shim_filter *filter, const uint8_t *bytes,
		uint32_t len, uint32_t wire);

/* bpf.c: rte_bpf.h, filters over bursts */
SHIM_API int shim_bpf_load(struct shim_filter *filter, uint32_t jit);
SHIM_API void shim_bpf_unload(struct shim_filter *filter);
SHIM_HOT uint32_t shim_bpf_decide(const struct shim_filter *filter,
		const struct shim_burst *packets, uint8_t *verdicts, uint32_t match,
		uint32_t other);
SHIM_HOT uint32_t shim_bpf_keep(const struct shim_filter *filter, struct shim_burst *packets);

/* ethdev.c: rte_ethdev.h, the control of ports */

/* What a port does with VLAN tags. */
#define SHIM_VLAN_STRIP 1
#define SHIM_VLAN_FILTER 2

/* Pause frames: of struct rte_eth_fc_conf. */
struct shim_flow {
	uint32_t send;
	uint32_t obey;
	uint32_t high_water;
	uint32_t low_water;
	uint32_t pause_time;
};

/* What a device can do and how it is configured: of struct rte_eth_dev_info. */
struct shim_eth_info {
	uint64_t rx_offload_capa;
	uint64_t tx_offload_capa;
	uint64_t flow_type_rss_offloads;
	uint64_t rx_offloads; /* what it is configured for: of struct rte_eth_conf */
	uint64_t tx_offloads;
	uint32_t nb_rx_queues;
	uint32_t nb_tx_queues;
	uint32_t max_rx_queues;
	uint32_t max_tx_queues;
	uint32_t min_mtu;
	uint32_t max_mtu;
	uint32_t min_rx_bufsize;
	uint32_t max_rx_pktlen;
	uint32_t rx_ring_size; /* descriptors that the driver prefers */
	uint32_t tx_ring_size;
};

/* Numbers of queues that bursts of this process can use, and why there may be none. */
struct shim_eth_queues {
	uint32_t rx;
	uint32_t tx;
	uint32_t early;   /* this process attached before the primary configured the port */
	uint32_t stopped;
};

/* struct rte_eth_link, whose members are bits. */
struct shim_eth_link {
	uint32_t speed; /* Mbps */
	uint32_t up;
	uint32_t full_duplex;
	uint32_t autoneg;
};

/* Of struct rte_eth_stats. */
struct shim_eth_stats {
	uint64_t ipackets;
	uint64_t opackets;
	uint64_t ibytes;
	uint64_t obytes;
	uint64_t imissed;
	uint64_t ierrors;
	uint64_t oerrors;
	uint64_t rx_nombuf;
};

SHIM_API int shim_eth_dev_list(uint32_t *ports, uint32_t len);
SHIM_API int shim_eth_dev_by_name(const char *name);
SHIM_API int shim_eth_dev_name(uint32_t port, char *text, uint32_t len);
SHIM_API int shim_eth_dev_driver(uint32_t port, char *text, uint32_t len);
SHIM_API int shim_eth_dev_socket(uint32_t port);
SHIM_API int shim_eth_dev_info(uint32_t port, SHIM_OUT struct shim_eth_info *info);
SHIM_API int shim_eth_dev_queues(uint32_t port, SHIM_OUT struct shim_eth_queues *queues);
SHIM_API int shim_eth_macaddr_get(uint32_t port, uint8_t *mac);
SHIM_API int shim_eth_mtu_get(uint32_t port);
SHIM_API int shim_eth_mtu_set(uint32_t port, uint32_t mtu);
SHIM_API int shim_eth_promiscuous_get(uint32_t port);
SHIM_API int shim_eth_promiscuous_set(uint32_t port, uint32_t on);
SHIM_API int shim_eth_macaddr_set(uint32_t port, const uint8_t *mac);
SHIM_API int shim_eth_rss_get(uint32_t port, uint8_t *key, uint32_t len, uint64_t *functions);
SHIM_API int shim_eth_rss_set(uint32_t port, const uint8_t *key, uint32_t len,
		uint64_t functions);
SHIM_API int shim_eth_reta_get(uint32_t port, uint32_t *queues, uint32_t len);
SHIM_API int shim_eth_reta_set(uint32_t port, const uint32_t *queues, uint32_t len);
SHIM_API int shim_eth_vlan_get(uint32_t port);
SHIM_API int shim_eth_vlan_set(uint32_t port, uint32_t which, uint32_t on);
SHIM_API int shim_eth_vlan_filter(uint32_t port, uint32_t vlan, uint32_t on);
SHIM_API int shim_eth_flow_get(uint32_t port, SHIM_OUT struct shim_flow *conf);
SHIM_API int shim_eth_flow_set(uint32_t port, SHIM_IN const struct shim_flow *conf);
SHIM_API int shim_eth_link_get(uint32_t port, SHIM_OUT struct shim_eth_link *link, char *text,
		uint32_t len);
SHIM_API int shim_eth_stats_get(uint32_t port, SHIM_OUT struct shim_eth_stats *stats);
SHIM_API int shim_eth_stats_reset(uint32_t port);
SHIM_API int shim_eth_xstats_get(uint32_t port, uint64_t *values, uint32_t len);
SHIM_API int shim_eth_xstats_name(uint32_t port, uint64_t id, char *text, uint32_t len);
SHIM_API int shim_eth_dev_configure(uint32_t port, uint32_t rx_queues, uint32_t tx_queues,
		uint64_t rx_offloads, uint64_t tx_offloads, uint32_t rss, uint64_t rss_hf,
		uint32_t mtu);
SHIM_API int shim_eth_dev_adjust_desc(uint32_t port, uint32_t *rx_tx);
SHIM_API int shim_eth_rx_queue_setup(uint32_t port, uint32_t queue, uint32_t desc, int socket,
		uint64_t offloads, uint32_t drop_en, struct rte_mempool *mp);
SHIM_API int shim_eth_tx_queue_setup(uint32_t port, uint32_t queue, uint32_t desc, int socket,
		uint64_t offloads);
SHIM_API int shim_eth_rx_queue_check(uint32_t port, uint32_t queue);
SHIM_API int shim_eth_tx_queue_check(uint32_t port, uint32_t queue);
SHIM_API int shim_eth_dev_start(uint32_t port);
SHIM_API int shim_eth_dev_stop(uint32_t port);
SHIM_API int shim_eth_dev_close(uint32_t port);
SHIM_API int shim_dev_probe(const char *devargs);
SHIM_API int shim_dev_remove(uint32_t port);
SHIM_API int shim_vdev_init(const char *name, const char *args);

/* vdev.c: rte_dev.h */
SHIM_API int shim_vdev_started(const char *name);

/* burst.c: rte_ethdev.h, the bursts */

/* Instead of a number of packets: the port is stopped, or its queue is not set up. */
#define SHIM_NOT_READY UINT32_MAX

/* A transmit queue, and what it has collected. */
struct shim_tx_queue {
	uint64_t packets;      /* sent so far */
	uint64_t dropped;      /* not taken by the port, and freed */
	uint64_t drain_cycles; /* how long collected packets may wait */
	uint64_t drained;      /* when they were sent last */
	void **pkts;           /* collected packets */
	uint32_t size;         /* as many are sent at once */
	uint32_t length;       /* as many are there */
	uint32_t port;
	uint32_t queue;
};

/* Where the packets of a burst go, by number. */
struct shim_split {
	uint32_t n;
	uint32_t unused;
	struct shim_burst *to[];
};

/* Verdicts beside the numbers of queues and bursts. */
#define SHIM_DROP 254
#define SHIM_KEEP 255

/* A receive queue of several, and where its packets come to. */
struct shim_lane {
	void **objs;
	struct shim_burst *packets;
	uint64_t received;  /* packets so far */
	uint64_t otherwise; /* the verdict about a burst of which JavaScript says nothing */
	uint32_t port;
	uint32_t queue;
	uint32_t size;
	uint32_t unused;
};

/* The lanes of an exchange, and what a turn does with them. */
struct shim_turn {
	struct shim_lane *lanes;
	uint32_t *counts;   /* by lane: packets in hand */
	uint64_t *verdicts; /* by lane: doubles of JavaScript, see exchange.c */
	uint32_t n;
	uint32_t unused;
};

SHIM_HOT uint32_t shim_eth_receive(uint32_t port, uint32_t queue, struct shim_burst *packets);
SHIM_HOT uint32_t shim_eth_send(struct shim_tx_queue *tx, struct shim_burst *packets);
SHIM_HOT uint32_t shim_eth_try_send(struct shim_tx_queue *tx, struct shim_burst *packets);
SHIM_HOT uint32_t shim_eth_buffer(struct shim_tx_queue *tx, struct shim_burst *packets);
SHIM_HOT uint32_t shim_eth_flush(struct shim_tx_queue *tx);
SHIM_HOT uint32_t shim_eth_drain(struct shim_tx_queue *tx);
SHIM_HOT int shim_eth_prepare(struct shim_tx_queue *tx, struct shim_burst *packets);
SHIM_HOT uint32_t shim_burst_enqueue_all_bulk(struct rte_ring *r, struct shim_burst *burst);
SHIM_HOT uint32_t shim_burst_enqueue_all_burst(struct rte_ring *r, struct shim_burst *burst);
SHIM_HOT uint32_t shim_burst_enqueue_bulk(struct rte_ring *r, struct shim_burst *burst,
		uint32_t from, uint32_t n);
SHIM_HOT uint32_t shim_burst_enqueue_burst(struct rte_ring *r, struct shim_burst *burst,
		uint32_t from, uint32_t n);
SHIM_HOT uint32_t shim_burst_dequeue_bulk(struct rte_ring *r, struct shim_burst *burst,
		uint32_t n);
SHIM_HOT uint32_t shim_burst_dequeue_burst(struct rte_ring *r, struct shim_burst *burst,
		uint32_t n);
/* Instead of a number of packets: one of them is to be longer than an mbuf of the pool. */
#define SHIM_TOO_LONG UINT32_MAX

SHIM_HOT uint32_t shim_burst_alloc(struct rte_mempool *mp, struct shim_burst *packets,
		const uint16_t *lengths, uint32_t n);
SHIM_HOT uint32_t shim_burst_fill(struct shim_burst *packets, const uint8_t *bytes, uint32_t size,
		const uint32_t *places);
SHIM_HOT void shim_burst_clear(struct shim_burst *packets);
SHIM_HOT void shim_burst_tell(struct shim_burst *packets);
SHIM_HOT uint32_t shim_burst_split(struct shim_burst *packets, const uint8_t *verdicts,
		const struct shim_split *split);
SHIM_HOT uint32_t shim_eth_turn(struct shim_turn *turn);
SHIM_HOT uint32_t shim_eth_turn_end(struct shim_turn *turn);

/* pcapng.c: rte_pcapng.h's place, records of capture files */

/* A piece of a capture file that is being filled, and the time of the packets that come next. */
struct shim_records {
	uint8_t *bytes;
	uint64_t length;      /* bytes that all packets had on the wire */
	uint32_t size;        /* bytes that there is room for */
	uint32_t used;
	uint32_t snaplen;     /* the most bytes of a packet that are kept */
	uint32_t is_pcapng;   /* else pcap, with nanoseconds */
	uint32_t seconds;     /* since 1970 */
	uint32_t nanoseconds;
};

SHIM_HOT uint32_t shim_records_write(struct shim_records *records,
		const struct shim_burst *packets, uint32_t from, uint32_t most);

#endif
