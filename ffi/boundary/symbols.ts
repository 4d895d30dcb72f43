// Derived from libshim/shim.h by `deno task symbols`. Do not edit.

/** A function of C: its result, and its parameters in the header's order. */
interface Call<R extends Deno.NativeResultType, P extends readonly Deno.NativeType[]> {
  result: R;
  parameters: P;
}

/** One that is called for every burst or object: Deno compiles the call. */
interface Hot<R extends Deno.NativeResultType, P extends readonly Deno.NativeType[]>
  extends Call<R, P> {
  hot: true;
}

/** One that waits: it is called on another thread. */
interface Waits<R extends Deno.NativeResultType, P extends readonly Deno.NativeType[]>
  extends Call<R, P> {
  nonblocking: true;
}

/** The functions as `Deno.dlopen` types them, each under its prototype in C. */
export type Symbols = {
  /**
   * `int shim_eal_init(uint32_t argc, const char *args, uint32_t len, const char *ops,
   * uint32_t n_ops, uint32_t limit_ms, const char *last_words)`
   */
  shim_eal_init: Call<"i32", ["u32", "buffer", "u32", "buffer", "u32", "u32", "buffer"]>;
  /**
   * `int shim_eal_begin(uint32_t argc, const char *args, uint32_t len, const char *ops,
   * uint32_t n_ops)`
   */
  shim_eal_begin: Call<"i32", ["u32", "buffer", "u32", "buffer", "u32"]>;
  /** `int shim_eal_join(void)` */
  shim_eal_join: Call<"i32", []>;
  /** `int shim_eal_cleanup(void)` */
  shim_eal_cleanup: Call<"i32", []>;
  /** `int shim_eal_ready(void)` */
  shim_eal_ready: Call<"i32", []>;
  /** `int shim_eal_process_type(void)` */
  shim_eal_process_type: Call<"i32", []>;
  /** `int shim_eal_primary_alive(void)` */
  shim_eal_primary_alive: Call<"i32", []>;
  /** `int shim_eal_exec_self(void)` */
  shim_eal_exec_self: Call<"i32", []>;
  /** `int shim_eal_tailqs(char *text, uint32_t len)` */
  shim_eal_tailqs: Call<"i32", ["buffer", "u32"]>;
  /** `int shim_eal_tailq_reserve(const char *name)` */
  shim_eal_tailq_reserve: Call<"i32", ["buffer"]>;
  /** `int shim_eal_runtime_dir(char *text, uint32_t len)` */
  shim_eal_runtime_dir: Call<"i32", ["buffer", "u32"]>;
  /** `int shim_version(char *text, uint32_t len)` */
  shim_version: Call<"i32", ["buffer", "u32"]>;
  /** `int shim_errno_name(int err, char *text, uint32_t len)` */
  shim_errno_name: Call<"i32", ["i32", "buffer", "u32"]>;
  /** `int shim_strerror(int err, char *text, uint32_t len)` */
  shim_strerror: Call<"i32", ["i32", "buffer", "u32"]>;
  /** `int shim_lcore_record_open(const char *path, uint32_t create)` */
  shim_lcore_record_open: Call<"i32", ["buffer", "u32"]>;
  /** `void shim_lcore_record_close(void)` */
  shim_lcore_record_close: Call<"void", []>;
  /** `int shim_lcore_record_current(const char *path)` */
  shim_lcore_record_current: Call<"i32", ["buffer"]>;
  /** `int shim_lcore_record_take(uint32_t slot, const char *name, uint64_t start)` */
  shim_lcore_record_take: Call<"i32", ["u32", "buffer", "u64"]>;
  /** `int shim_lcore_record_slots(void)` */
  shim_lcore_record_slots: Call<"i32", []>;
  /** `int shim_lcore_record_elsewhere(uint32_t first, uint32_t pid, uint32_t start)` */
  shim_lcore_record_elsewhere: Call<"i32", ["u32", "u32", "u32"]>;
  /** `int shim_lcore_record_holder(uint32_t slot, uint32_t *pid, char *name, uint32_t len)` */
  shim_lcore_record_holder: Call<"i32", ["u32", "buffer", "buffer", "u32"]>;
  /** `int shim_journal_join(uint32_t make)` */
  shim_journal_join: Call<"i32", ["u32"]>;
  /** `int shim_journal_admit(void)` */
  shim_journal_admit: Call<"i32", []>;
  /** `int shim_journal_mended(void)` */
  shim_journal_mended: Call<"i32", []>;
  /** `int shim_journal_knows(uint32_t pid)` */
  shim_journal_knows: Call<"i32", ["u32"]>;
  /** `void shim_mend_look(struct rte_ring *r, uint32_t *ends)` */
  shim_mend_look: Call<"void", ["pointer", "buffer"]>;
  /** `int shim_mend_return(struct rte_ring *r, uint32_t consumer, uint32_t tail, uint32_t n)` */
  shim_mend_return: Call<"i32", ["pointer", "u32", "u32", "u32"]>;
  /**
   * `int shim_mend_put(struct rte_ring *r, uint32_t tail, uint32_t n, uint64_t content,
   * const uint64_t *objs, struct rte_mempool *mp)`
   */
  shim_mend_put: Call<"i32", ["pointer", "u32", "u32", "u64", "buffer", "pointer"]>;
  /** `int shim_mend_take(struct rte_ring *r, uint32_t tail, uint32_t n, uint64_t *objs)` */
  shim_mend_take: Call<"i32", ["pointer", "u32", "u32", "buffer"]>;
  /** `int shim_mend_spare(struct rte_ring *r, uint64_t *objs, uint32_t n)` */
  shim_mend_spare: Call<"i32", ["pointer", "buffer", "u32"]>;
  /** `int shim_mend_give(struct rte_ring *r, const uint64_t *objs, uint32_t n)` */
  shim_mend_give: Call<"i32", ["pointer", "buffer", "u32"]>;
  /** `int shim_mend_pool_ring(struct rte_mempool *mp, uint64_t *out)` */
  shim_mend_pool_ring: Call<"i32", ["pointer", "buffer"]>;
  /** `int shim_permit_facts(const char *folder, struct shim_permits *permits)` */
  shim_permit_facts: Call<"i32", ["buffer", "buffer"]>;
  /** `int shim_permit_cpus(uint32_t *cpus, uint32_t len)` */
  shim_permit_cpus: Call<"i32", ["buffer", "u32"]>;
  /** `int shim_permit_files(uint32_t n)` */
  shim_permit_files: Call<"i32", ["u32"]>;
  /** `int shim_permit_threads(uint32_t n)` */
  shim_permit_threads: Call<"i32", ["u32"]>;
  /** `uint64_t shim_permit_need(const uint64_t *sizes, uint32_t n_sizes, uint32_t nodes)` */
  shim_permit_need: Call<"u64", ["buffer", "u32", "u32"]>;
  /** `uint64_t shim_permit_need_no_huge(uint64_t bytes)` */
  shim_permit_need_no_huge: Call<"u64", ["u64"]>;
  /** `int shim_handle_drop(void *object, uint32_t doom)` */
  shim_handle_drop: Call<"i32", ["pointer", "u32"]>;
  /** `void shim_handles_end(void)` */
  shim_handles_end: Call<"void", []>;
  /** `void shim_limits(struct shim_limits *limits)` */
  shim_limits: Call<"void", ["buffer"]>;
  /** `uint64_t shim_memory_free(void)` */
  shim_memory_free: Call<"u64", []>;
  /** `int shim_pcap_keep(uint32_t how, const char *args, uint32_t n_args)` */
  shim_pcap_keep: Call<"i32", ["u32", "buffer", "u32"]>;
  /** `int shim_pdump_init(void)` */
  shim_pdump_init: Call<"i32", []>;
  /** `void shim_pdump_uninit(void)` */
  shim_pdump_uninit: Call<"void", []>;
  /** `int shim_locks_find(void)` */
  shim_locks_find: Call<"i32", []>;
  /** `int shim_locks_holders(uint32_t *holders, uint32_t len)` */
  shim_locks_holders: Call<"i32", ["buffer", "u32"]>;
  /** `int shim_locks_idle_call(uint32_t call)` */
  shim_locks_idle_call: Call<"i32", ["u32"]>;
  /** `void shim_locks_forget(uint32_t number, uint32_t holders)` */
  shim_locks_forget: Call<"void", ["u32", "u32"]>;
  /** `int shim_log(uint32_t level, uint32_t type, const char *text)` */
  shim_log: Call<"i32", ["u32", "u32", "buffer"]>;
  /** `int shim_log_held(char *text, uint32_t len)` */
  shim_log_held: Call<"i32", ["buffer", "u32"]>;
  /** `int shim_log_release(uint32_t show)` */
  shim_log_release: Call<"i32", ["u32"]>;
  /** `int shim_output_write(uint32_t fd, const char *text, uint32_t len)` */
  shim_output_write: Hot<"i32", ["u32", "buffer", "u32"]>;
  /** `uint32_t shim_output_pending(uint32_t fd)` */
  shim_output_pending: Hot<"u32", ["u32"]>;
  /** `int shim_output_flush(uint32_t ms)` */
  shim_output_flush: Call<"i32", ["u32"]>;
  /** `uint64_t shim_tsc(void)` */
  shim_tsc: Hot<"u64", []>;
  /** `uint64_t shim_tsc_hz(void)` */
  shim_tsc_hz: Call<"u64", []>;
  /** `double shim_tsc_cycles(void)` */
  shim_tsc_cycles: Hot<"f64", []>;
  /** `double shim_tsc_measure(uint32_t least_us)` */
  shim_tsc_measure: Call<"f64", ["u32"]>;
  /** `uint32_t shim_tsc_invariant(void)` */
  shim_tsc_invariant: Call<"u32", []>;
  /** `void shim_tsc_wall(struct shim_wall *wall)` */
  shim_tsc_wall: Call<"void", ["buffer"]>;
  /** `void shim_delay_us_sleep(uint32_t us)` */
  shim_delay_us_sleep: Hot<"void", ["u32"]>;
  /** `uint32_t shim_lcore_id(void)` */
  shim_lcore_id: Hot<"u32", []>;
  /** `uint32_t shim_lcore_main(void)` */
  shim_lcore_main: Call<"u32", []>;
  /** `int shim_lcore_list(uint32_t *ids, uint32_t len)` */
  shim_lcore_list: Call<"i32", ["buffer", "u32"]>;
  /** `int shim_lcore_cpus(uint32_t lcore, uint32_t *cpus, uint32_t len)` */
  shim_lcore_cpus: Call<"i32", ["u32", "buffer", "u32"]>;
  /** `int shim_lcore_socket(uint32_t lcore)` */
  shim_lcore_socket: Call<"i32", ["u32"]>;
  /** `int shim_lcore_adopt(uint32_t lcore)` */
  shim_lcore_adopt: Call<"i32", ["u32"]>;
  /** `int shim_lcore_float(uint32_t lcore)` */
  shim_lcore_float: Call<"i32", ["u32"]>;
  /** `int shim_lcore_release(void)` */
  shim_lcore_release: Call<"i32", []>;
  /** `int shim_lcore_others(uint32_t *ids, uint32_t len)` */
  shim_lcore_others: Call<"i32", ["buffer", "u32"]>;
  /** `int shim_thread_get_affinity(uint32_t *cpus, uint32_t len)` */
  shim_thread_get_affinity: Call<"i32", ["buffer", "u32"]>;
  /** `int shim_thread_set_affinity(const uint32_t *cpus, uint32_t count)` */
  shim_thread_set_affinity: Call<"i32", ["buffer", "u32"]>;
  /** `int shim_process_own_group(void)` */
  shim_process_own_group: Call<"i32", []>;
  /** `int shim_process_die_with_parent(uint32_t parent)` */
  shim_process_die_with_parent: Call<"i32", ["u32"]>;
  /** `int shim_process_open(uint32_t pid)` */
  shim_process_open: Call<"i32", ["u32"]>;
  /** `int shim_process_wait(int fd, uint32_t ms)` */
  shim_process_wait: Waits<"i32", ["i32", "u32"]>;
  /** `int shim_process_close(int fd)` */
  shim_process_close: Call<"i32", ["i32"]>;
  /** `int shim_process_await(const uint32_t *fds, uint32_t n, uint32_t ms)` */
  shim_process_await: Call<"i32", ["buffer", "u32", "u32"]>;
  /** `int shim_event_open(void)` */
  shim_event_open: Call<"i32", []>;
  /** `int shim_event_set(int fd)` */
  shim_event_set: Call<"i32", ["i32"]>;
  /** `uint32_t shim_process_thread(void)` */
  shim_process_thread: Call<"u32", []>;
  /** `int shim_process_title(const char *text)` */
  shim_process_title: Call<"i32", ["buffer"]>;
  /** `int shim_process_notify(const char *state)` */
  shim_process_notify: Call<"i32", ["buffer"]>;
  /** `int shim_process_image_is(const char *path)` */
  shim_process_image_is: Call<"i32", ["buffer"]>;
  /** `int shim_process_image_copy(const char *path)` */
  shim_process_image_copy: Call<"i32", ["buffer"]>;
  /** `void shim_ending_listen(uint32_t starting)` */
  shim_ending_listen: Call<"void", ["u32"]>;
  /** `void shim_ending_child(uint32_t pid, uint32_t lives)` */
  shim_ending_child: Call<"void", ["u32", "u32"]>;
  /** `void shim_ending_now(uint32_t status)` */
  shim_ending_now: Call<"void", ["u32"]>;
  /** `int shim_files_socket_alive(const char *path)` */
  shim_files_socket_alive: Call<"i32", ["buffer"]>;
  /** `int shim_files_own_socket(const char *folder, char *text, uint32_t len)` */
  shim_files_own_socket: Call<"i32", ["buffer", "buffer", "u32"]>;
  /** `int shim_files_lock_holder(const char *path, uint32_t *pid)` */
  shim_files_lock_holder: Call<"i32", ["buffer", "buffer"]>;
  /** `int shim_files_private_held(const char *folder, uint32_t pid)` */
  shim_files_private_held: Call<"i32", ["buffer", "u32"]>;
  /** `int shim_files_used(const char *path)` */
  shim_files_used: Call<"i32", ["buffer"]>;
  /** `int shim_files_bury(const char *folder, const char *name)` */
  shim_files_bury: Call<"i32", ["buffer", "buffer"]>;
  /**
   * `int shim_files_begin(const char *folder, const char *prefix, const char *pages,
   * uint32_t n_pages, uint32_t flags)`
   */
  shim_files_begin: Call<"i32", ["buffer", "buffer", "buffer", "u32", "u32"]>;
  /** `int shim_files_end(void)` */
  shim_files_end: Call<"i32", []>;
  /** `void shim_files_leave(void)` */
  shim_files_leave: Call<"void", []>;
  /**
   * `int shim_files_remove(const char *folder, const char *prefix, const char *pages,
   * uint32_t n_pages, uint32_t flags)`
   */
  shim_files_remove: Call<"i32", ["buffer", "buffer", "buffer", "u32", "u32"]>;
  /**
   * `int shim_ring_create(const char *name, uint32_t count, int socket, uint32_t flags,
   * uint64_t *out)`
   */
  shim_ring_create: Call<"i32", ["buffer", "u32", "i32", "u32", "buffer"]>;
  /** `int shim_ring_lookup(const char *name, uint64_t *out)` */
  shim_ring_lookup: Call<"i32", ["buffer", "buffer"]>;
  /** `int shim_ring_hold(struct rte_ring *r)` */
  shim_ring_hold: Call<"i32", ["pointer"]>;
  /** `void shim_ring_reset(struct rte_ring *r)` */
  shim_ring_reset: Call<"void", ["pointer"]>;
  /** `int shim_ring_torn(struct rte_ring *r)` */
  shim_ring_torn: Hot<"i32", ["pointer"]>;
  /** `int shim_ring_repair(struct rte_ring *r, uint32_t producer, uint32_t consumer)` */
  shim_ring_repair: Call<"i32", ["pointer", "u32", "u32"]>;
  /** `int shim_ring_name(struct rte_ring *r, char *text, uint32_t len)` */
  shim_ring_name: Call<"i32", ["pointer", "buffer", "u32"]>;
  /** `uint32_t shim_ring_flags(struct rte_ring *r)` */
  shim_ring_flags: Call<"u32", ["pointer"]>;
  /** `uint32_t shim_ring_capacity(struct rte_ring *r)` */
  shim_ring_capacity: Call<"u32", ["pointer"]>;
  /** `uint32_t shim_ring_count(struct rte_ring *r)` */
  shim_ring_count: Hot<"u32", ["pointer"]>;
  /** `uint32_t shim_ring_free_count(struct rte_ring *r)` */
  shim_ring_free_count: Hot<"u32", ["pointer"]>;
  /** `uint32_t shim_ring_peek(struct rte_ring *r, void **objs, uint32_t n)` */
  shim_ring_peek: Call<"u32", ["pointer", "pointer", "u32"]>;
  /** `int shim_ring_enqueue(struct rte_ring *r, void **objs, uint32_t index)` */
  shim_ring_enqueue: Hot<"i32", ["pointer", "pointer", "u32"]>;
  /** `int shim_ring_dequeue(struct rte_ring *r, void **objs, uint32_t index)` */
  shim_ring_dequeue: Hot<"i32", ["pointer", "pointer", "u32"]>;
  /**
   * `uint32_t shim_ring_enqueue_bulk(struct rte_ring *r, void **objs, uint32_t from, uint32_t n)`
   */
  shim_ring_enqueue_bulk: Hot<"u32", ["pointer", "pointer", "u32", "u32"]>;
  /** `uint32_t shim_ring_dequeue_bulk(struct rte_ring *r, void **objs, uint32_t n)` */
  shim_ring_dequeue_bulk: Hot<"u32", ["pointer", "pointer", "u32"]>;
  /**
   * `uint32_t shim_ring_enqueue_burst(struct rte_ring *r, void **objs, uint32_t from, uint32_t n)`
   */
  shim_ring_enqueue_burst: Hot<"u32", ["pointer", "pointer", "u32", "u32"]>;
  /** `uint32_t shim_ring_dequeue_burst(struct rte_ring *r, void **objs, uint32_t n)` */
  shim_ring_dequeue_burst: Hot<"u32", ["pointer", "pointer", "u32"]>;
  /**
   * `int shim_mempool_create(const char *name, uint32_t n, uint32_t elt_size, uint32_t cache_size,
   * uint32_t private_size, int socket, uint32_t flags, uint64_t *out)`
   */
  shim_mempool_create: Call<"i32", ["buffer", "u32", "u32", "u32", "u32", "i32", "u32", "buffer"]>;
  /** `int shim_mempool_lookup(const char *name, uint64_t *out)` */
  shim_mempool_lookup: Call<"i32", ["buffer", "buffer"]>;
  /** `int shim_mempool_name(struct rte_mempool *mp, char *text, uint32_t len)` */
  shim_mempool_name: Call<"i32", ["pointer", "buffer", "u32"]>;
  /** `int shim_mempool_ops_name(struct rte_mempool *mp, char *text, uint32_t len)` */
  shim_mempool_ops_name: Call<"i32", ["pointer", "buffer", "u32"]>;
  /** `int shim_mempool_ops_check(struct rte_mempool *mp)` */
  shim_mempool_ops_check: Call<"i32", ["pointer"]>;
  /** `int shim_mempool_ops_table(uint32_t index, char *text, uint32_t len)` */
  shim_mempool_ops_table: Call<"i32", ["u32", "buffer", "u32"]>;
  /** `uint32_t shim_mempool_size(struct rte_mempool *mp)` */
  shim_mempool_size: Call<"u32", ["pointer"]>;
  /** `uint32_t shim_mempool_elt_size(struct rte_mempool *mp)` */
  shim_mempool_elt_size: Call<"u32", ["pointer"]>;
  /** `uint32_t shim_mempool_cache_size(struct rte_mempool *mp)` */
  shim_mempool_cache_size: Call<"u32", ["pointer"]>;
  /** `uint32_t shim_mempool_avail_count(struct rte_mempool *mp)` */
  shim_mempool_avail_count: Call<"u32", ["pointer"]>;
  /** `uint32_t shim_mempool_in_use_count(struct rte_mempool *mp)` */
  shim_mempool_in_use_count: Call<"u32", ["pointer"]>;
  /** `uint32_t shim_mempool_cache_count(struct rte_mempool *mp, uint32_t lcore)` */
  shim_mempool_cache_count: Call<"u32", ["pointer", "u32"]>;
  /** `int shim_mempool_chunks(struct rte_mempool *mp, uint64_t *pairs, uint32_t len)` */
  shim_mempool_chunks: Call<"i32", ["pointer", "buffer", "u32"]>;
  /** `int shim_mempool_get(struct rte_mempool *mp, void **objs, uint32_t index)` */
  shim_mempool_get: Hot<"i32", ["pointer", "pointer", "u32"]>;
  /** `void shim_mempool_put(struct rte_mempool *mp, void **objs, uint32_t index)` */
  shim_mempool_put: Hot<"void", ["pointer", "pointer", "u32"]>;
  /** `int shim_mempool_get_bulk(struct rte_mempool *mp, void **objs, uint32_t n)` */
  shim_mempool_get_bulk: Hot<"i32", ["pointer", "pointer", "u32"]>;
  /**
   * `void shim_mempool_put_bulk(struct rte_mempool *mp, void **objs, uint32_t from, uint32_t n)`
   */
  shim_mempool_put_bulk: Hot<"void", ["pointer", "pointer", "u32", "u32"]>;
  /** `int shim_mempool_torn(struct rte_mempool *mp)` */
  shim_mempool_torn: Hot<"i32", ["pointer"]>;
  /** `int shim_mempool_repair(struct rte_mempool *mp)` */
  shim_mempool_repair: Call<"i32", ["pointer"]>;
  /** `int shim_mempool_put_stuck(struct rte_mempool *mp, uint32_t *tail)` */
  shim_mempool_put_stuck: Call<"i32", ["pointer", "buffer"]>;
  /** `int shim_mempool_put_finish(struct rte_mempool *mp, uint32_t lcore, uint32_t tail)` */
  shim_mempool_put_finish: Call<"i32", ["pointer", "u32", "u32"]>;
  /**
   * `int shim_mempool_audit(struct rte_mempool *mp, const uint64_t *rings, uint32_t n_rings,
   * const uint64_t *tables, uint32_t n_tables, uint32_t *counts, uint64_t *spare)`
   */
  shim_mempool_audit: Call<
    "i32",
    [
      "pointer",
      "buffer",
      "u32",
      "buffer",
      "u32",
      "buffer",
      "buffer",
    ]
  >;
  /**
   * `int shim_mempool_restore(struct rte_mempool *mp, const uint64_t *rings, uint32_t n_rings,
   * const uint64_t *spare, uint32_t n)`
   */
  shim_mempool_restore: Call<"i32", ["pointer", "buffer", "u32", "buffer", "u32"]>;
  /**
   * `int shim_mempool_cache_take(struct rte_mempool *mp, uint32_t lcore, uint32_t largest,
   * uint32_t flushes, uint64_t *objs, uint32_t *doubtful)`
   */
  shim_mempool_cache_take: Call<"i32", ["pointer", "u32", "u32", "u32", "buffer", "buffer"]>;
  /** `uint32_t shim_mempool_cache_room(void)` */
  shim_mempool_cache_room: Call<"u32", []>;
  /**
   * `int shim_memzone_reserve(const char *name, uint64_t size, int socket, uint32_t flags,
   * uint32_t align, uint64_t *out)`
   */
  shim_memzone_reserve: Call<"i32", ["buffer", "u64", "i32", "u32", "u32", "buffer"]>;
  /** `int shim_memzone_lookup(const char *name, uint64_t *out)` */
  shim_memzone_lookup: Call<"i32", ["buffer", "buffer"]>;
  /** `void shim_memzone_info(struct rte_memzone *mz, struct shim_memzone_info *info)` */
  shim_memzone_info: Call<"void", ["pointer", "buffer"]>;
  /** `int shim_ring_list(struct shim_ring_info *infos, uint32_t len)` */
  shim_ring_list: Call<"i32", ["buffer", "u32"]>;
  /** `int shim_mempool_list(struct shim_mempool_info *infos, uint32_t *cached, uint32_t len)` */
  shim_mempool_list: Call<"i32", ["buffer", "buffer", "u32"]>;
  /** `int shim_memzone_list(struct shim_memzone_info *infos, uint32_t len)` */
  shim_memzone_list: Call<"i32", ["buffer", "u32"]>;
  /**
   * `int shim_mempool_look(const char *name, uint32_t *counts, struct shim_mempool_look *look,
   * char *names, uint32_t len)`
   */
  shim_mempool_look: Call<"i32", ["buffer", "buffer", "buffer", "buffer", "u32"]>;
  /**
   * `int shim_pktmbuf_pool_create(const char *name, uint32_t n, uint32_t cache_size,
   * uint32_t priv_size, uint32_t data_room_size, int socket, uint64_t *out)`
   */
  shim_pktmbuf_pool_create: Call<"i32", ["buffer", "u32", "u32", "u32", "u32", "i32", "buffer"]>;
  /** `int shim_pktmbuf_pool_check(struct rte_mempool *mp)` */
  shim_pktmbuf_pool_check: Call<"i32", ["pointer"]>;
  /** `uint32_t shim_pktmbuf_forget(struct rte_mempool *mp, void **objs, uint32_t n)` */
  shim_pktmbuf_forget: Call<"u32", ["pointer", "pointer", "u32"]>;
  /** `int shim_pktmbuf_alloc_bulk(struct rte_mempool *mp, void **objs, uint32_t n)` */
  shim_pktmbuf_alloc_bulk: Hot<"i32", ["pointer", "pointer", "u32"]>;
  /** `void shim_pktmbuf_free_bulk(void **objs, uint32_t from, uint32_t n)` */
  shim_pktmbuf_free_bulk: Hot<"void", ["pointer", "u32", "u32"]>;
  /** `void shim_mbuf_layout(struct shim_mbuf_layout *layout)` */
  shim_mbuf_layout: Call<"void", ["buffer"]>;
  /** `int shim_mbuf_prepend(void *memory, uint32_t at, uint32_t n)` */
  shim_mbuf_prepend: Hot<"i32", ["pointer", "u32", "u32"]>;
  /** `int shim_mbuf_append(void *memory, uint32_t at, uint32_t n)` */
  shim_mbuf_append: Hot<"i32", ["pointer", "u32", "u32"]>;
  /** `int shim_mbuf_adj(void *memory, uint32_t at, uint32_t n)` */
  shim_mbuf_adj: Hot<"i32", ["pointer", "u32", "u32"]>;
  /** `int shim_mbuf_trim(void *memory, uint32_t at, uint32_t n)` */
  shim_mbuf_trim: Hot<"i32", ["pointer", "u32", "u32"]>;
  /** `int shim_mbuf_linearize(void *memory, uint32_t at)` */
  shim_mbuf_linearize: Hot<"i32", ["pointer", "u32"]>;
  /** `int shim_mbuf_chain(void *memory, uint32_t at, uint32_t tail)` */
  shim_mbuf_chain: Hot<"i32", ["pointer", "u32", "u32"]>;
  /**
   * `int shim_mbuf_clone(void *memory, uint32_t at, struct rte_mempool *mp, struct shim_burst *to)`
   */
  shim_mbuf_clone: Hot<"i32", ["pointer", "u32", "pointer", "pointer"]>;
  /** `uint32_t shim_mbuf_rx(void *memory, uint32_t at)` */
  shim_mbuf_rx: Hot<"u32", ["pointer", "u32"]>;
  /** `double shim_mbuf_timestamp(void *memory, uint32_t at)` */
  shim_mbuf_timestamp: Hot<"f64", ["pointer", "u32"]>;
  /** `uint32_t shim_mbuf_tx(void *memory, uint32_t at)` */
  shim_mbuf_tx: Hot<"u32", ["pointer", "u32"]>;
  /** `uint32_t shim_mbuf_tx_lengths(void *memory, uint32_t at)` */
  shim_mbuf_tx_lengths: Hot<"u32", ["pointer", "u32"]>;
  /** `uint32_t shim_mbuf_tx_segment(void *memory, uint32_t at)` */
  shim_mbuf_tx_segment: Hot<"u32", ["pointer", "u32"]>;
  /**
   * `int shim_mbuf_offload(void *memory, uint32_t at, uint32_t what, uint32_t lengths,
   * uint32_t segment)`
   */
  shim_mbuf_offload: Hot<"i32", ["pointer", "u32", "u32", "u32", "u32"]>;
  /** `void shim_mbuf_tag(void *memory, uint32_t at, uint32_t tci)` */
  shim_mbuf_tag: Hot<"void", ["pointer", "u32", "u32"]>;
  /**
   * `int shim_bpf_compile(const char *text, uint32_t link_type, char *error, uint32_t len,
   * uint64_t *out)`
   */
  shim_bpf_compile: Call<"i32", ["buffer", "u32", "buffer", "u32", "buffer"]>;
  /** `void shim_bpf_free(struct shim_filter *filter)` */
  shim_bpf_free: Call<"void", ["pointer"]>;
  /**
   * `uint32_t shim_bpf_match(const struct shim_filter *filter, const uint8_t *bytes, uint32_t len,
   * uint32_t wire)`
   */
  shim_bpf_match: Hot<"u32", ["pointer", "buffer", "u32", "u32"]>;
  /** `int shim_bpf_load(struct shim_filter *filter, uint32_t jit)` */
  shim_bpf_load: Call<"i32", ["pointer", "u32"]>;
  /** `void shim_bpf_unload(struct shim_filter *filter)` */
  shim_bpf_unload: Call<"void", ["pointer"]>;
  /**
   * `uint32_t shim_bpf_decide(const struct shim_filter *filter, const struct shim_burst *packets,
   * uint8_t *verdicts, uint32_t match, uint32_t other)`
   */
  shim_bpf_decide: Hot<"u32", ["pointer", "pointer", "buffer", "u32", "u32"]>;
  /** `uint32_t shim_bpf_keep(const struct shim_filter *filter, struct shim_burst *packets)` */
  shim_bpf_keep: Hot<"u32", ["pointer", "pointer"]>;
  /** `int shim_eth_dev_list(uint32_t *ports, uint32_t len)` */
  shim_eth_dev_list: Call<"i32", ["buffer", "u32"]>;
  /** `int shim_eth_dev_by_name(const char *name)` */
  shim_eth_dev_by_name: Call<"i32", ["buffer"]>;
  /** `int shim_eth_dev_name(uint32_t port, char *text, uint32_t len)` */
  shim_eth_dev_name: Call<"i32", ["u32", "buffer", "u32"]>;
  /** `int shim_eth_dev_driver(uint32_t port, char *text, uint32_t len)` */
  shim_eth_dev_driver: Call<"i32", ["u32", "buffer", "u32"]>;
  /** `int shim_eth_dev_socket(uint32_t port)` */
  shim_eth_dev_socket: Call<"i32", ["u32"]>;
  /** `int shim_eth_dev_info(uint32_t port, struct shim_eth_info *info)` */
  shim_eth_dev_info: Call<"i32", ["u32", "buffer"]>;
  /** `int shim_eth_dev_queues(uint32_t port, struct shim_eth_queues *queues)` */
  shim_eth_dev_queues: Call<"i32", ["u32", "buffer"]>;
  /** `int shim_eth_macaddr_get(uint32_t port, uint8_t *mac)` */
  shim_eth_macaddr_get: Call<"i32", ["u32", "buffer"]>;
  /** `int shim_eth_mtu_get(uint32_t port)` */
  shim_eth_mtu_get: Call<"i32", ["u32"]>;
  /** `int shim_eth_mtu_set(uint32_t port, uint32_t mtu)` */
  shim_eth_mtu_set: Call<"i32", ["u32", "u32"]>;
  /** `int shim_eth_promiscuous_get(uint32_t port)` */
  shim_eth_promiscuous_get: Call<"i32", ["u32"]>;
  /** `int shim_eth_promiscuous_set(uint32_t port, uint32_t on)` */
  shim_eth_promiscuous_set: Call<"i32", ["u32", "u32"]>;
  /** `int shim_eth_macaddr_set(uint32_t port, const uint8_t *mac)` */
  shim_eth_macaddr_set: Call<"i32", ["u32", "buffer"]>;
  /** `int shim_eth_rss_get(uint32_t port, uint8_t *key, uint32_t len, uint64_t *functions)` */
  shim_eth_rss_get: Call<"i32", ["u32", "buffer", "u32", "buffer"]>;
  /** `int shim_eth_rss_set(uint32_t port, const uint8_t *key, uint32_t len, uint64_t functions)` */
  shim_eth_rss_set: Call<"i32", ["u32", "buffer", "u32", "u64"]>;
  /** `int shim_eth_reta_get(uint32_t port, uint32_t *queues, uint32_t len)` */
  shim_eth_reta_get: Call<"i32", ["u32", "buffer", "u32"]>;
  /** `int shim_eth_reta_set(uint32_t port, const uint32_t *queues, uint32_t len)` */
  shim_eth_reta_set: Call<"i32", ["u32", "buffer", "u32"]>;
  /** `int shim_eth_vlan_get(uint32_t port)` */
  shim_eth_vlan_get: Call<"i32", ["u32"]>;
  /** `int shim_eth_vlan_set(uint32_t port, uint32_t which, uint32_t on)` */
  shim_eth_vlan_set: Call<"i32", ["u32", "u32", "u32"]>;
  /** `int shim_eth_vlan_filter(uint32_t port, uint32_t vlan, uint32_t on)` */
  shim_eth_vlan_filter: Call<"i32", ["u32", "u32", "u32"]>;
  /** `int shim_eth_flow_get(uint32_t port, struct shim_flow *conf)` */
  shim_eth_flow_get: Call<"i32", ["u32", "buffer"]>;
  /** `int shim_eth_flow_set(uint32_t port, const struct shim_flow *conf)` */
  shim_eth_flow_set: Call<"i32", ["u32", "buffer"]>;
  /**
   * `int shim_eth_link_get(uint32_t port, struct shim_eth_link *link, char *text, uint32_t len)`
   */
  shim_eth_link_get: Call<"i32", ["u32", "buffer", "buffer", "u32"]>;
  /** `int shim_eth_stats_get(uint32_t port, struct shim_eth_stats *stats)` */
  shim_eth_stats_get: Call<"i32", ["u32", "buffer"]>;
  /** `int shim_eth_stats_reset(uint32_t port)` */
  shim_eth_stats_reset: Call<"i32", ["u32"]>;
  /** `int shim_eth_xstats_get(uint32_t port, uint64_t *values, uint32_t len)` */
  shim_eth_xstats_get: Call<"i32", ["u32", "buffer", "u32"]>;
  /** `int shim_eth_xstats_name(uint32_t port, uint64_t id, char *text, uint32_t len)` */
  shim_eth_xstats_name: Call<"i32", ["u32", "u64", "buffer", "u32"]>;
  /**
   * `int shim_eth_dev_configure(uint32_t port, uint32_t rx_queues, uint32_t tx_queues,
   * uint64_t rx_offloads, uint64_t tx_offloads, uint32_t rss, uint64_t rss_hf, uint32_t mtu)`
   */
  shim_eth_dev_configure: Call<"i32", ["u32", "u32", "u32", "u64", "u64", "u32", "u64", "u32"]>;
  /** `int shim_eth_dev_adjust_desc(uint32_t port, uint32_t *rx_tx)` */
  shim_eth_dev_adjust_desc: Call<"i32", ["u32", "buffer"]>;
  /**
   * `int shim_eth_rx_queue_setup(uint32_t port, uint32_t queue, uint32_t desc, int socket,
   * uint64_t offloads, uint32_t drop_en, struct rte_mempool *mp)`
   */
  shim_eth_rx_queue_setup: Call<"i32", ["u32", "u32", "u32", "i32", "u64", "u32", "pointer"]>;
  /**
   * `int shim_eth_tx_queue_setup(uint32_t port, uint32_t queue, uint32_t desc, int socket,
   * uint64_t offloads)`
   */
  shim_eth_tx_queue_setup: Call<"i32", ["u32", "u32", "u32", "i32", "u64"]>;
  /** `int shim_eth_rx_queue_check(uint32_t port, uint32_t queue)` */
  shim_eth_rx_queue_check: Call<"i32", ["u32", "u32"]>;
  /** `int shim_eth_tx_queue_check(uint32_t port, uint32_t queue)` */
  shim_eth_tx_queue_check: Call<"i32", ["u32", "u32"]>;
  /** `int shim_eth_dev_start(uint32_t port)` */
  shim_eth_dev_start: Call<"i32", ["u32"]>;
  /** `int shim_eth_dev_stop(uint32_t port)` */
  shim_eth_dev_stop: Call<"i32", ["u32"]>;
  /** `int shim_eth_dev_close(uint32_t port)` */
  shim_eth_dev_close: Call<"i32", ["u32"]>;
  /** `int shim_dev_probe(const char *devargs)` */
  shim_dev_probe: Call<"i32", ["buffer"]>;
  /** `int shim_dev_remove(uint32_t port)` */
  shim_dev_remove: Call<"i32", ["u32"]>;
  /** `int shim_vdev_init(const char *name, const char *args)` */
  shim_vdev_init: Call<"i32", ["buffer", "buffer"]>;
  /** `int shim_vdev_started(const char *name)` */
  shim_vdev_started: Call<"i32", ["buffer"]>;
  /** `uint32_t shim_eth_receive(uint32_t port, uint32_t queue, struct shim_burst *packets)` */
  shim_eth_receive: Hot<"u32", ["u32", "u32", "pointer"]>;
  /** `uint32_t shim_eth_send(struct shim_tx_queue *tx, struct shim_burst *packets)` */
  shim_eth_send: Hot<"u32", ["pointer", "pointer"]>;
  /** `uint32_t shim_eth_try_send(struct shim_tx_queue *tx, struct shim_burst *packets)` */
  shim_eth_try_send: Hot<"u32", ["pointer", "pointer"]>;
  /** `uint32_t shim_eth_buffer(struct shim_tx_queue *tx, struct shim_burst *packets)` */
  shim_eth_buffer: Hot<"u32", ["pointer", "pointer"]>;
  /** `uint32_t shim_eth_flush(struct shim_tx_queue *tx)` */
  shim_eth_flush: Hot<"u32", ["pointer"]>;
  /** `uint32_t shim_eth_drain(struct shim_tx_queue *tx)` */
  shim_eth_drain: Hot<"u32", ["pointer"]>;
  /** `int shim_eth_prepare(struct shim_tx_queue *tx, struct shim_burst *packets)` */
  shim_eth_prepare: Hot<"i32", ["pointer", "pointer"]>;
  /** `uint32_t shim_burst_enqueue_all_bulk(struct rte_ring *r, struct shim_burst *burst)` */
  shim_burst_enqueue_all_bulk: Hot<"u32", ["pointer", "pointer"]>;
  /** `uint32_t shim_burst_enqueue_all_burst(struct rte_ring *r, struct shim_burst *burst)` */
  shim_burst_enqueue_all_burst: Hot<"u32", ["pointer", "pointer"]>;
  /**
   * `uint32_t shim_burst_enqueue_bulk(struct rte_ring *r, struct shim_burst *burst, uint32_t from,
   * uint32_t n)`
   */
  shim_burst_enqueue_bulk: Hot<"u32", ["pointer", "pointer", "u32", "u32"]>;
  /**
   * `uint32_t shim_burst_enqueue_burst(struct rte_ring *r, struct shim_burst *burst, uint32_t from,
   * uint32_t n)`
   */
  shim_burst_enqueue_burst: Hot<"u32", ["pointer", "pointer", "u32", "u32"]>;
  /**
   * `uint32_t shim_burst_dequeue_bulk(struct rte_ring *r, struct shim_burst *burst, uint32_t n)`
   */
  shim_burst_dequeue_bulk: Hot<"u32", ["pointer", "pointer", "u32"]>;
  /**
   * `uint32_t shim_burst_dequeue_burst(struct rte_ring *r, struct shim_burst *burst, uint32_t n)`
   */
  shim_burst_dequeue_burst: Hot<"u32", ["pointer", "pointer", "u32"]>;
  /**
   * `uint32_t shim_burst_alloc(struct rte_mempool *mp, struct shim_burst *packets,
   * const uint16_t *lengths, uint32_t n)`
   */
  shim_burst_alloc: Hot<"u32", ["pointer", "pointer", "buffer", "u32"]>;
  /**
   * `uint32_t shim_burst_fill(struct shim_burst *packets, const uint8_t *bytes, uint32_t size,
   * const uint32_t *places)`
   */
  shim_burst_fill: Hot<"u32", ["pointer", "buffer", "u32", "buffer"]>;
  /** `void shim_burst_clear(struct shim_burst *packets)` */
  shim_burst_clear: Hot<"void", ["pointer"]>;
  /** `void shim_burst_tell(struct shim_burst *packets)` */
  shim_burst_tell: Hot<"void", ["pointer"]>;
  /**
   * `uint32_t shim_burst_split(struct shim_burst *packets, const uint8_t *verdicts,
   * const struct shim_split *split)`
   */
  shim_burst_split: Hot<"u32", ["pointer", "buffer", "pointer"]>;
  /** `uint32_t shim_eth_turn(struct shim_turn *turn)` */
  shim_eth_turn: Hot<"u32", ["pointer"]>;
  /** `uint32_t shim_eth_turn_end(struct shim_turn *turn)` */
  shim_eth_turn_end: Hot<"u32", ["pointer"]>;
  /**
   * `uint32_t shim_records_write(struct shim_records *records, const struct shim_burst *packets,
   * uint32_t from, uint32_t most)`
   */
  shim_records_write: Hot<"u32", ["pointer", "pointer", "u32", "u32"]>;
};

