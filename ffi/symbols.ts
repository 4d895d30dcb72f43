// Derived from libshim/shim.h by `deno task symbols`. Do not edit.

/** The table that `Deno.dlopen` takes: each parameter with its C declaration. */
export const symbols = {
  shim_eal_init: {
    parameters: [
      "u32", // uint32_t argc
      "buffer", // const char *args
      "u32", // uint32_t len
      "buffer", // const char *ops
      "u32", // uint32_t n_ops
      "u32", // uint32_t limit_ms
      "buffer", // const char *last_words
    ],
    result: "i32", // int
  },
  shim_eal_cleanup: {
    parameters: [],
    result: "i32", // int
  },
  shim_eal_ready: {
    parameters: [],
    result: "i32", // int
  },
  shim_eal_process_type: {
    parameters: [],
    result: "i32", // int
  },
  shim_eal_primary_alive: {
    parameters: [],
    result: "i32", // int
  },
  shim_eal_lock_owner: {
    parameters: [
      "buffer", // const char *path
    ],
    result: "i32", // int
  },
  shim_eal_lock_take: {
    parameters: [
      "buffer", // const char *path
    ],
    result: "i32", // int
  },
  shim_eal_exec_self: {
    parameters: [],
    result: "i32", // int
  },
  shim_eal_tailqs: {
    parameters: [
      "buffer", // char *text
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_eal_tailq_reserve: {
    parameters: [
      "buffer", // const char *name
    ],
    result: "i32", // int
  },
  shim_eal_runtime_dir: {
    parameters: [
      "buffer", // char *text
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_version: {
    parameters: [
      "buffer", // char *text
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_errno_name: {
    parameters: [
      "i32", // int err
      "buffer", // char *text
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_strerror: {
    parameters: [
      "i32", // int err
      "buffer", // char *text
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_pdump_init: {
    parameters: [],
    result: "i32", // int
  },
  shim_pdump_uninit: {
    parameters: [],
    result: "void", // void
  },
  shim_locks_find: {
    parameters: [],
    result: "i32", // int
  },
  shim_locks_holders: {
    parameters: [
      "buffer", // uint32_t *holders
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_locks_forget: {
    parameters: [
      "u32", // uint32_t number
      "u32", // uint32_t holders
    ],
    result: "void", // void
  },
  shim_log: {
    parameters: [
      "u32", // uint32_t level
      "u32", // uint32_t type
      "buffer", // const char *text
    ],
    result: "i32", // int
  },
  shim_log_held: {
    parameters: [
      "buffer", // char *text
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_log_release: {
    parameters: [
      "u32", // uint32_t show
    ],
    result: "i32", // int
  },
  shim_tsc: {
    parameters: [],
    result: "u64", // uint64_t
  },
  shim_tsc_hz: {
    parameters: [],
    result: "u64", // uint64_t
  },
  shim_tsc_cycles: {
    parameters: [],
    result: "f64", // double
  },
  shim_delay_us_sleep: {
    parameters: [
      "u32", // uint32_t us
    ],
    result: "void", // void
  },
  shim_lcore_id: {
    parameters: [],
    result: "u32", // uint32_t
  },
  shim_lcore_main: {
    parameters: [],
    result: "u32", // uint32_t
  },
  shim_lcore_max: {
    parameters: [],
    result: "u32", // uint32_t
  },
  shim_lcore_list: {
    parameters: [
      "buffer", // uint32_t *ids
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_lcore_cpus: {
    parameters: [
      "u32", // uint32_t lcore
      "buffer", // uint32_t *cpus
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_lcore_socket: {
    parameters: [
      "u32", // uint32_t lcore
    ],
    result: "i32", // int
  },
  shim_lcore_adopt: {
    parameters: [
      "u32", // uint32_t lcore
    ],
    result: "i32", // int
  },
  shim_lcore_float: {
    parameters: [
      "u32", // uint32_t lcore
    ],
    result: "i32", // int
  },
  shim_lcore_release: {
    parameters: [],
    result: "i32", // int
  },
  shim_thread_get_affinity: {
    parameters: [
      "buffer", // uint32_t *cpus
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_thread_set_affinity: {
    parameters: [
      "buffer", // const uint32_t *cpus
      "u32", // uint32_t count
    ],
    result: "i32", // int
  },
  shim_process_own_group: {
    parameters: [],
    result: "i32", // int
  },
  shim_process_die_with_parent: {
    parameters: [
      "u32", // uint32_t parent
    ],
    result: "i32", // int
  },
  shim_process_open: {
    parameters: [
      "u32", // uint32_t pid
    ],
    result: "i32", // int
  },
  shim_process_wait: {
    parameters: [
      "i32", // int fd
      "u32", // uint32_t ms
    ],
    result: "i32", // int
    nonblocking: true,
  },
  shim_process_close: {
    parameters: [
      "i32", // int fd
    ],
    result: "i32", // int
  },
  shim_process_title: {
    parameters: [
      "buffer", // const char *text
    ],
    result: "i32", // int
  },
  shim_ring_create: {
    parameters: [
      "buffer", // const char *name
      "u32", // uint32_t count
      "i32", // int socket
      "u32", // uint32_t flags
      "buffer", // uint64_t *out
    ],
    result: "i32", // int
  },
  shim_ring_lookup: {
    parameters: [
      "buffer", // const char *name
      "buffer", // uint64_t *out
    ],
    result: "i32", // int
  },
  shim_ring_free: {
    parameters: [
      "pointer", // struct rte_ring *r
    ],
    result: "void", // void
  },
  shim_ring_reset: {
    parameters: [
      "pointer", // struct rte_ring *r
    ],
    result: "void", // void
  },
  shim_ring_torn: {
    parameters: [
      "pointer", // struct rte_ring *r
    ],
    result: "i32", // int
  },
  shim_ring_repair: {
    parameters: [
      "pointer", // struct rte_ring *r
      "u32", // uint32_t producer
      "u32", // uint32_t consumer
    ],
    result: "i32", // int
  },
  shim_ring_list: {
    parameters: [
      "buffer", // uint64_t *out
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_ring_name: {
    parameters: [
      "pointer", // struct rte_ring *r
      "buffer", // char *text
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_ring_flags: {
    parameters: [
      "pointer", // struct rte_ring *r
    ],
    result: "u32", // uint32_t
  },
  shim_ring_size: {
    parameters: [
      "pointer", // struct rte_ring *r
    ],
    result: "u32", // uint32_t
  },
  shim_ring_capacity: {
    parameters: [
      "pointer", // struct rte_ring *r
    ],
    result: "u32", // uint32_t
  },
  shim_ring_count: {
    parameters: [
      "pointer", // struct rte_ring *r
    ],
    result: "u32", // uint32_t
  },
  shim_ring_free_count: {
    parameters: [
      "pointer", // struct rte_ring *r
    ],
    result: "u32", // uint32_t
  },
  shim_ring_enqueue: {
    parameters: [
      "pointer", // struct rte_ring *r
      "pointer", // void **objs
      "u32", // uint32_t index
    ],
    result: "i32", // int
  },
  shim_ring_dequeue: {
    parameters: [
      "pointer", // struct rte_ring *r
      "pointer", // void **objs
      "u32", // uint32_t index
    ],
    result: "i32", // int
  },
  shim_ring_enqueue_bulk: {
    parameters: [
      "pointer", // struct rte_ring *r
      "pointer", // void **objs
      "u32", // uint32_t n
    ],
    result: "u32", // uint32_t
  },
  shim_ring_dequeue_bulk: {
    parameters: [
      "pointer", // struct rte_ring *r
      "pointer", // void **objs
      "u32", // uint32_t n
    ],
    result: "u32", // uint32_t
  },
  shim_ring_enqueue_burst: {
    parameters: [
      "pointer", // struct rte_ring *r
      "pointer", // void **objs
      "u32", // uint32_t n
    ],
    result: "u32", // uint32_t
  },
  shim_ring_dequeue_burst: {
    parameters: [
      "pointer", // struct rte_ring *r
      "pointer", // void **objs
      "u32", // uint32_t n
    ],
    result: "u32", // uint32_t
  },
  shim_mempool_create: {
    parameters: [
      "buffer", // const char *name
      "u32", // uint32_t n
      "u32", // uint32_t elt_size
      "u32", // uint32_t cache_size
      "u32", // uint32_t private_size
      "i32", // int socket
      "u32", // uint32_t flags
      "buffer", // uint64_t *out
    ],
    result: "i32", // int
  },
  shim_mempool_lookup: {
    parameters: [
      "buffer", // const char *name
      "buffer", // uint64_t *out
    ],
    result: "i32", // int
  },
  shim_mempool_free: {
    parameters: [
      "pointer", // struct rte_mempool *mp
    ],
    result: "void", // void
  },
  shim_mempool_list: {
    parameters: [
      "buffer", // uint64_t *out
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_mempool_name: {
    parameters: [
      "pointer", // struct rte_mempool *mp
      "buffer", // char *text
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_mempool_ops_name: {
    parameters: [
      "pointer", // struct rte_mempool *mp
      "buffer", // char *text
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_mempool_ops_check: {
    parameters: [
      "pointer", // struct rte_mempool *mp
    ],
    result: "i32", // int
  },
  shim_mempool_ops_table: {
    parameters: [
      "u32", // uint32_t index
      "buffer", // char *text
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_mempool_size: {
    parameters: [
      "pointer", // struct rte_mempool *mp
    ],
    result: "u32", // uint32_t
  },
  shim_mempool_elt_size: {
    parameters: [
      "pointer", // struct rte_mempool *mp
    ],
    result: "u32", // uint32_t
  },
  shim_mempool_cache_size: {
    parameters: [
      "pointer", // struct rte_mempool *mp
    ],
    result: "u32", // uint32_t
  },
  shim_mempool_flags: {
    parameters: [
      "pointer", // struct rte_mempool *mp
    ],
    result: "u32", // uint32_t
  },
  shim_mempool_avail_count: {
    parameters: [
      "pointer", // struct rte_mempool *mp
    ],
    result: "u32", // uint32_t
  },
  shim_mempool_in_use_count: {
    parameters: [
      "pointer", // struct rte_mempool *mp
    ],
    result: "u32", // uint32_t
  },
  shim_mempool_cache_count: {
    parameters: [
      "pointer", // struct rte_mempool *mp
      "u32", // uint32_t lcore
    ],
    result: "u32", // uint32_t
  },
  shim_mempool_chunks: {
    parameters: [
      "pointer", // struct rte_mempool *mp
      "buffer", // uint64_t *pairs
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_mempool_get: {
    parameters: [
      "pointer", // struct rte_mempool *mp
      "pointer", // void **objs
      "u32", // uint32_t index
    ],
    result: "i32", // int
  },
  shim_mempool_put: {
    parameters: [
      "pointer", // struct rte_mempool *mp
      "pointer", // void **objs
      "u32", // uint32_t index
    ],
    result: "void", // void
  },
  shim_mempool_get_bulk: {
    parameters: [
      "pointer", // struct rte_mempool *mp
      "pointer", // void **objs
      "u32", // uint32_t n
    ],
    result: "i32", // int
  },
  shim_mempool_put_bulk: {
    parameters: [
      "pointer", // struct rte_mempool *mp
      "pointer", // void **objs
      "u32", // uint32_t n
    ],
    result: "void", // void
  },
  shim_mempool_torn: {
    parameters: [
      "pointer", // struct rte_mempool *mp
    ],
    result: "i32", // int
  },
  shim_mempool_repair: {
    parameters: [
      "pointer", // struct rte_mempool *mp
    ],
    result: "i32", // int
  },
  shim_mempool_put_stuck: {
    parameters: [
      "pointer", // struct rte_mempool *mp
      "buffer", // uint32_t *tail
    ],
    result: "i32", // int
  },
  shim_mempool_put_finish: {
    parameters: [
      "pointer", // struct rte_mempool *mp
      "u32", // uint32_t lcore
      "u32", // uint32_t tail
    ],
    result: "i32", // int
  },
  shim_mempool_audit: {
    parameters: [
      "pointer", // struct rte_mempool *mp
      "buffer", // const uint64_t *rings
      "u32", // uint32_t n_rings
      "buffer", // const uint64_t *tables
      "u32", // uint32_t n_tables
      "buffer", // uint32_t *counts
      "buffer", // uint64_t *spare
    ],
    result: "i32", // int
  },
  shim_mempool_restore: {
    parameters: [
      "pointer", // struct rte_mempool *mp
      "buffer", // const uint64_t *rings
      "u32", // uint32_t n_rings
      "buffer", // const uint64_t *spare
      "u32", // uint32_t n
    ],
    result: "i32", // int
  },
  shim_memzone_reserve: {
    parameters: [
      "buffer", // const char *name
      "u64", // uint64_t size
      "i32", // int socket
      "u32", // uint32_t flags
      "u32", // uint32_t align
      "buffer", // uint64_t *out
    ],
    result: "i32", // int
  },
  shim_memzone_lookup: {
    parameters: [
      "buffer", // const char *name
      "buffer", // uint64_t *out
    ],
    result: "i32", // int
  },
  shim_memzone_free: {
    parameters: [
      "pointer", // struct rte_memzone *mz
    ],
    result: "i32", // int
  },
  shim_memzone_list: {
    parameters: [
      "buffer", // uint64_t *out
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_memzone_name: {
    parameters: [
      "pointer", // struct rte_memzone *mz
      "buffer", // char *text
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_memzone_info: {
    parameters: [
      "pointer", // struct rte_memzone *mz
      "buffer", // uint64_t *info
    ],
    result: "i32", // int
  },
  shim_pktmbuf_pool_create: {
    parameters: [
      "buffer", // const char *name
      "u32", // uint32_t n
      "u32", // uint32_t cache_size
      "u32", // uint32_t priv_size
      "u32", // uint32_t data_room_size
      "i32", // int socket
      "buffer", // uint64_t *out
    ],
    result: "i32", // int
  },
  shim_pktmbuf_pool_check: {
    parameters: [
      "pointer", // struct rte_mempool *mp
    ],
    result: "i32", // int
  },
  shim_pktmbuf_alloc_bulk: {
    parameters: [
      "pointer", // struct rte_mempool *mp
      "pointer", // void **objs
      "u32", // uint32_t n
    ],
    result: "i32", // int
  },
  shim_pktmbuf_free_bulk: {
    parameters: [
      "pointer", // void **objs
      "u32", // uint32_t from
      "u32", // uint32_t n
    ],
    result: "void", // void
  },
  shim_mbuf_layout: {
    parameters: [
      "buffer", // uint32_t *offsets
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_mbuf_locate: {
    parameters: [
      "pointer", // struct shim_burst *burst
      "u32", // uint32_t n
    ],
    result: "void", // void
  },
  shim_mbuf_ports: {
    parameters: [
      "pointer", // void **objs
      "u32", // uint32_t n
      "pointer", // void *ports
    ],
    result: "void", // void
  },
  shim_eth_dev_list: {
    parameters: [
      "buffer", // uint32_t *ports
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_eth_dev_by_name: {
    parameters: [
      "buffer", // const char *name
    ],
    result: "i32", // int
  },
  shim_eth_dev_name: {
    parameters: [
      "u32", // uint32_t port
      "buffer", // char *text
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_eth_dev_driver: {
    parameters: [
      "u32", // uint32_t port
      "buffer", // char *text
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_eth_dev_socket: {
    parameters: [
      "u32", // uint32_t port
    ],
    result: "i32", // int
  },
  shim_eth_dev_info: {
    parameters: [
      "u32", // uint32_t port
      "buffer", // uint64_t *info
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_eth_dev_queues: {
    parameters: [
      "u32", // uint32_t port
      "buffer", // uint32_t *rx_tx
    ],
    result: "i32", // int
  },
  shim_eth_macaddr_get: {
    parameters: [
      "u32", // uint32_t port
      "buffer", // uint8_t *mac
    ],
    result: "i32", // int
  },
  shim_eth_mtu_get: {
    parameters: [
      "u32", // uint32_t port
    ],
    result: "i32", // int
  },
  shim_eth_mtu_set: {
    parameters: [
      "u32", // uint32_t port
      "u32", // uint32_t mtu
    ],
    result: "i32", // int
  },
  shim_eth_promiscuous_get: {
    parameters: [
      "u32", // uint32_t port
    ],
    result: "i32", // int
  },
  shim_eth_promiscuous_set: {
    parameters: [
      "u32", // uint32_t port
      "u32", // uint32_t on
    ],
    result: "i32", // int
  },
  shim_eth_link_get: {
    parameters: [
      "u32", // uint32_t port
      "buffer", // uint32_t *link
      "buffer", // char *text
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_eth_stats_get: {
    parameters: [
      "u32", // uint32_t port
      "buffer", // uint64_t *stats
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_eth_stats_reset: {
    parameters: [
      "u32", // uint32_t port
    ],
    result: "i32", // int
  },
  shim_eth_xstats_get: {
    parameters: [
      "u32", // uint32_t port
      "buffer", // uint64_t *values
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_eth_xstats_name: {
    parameters: [
      "u32", // uint32_t port
      "u64", // uint64_t id
      "buffer", // char *text
      "u32", // uint32_t len
    ],
    result: "i32", // int
  },
  shim_eth_dev_configure: {
    parameters: [
      "u32", // uint32_t port
      "u32", // uint32_t rx_queues
      "u32", // uint32_t tx_queues
      "u64", // uint64_t rx_offloads
      "u64", // uint64_t tx_offloads
      "u32", // uint32_t rss
      "u64", // uint64_t rss_hf
      "u32", // uint32_t mtu
    ],
    result: "i32", // int
  },
  shim_eth_dev_adjust_desc: {
    parameters: [
      "u32", // uint32_t port
      "buffer", // uint32_t *rx_tx
    ],
    result: "i32", // int
  },
  shim_eth_rx_queue_setup: {
    parameters: [
      "u32", // uint32_t port
      "u32", // uint32_t queue
      "u32", // uint32_t desc
      "i32", // int socket
      "u64", // uint64_t offloads
      "u32", // uint32_t drop_en
      "pointer", // struct rte_mempool *mp
    ],
    result: "i32", // int
  },
  shim_eth_tx_queue_setup: {
    parameters: [
      "u32", // uint32_t port
      "u32", // uint32_t queue
      "u32", // uint32_t desc
      "i32", // int socket
      "u64", // uint64_t offloads
    ],
    result: "i32", // int
  },
  shim_eth_rx_queue_check: {
    parameters: [
      "u32", // uint32_t port
      "u32", // uint32_t queue
    ],
    result: "i32", // int
  },
  shim_eth_tx_queue_check: {
    parameters: [
      "u32", // uint32_t port
      "u32", // uint32_t queue
    ],
    result: "i32", // int
  },
  shim_eth_dev_start: {
    parameters: [
      "u32", // uint32_t port
    ],
    result: "i32", // int
  },
  shim_eth_dev_stop: {
    parameters: [
      "u32", // uint32_t port
    ],
    result: "i32", // int
  },
  shim_eth_dev_close: {
    parameters: [
      "u32", // uint32_t port
    ],
    result: "i32", // int
  },
  shim_dev_probe: {
    parameters: [
      "buffer", // const char *devargs
    ],
    result: "i32", // int
  },
  shim_dev_remove: {
    parameters: [
      "u32", // uint32_t port
    ],
    result: "i32", // int
  },
  shim_vdev_init: {
    parameters: [
      "buffer", // const char *name
      "buffer", // const char *args
    ],
    result: "i32", // int
  },
  shim_eth_rx_burst: {
    parameters: [
      "u32", // uint32_t port
      "u32", // uint32_t queue
      "pointer", // void **objs
      "u32", // uint32_t n
    ],
    result: "u32", // uint32_t
  },
  shim_eth_rx_packets: {
    parameters: [
      "u32", // uint32_t port
      "u32", // uint32_t queue
      "pointer", // struct shim_burst *burst
      "u32", // uint32_t n
    ],
    result: "u32", // uint32_t
  },
  shim_eth_tx_burst: {
    parameters: [
      "u32", // uint32_t port
      "u32", // uint32_t queue
      "pointer", // void **objs
      "u32", // uint32_t from
      "u32", // uint32_t n
    ],
    result: "u32", // uint32_t
  },
  shim_eth_tx_buffer_bytes: {
    parameters: [
      "u32", // uint32_t size
    ],
    result: "u32", // uint32_t
  },
  shim_eth_tx_buffer_init: {
    parameters: [
      "pointer", // void *buffer
      "u32", // uint32_t size
    ],
    result: "void", // void
  },
  shim_eth_tx_buffer_pending: {
    parameters: [
      "pointer", // void *buffer
    ],
    result: "u32", // uint32_t
  },
  shim_eth_tx_buffer: {
    parameters: [
      "u32", // uint32_t port
      "u32", // uint32_t queue
      "pointer", // void *buffer
      "pointer", // void **objs
      "u32", // uint32_t from
      "u32", // uint32_t n
    ],
    result: "u32", // uint32_t
  },
  shim_eth_tx_buffer_flush: {
    parameters: [
      "u32", // uint32_t port
      "u32", // uint32_t queue
      "pointer", // void *buffer
    ],
    result: "u32", // uint32_t
  },
  shim_eth_exchange: {
    parameters: [
      "pointer", // struct shim_exchange *exchange
    ],
    result: "u32", // uint32_t
  },
  shim_eth_exchange_send: {
    parameters: [
      "pointer", // struct shim_exchange *exchange
    ],
    result: "void", // void
  },
} as const satisfies Deno.ForeignLibraryInterface;