/**
 * What `Deno.dlopen` must know of the functions when the program runs, a line each: name, kind,
 * result, parameters. A table of objects would be made at every start, and a program uses few of
 * them.
 */
export const SIGNATURES = `
shim_eal_init Call i32 u32 buffer u32 buffer u32 u32 buffer
shim_eal_begin Call i32 u32 buffer u32 buffer u32
shim_eal_join Call i32
shim_eal_cleanup Call i32
shim_eal_ready Call i32
shim_eal_process_type Call i32
shim_eal_primary_alive Call i32
shim_eal_exec_self Call i32
shim_eal_tailqs Call i32 buffer u32
shim_eal_tailq_reserve Call i32 buffer
shim_eal_runtime_dir Call i32 buffer u32
shim_version Call i32 buffer u32
shim_errno_name Call i32 i32 buffer u32
shim_strerror Call i32 i32 buffer u32
shim_lcore_record_open Call i32 buffer u32
shim_lcore_record_close Call void
shim_lcore_record_current Call i32 buffer
shim_lcore_record_take Call i32 u32 buffer u64
shim_lcore_record_slots Call i32
shim_lcore_record_elsewhere Call i32 u32 u32 u32
shim_lcore_record_holder Call i32 u32 buffer buffer u32
shim_journal_join Call i32 u32
shim_journal_admit Call i32
shim_journal_mended Call i32
shim_journal_knows Call i32 u32
shim_mend_look Call void pointer buffer
shim_mend_return Call i32 pointer u32 u32 u32
shim_mend_put Call i32 pointer u32 u32 u64 buffer pointer
shim_mend_take Call i32 pointer u32 u32 buffer
shim_mend_spare Call i32 pointer buffer u32
shim_mend_give Call i32 pointer buffer u32
shim_mend_pool_ring Call i32 pointer buffer
shim_permit_facts Call i32 buffer buffer
shim_permit_cpus Call i32 buffer u32
shim_permit_files Call i32 u32
shim_permit_threads Call i32 u32
shim_permit_need Call u64 buffer u32 u32
shim_permit_need_no_huge Call u64 u64
shim_handle_drop Call i32 pointer u32
shim_handles_end Call void
shim_limits Call void buffer
shim_memory_free Call u64
shim_pcap_keep Call i32 u32 buffer u32
shim_pdump_init Call i32
shim_pdump_uninit Call void
shim_locks_find Call i32
shim_locks_holders Call i32 buffer u32
shim_locks_idle_call Call i32 u32
shim_locks_forget Call void u32 u32
shim_log Call i32 u32 u32 buffer
shim_log_held Call i32 buffer u32
shim_log_release Call i32 u32
shim_output_write Hot i32 u32 buffer u32
shim_output_pending Hot u32 u32
shim_output_flush Call i32 u32
shim_tsc Hot u64
shim_tsc_hz Call u64
shim_tsc_cycles Hot f64
shim_tsc_measure Call f64 u32
shim_tsc_invariant Call u32
shim_tsc_wall Call void buffer
shim_delay_us_sleep Hot void u32
shim_lcore_id Hot u32
shim_lcore_main Call u32
shim_lcore_list Call i32 buffer u32
shim_lcore_cpus Call i32 u32 buffer u32
shim_lcore_socket Call i32 u32
shim_lcore_adopt Call i32 u32
shim_lcore_float Call i32 u32
shim_lcore_release Call i32
shim_lcore_others Call i32 buffer u32
shim_thread_get_affinity Call i32 buffer u32
shim_thread_set_affinity Call i32 buffer u32
shim_process_own_group Call i32
shim_process_die_with_parent Call i32 u32
shim_process_open Call i32 u32
shim_process_wait Waits i32 i32 u32
shim_process_close Call i32 i32
shim_process_await Call i32 buffer u32 u32
shim_event_open Call i32
shim_event_set Call i32 i32
shim_process_thread Call u32
shim_process_title Call i32 buffer
shim_process_notify Call i32 buffer
shim_process_image_is Call i32 buffer
shim_process_image_copy Call i32 buffer
shim_ending_listen Call void u32
shim_ending_child Call void u32 u32
shim_ending_now Call void u32
shim_files_socket_alive Call i32 buffer
shim_files_own_socket Call i32 buffer buffer u32
shim_files_lock_holder Call i32 buffer buffer
shim_files_private_held Call i32 buffer u32
shim_files_used Call i32 buffer
shim_files_bury Call i32 buffer buffer
shim_files_begin Call i32 buffer buffer buffer u32 u32
shim_files_end Call i32
shim_files_leave Call void
shim_files_remove Call i32 buffer buffer buffer u32 u32
shim_ring_create Call i32 buffer u32 i32 u32 buffer
shim_ring_lookup Call i32 buffer buffer
shim_ring_hold Call i32 pointer
shim_ring_reset Call void pointer
shim_ring_torn Hot i32 pointer
shim_ring_repair Call i32 pointer u32 u32
shim_ring_name Call i32 pointer buffer u32
shim_ring_flags Call u32 pointer
shim_ring_capacity Call u32 pointer
shim_ring_count Hot u32 pointer
shim_ring_free_count Hot u32 pointer
shim_ring_peek Call u32 pointer pointer u32
shim_ring_enqueue Hot i32 pointer pointer u32
shim_ring_dequeue Hot i32 pointer pointer u32
shim_ring_enqueue_bulk Hot u32 pointer pointer u32 u32
shim_ring_dequeue_bulk Hot u32 pointer pointer u32
shim_ring_enqueue_burst Hot u32 pointer pointer u32 u32
shim_ring_dequeue_burst Hot u32 pointer pointer u32
shim_mempool_create Call i32 buffer u32 u32 u32 u32 i32 u32 buffer
shim_mempool_lookup Call i32 buffer buffer
shim_mempool_name Call i32 pointer buffer u32
shim_mempool_ops_name Call i32 pointer buffer u32
shim_mempool_ops_check Call i32 pointer
shim_mempool_ops_table Call i32 u32 buffer u32
shim_mempool_size Call u32 pointer
shim_mempool_elt_size Call u32 pointer
shim_mempool_cache_size Call u32 pointer
shim_mempool_avail_count Call u32 pointer
shim_mempool_in_use_count Call u32 pointer
shim_mempool_cache_count Call u32 pointer u32
shim_mempool_chunks Call i32 pointer buffer u32
shim_mempool_get Hot i32 pointer pointer u32
shim_mempool_put Hot void pointer pointer u32
shim_mempool_get_bulk Hot i32 pointer pointer u32
shim_mempool_put_bulk Hot void pointer pointer u32 u32
shim_mempool_torn Hot i32 pointer
shim_mempool_repair Call i32 pointer
shim_mempool_put_stuck Call i32 pointer buffer
shim_mempool_put_finish Call i32 pointer u32 u32
shim_mempool_audit Call i32 pointer buffer u32 buffer u32 buffer buffer
shim_mempool_restore Call i32 pointer buffer u32 buffer u32
shim_mempool_cache_take Call i32 pointer u32 u32 u32 buffer buffer
shim_mempool_cache_room Call u32
shim_memzone_reserve Call i32 buffer u64 i32 u32 u32 buffer
shim_memzone_lookup Call i32 buffer buffer
shim_memzone_info Call void pointer buffer
shim_ring_list Call i32 buffer u32
shim_mempool_list Call i32 buffer buffer u32
shim_memzone_list Call i32 buffer u32
shim_mempool_look Call i32 buffer buffer buffer buffer u32
shim_pktmbuf_pool_create Call i32 buffer u32 u32 u32 u32 i32 buffer
shim_pktmbuf_pool_check Call i32 pointer
shim_pktmbuf_forget Call u32 pointer pointer u32
shim_pktmbuf_alloc_bulk Hot i32 pointer pointer u32
shim_pktmbuf_free_bulk Hot void pointer u32 u32
shim_mbuf_layout Call void buffer
shim_mbuf_prepend Hot i32 pointer u32 u32
shim_mbuf_append Hot i32 pointer u32 u32
shim_mbuf_adj Hot i32 pointer u32 u32
shim_mbuf_trim Hot i32 pointer u32 u32
shim_mbuf_linearize Hot i32 pointer u32
shim_mbuf_chain Hot i32 pointer u32 u32
shim_mbuf_clone Hot i32 pointer u32 pointer pointer
shim_mbuf_rx Hot u32 pointer u32
shim_mbuf_timestamp Hot f64 pointer u32
shim_mbuf_tx Hot u32 pointer u32
shim_mbuf_tx_lengths Hot u32 pointer u32
shim_mbuf_tx_segment Hot u32 pointer u32
shim_mbuf_offload Hot i32 pointer u32 u32 u32 u32
shim_mbuf_tag Hot void pointer u32 u32
shim_bpf_compile Call i32 buffer u32 buffer u32 buffer
shim_bpf_free Call void pointer
shim_bpf_match Hot u32 pointer buffer u32 u32
shim_bpf_load Call i32 pointer u32
shim_bpf_unload Call void pointer
shim_bpf_decide Hot u32 pointer pointer buffer u32 u32
shim_bpf_keep Hot u32 pointer pointer
shim_eth_dev_list Call i32 buffer u32
shim_eth_dev_by_name Call i32 buffer
shim_eth_dev_name Call i32 u32 buffer u32
shim_eth_dev_driver Call i32 u32 buffer u32
shim_eth_dev_socket Call i32 u32
shim_eth_dev_info Call i32 u32 buffer
shim_eth_dev_queues Call i32 u32 buffer
shim_eth_macaddr_get Call i32 u32 buffer
shim_eth_mtu_get Call i32 u32
shim_eth_mtu_set Call i32 u32 u32
shim_eth_promiscuous_get Call i32 u32
shim_eth_promiscuous_set Call i32 u32 u32
shim_eth_macaddr_set Call i32 u32 buffer
shim_eth_rss_get Call i32 u32 buffer u32 buffer
shim_eth_rss_set Call i32 u32 buffer u32 u64
shim_eth_reta_get Call i32 u32 buffer u32
shim_eth_reta_set Call i32 u32 buffer u32
shim_eth_vlan_get Call i32 u32
shim_eth_vlan_set Call i32 u32 u32 u32
shim_eth_vlan_filter Call i32 u32 u32 u32
shim_eth_flow_get Call i32 u32 buffer
shim_eth_flow_set Call i32 u32 buffer
shim_eth_link_get Call i32 u32 buffer buffer u32
shim_eth_stats_get Call i32 u32 buffer
shim_eth_stats_reset Call i32 u32
shim_eth_xstats_get Call i32 u32 buffer u32
shim_eth_xstats_name Call i32 u32 u64 buffer u32
shim_eth_dev_configure Call i32 u32 u32 u32 u64 u64 u32 u64 u32
shim_eth_dev_adjust_desc Call i32 u32 buffer
shim_eth_rx_queue_setup Call i32 u32 u32 u32 i32 u64 u32 pointer
shim_eth_tx_queue_setup Call i32 u32 u32 u32 i32 u64
shim_eth_rx_queue_check Call i32 u32 u32
shim_eth_tx_queue_check Call i32 u32 u32
shim_eth_dev_start Call i32 u32
shim_eth_dev_stop Call i32 u32
shim_eth_dev_close Call i32 u32
shim_dev_probe Call i32 buffer
shim_dev_remove Call i32 u32
shim_vdev_init Call i32 buffer buffer
shim_vdev_started Call i32 buffer
shim_eth_receive Hot u32 u32 u32 pointer
shim_eth_send Hot u32 pointer pointer
shim_eth_try_send Hot u32 pointer pointer
shim_eth_buffer Hot u32 pointer pointer
shim_eth_flush Hot u32 pointer
shim_eth_drain Hot u32 pointer
shim_eth_prepare Hot i32 pointer pointer
shim_burst_enqueue_all_bulk Hot u32 pointer pointer
shim_burst_enqueue_all_burst Hot u32 pointer pointer
shim_burst_enqueue_bulk Hot u32 pointer pointer u32 u32
shim_burst_enqueue_burst Hot u32 pointer pointer u32 u32
shim_burst_dequeue_bulk Hot u32 pointer pointer u32
shim_burst_dequeue_burst Hot u32 pointer pointer u32
shim_burst_alloc Hot u32 pointer pointer buffer u32
shim_burst_fill Hot u32 pointer buffer u32 buffer
shim_burst_clear Hot void pointer
shim_burst_tell Hot void pointer
shim_burst_split Hot u32 pointer buffer pointer
shim_eth_turn Hot u32 pointer
shim_eth_turn_end Hot u32 pointer
shim_records_write Hot u32 pointer pointer u32 u32
`;
