/* SPDX-License-Identifier: BSD-3-Clause */

/* rte_eal.h, rte_errno.h, rte_version.h */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_service.h>
#include <rte_service_component.h>
#include <rte_tailq.h>
#include <rte_version.h>

#include "burst.h"
#include "crash.h"
#include "ending.h"
#include "files.h"
#include "lcore.h"
#include "limit.h"
#include "log.h"
#include "pool_ops.h"
#include "shim.h"
#include "surgery/hangup.h"
#include "surgery/journal.h"
#include "surgery/leave.h"
#include "surgery/tsc.h"
#include "text.h"

static bool eal_ready;

/*
 * What follows stands before two functions of EAL's where it is another library's, because
 * a secondary that is killed while it takes or gives back shared memory would leave the
 * heap's lock held for ever. All that takes any in its start is rte_service_init(), and what
 * it takes is this process's own business.
 */
static void *services[2];

static void *
service_memory(const char *type, size_t size)
{
	int which = type != NULL && strcmp(type, "rte_services") == 0 ? 0 :
		type != NULL && strcmp(type, "rte_service_core_states") == 0 ? 1 : -1;
	size_t rounded = RTE_ALIGN_CEIL(size, RTE_CACHE_LINE_SIZE);

	if (which < 0 || services[which] != NULL ||
			rte_eal_process_type() != RTE_PROC_SECONDARY)
		return NULL;
	services[which] = aligned_alloc(RTE_CACHE_LINE_SIZE, rounded);
	return services[which] != NULL ? memset(services[which], 0, rounded) : NULL;
}

SHIM_API __attribute__((weak)) void *
rte_calloc(const char *type, size_t num, size_t size, unsigned int align)
{
	static __typeof__(&rte_calloc) next;
	void *memory = service_memory(type, num * size);

	if (memory != NULL)
		return memory;
	if (next == NULL)
		next = (__typeof__(next))dlsym(RTLD_NEXT, "rte_calloc");
	return next(type, num, size, align);
}

SHIM_API __attribute__((weak)) void
rte_free(void *ptr)
{
	static __typeof__(&rte_free) next;
	size_t i;

	for (i = 0; ptr != NULL && i < RTE_DIM(services); i++) {
		if (ptr != services[i])
			continue;
		services[i] = NULL;
		free(ptr);
		return;
	}
	if (next == NULL)
		next = (__typeof__(next))dlsym(RTLD_NEXT, "rte_free");
	next(ptr);
}

/* EAL keeps pointers into argv for the life of the process, so the copy is never freed. */
static int
eal_init(uint32_t argc, const char *args, uint32_t len)
{
	char **argv = calloc(argc + 1, sizeof(*argv));
	char *copy = malloc(len);
	uint32_t i;
	int ret;

	if (argv == NULL || copy == NULL) {
		free(argv);
		free(copy);
		return -ENOMEM;
	}
	memcpy(copy, args, len);
	for (i = 0; i < argc; i++) {
		argv[i] = copy;
		copy += strlen(copy) + 1;
	}

	burst_learn_stopped();
	/* some of EAL's failures set no errno; ENODEV would be a guess, EIO says "it failed" */
	rte_errno = 0;
	ret = rte_eal_init((int)argc, argv);
	if (ret < 0)
		return rte_errno > 0 ? -rte_errno : -EIO;
	files_initialised();
	/*
	 * Each process takes 156 KB for services, which would be shared memory that stays taken
	 * when it is killed. A secondary that has no service cores has no use for them.
	 */
	if (rte_eal_process_type() == RTE_PROC_SECONDARY && rte_service_lcore_count() <= 0)
		rte_service_finalize();
	/* where there is none, nothing that a killed process leaves can be mended, and all else goes on */
	shim_journal_join(0);
	eal_ready = true;
	return rte_eal_process_type();
}

/* The part of shim_eal_init() for the thread that starts EAL. */
static int
eal_start(uint32_t argc, const char *args, uint32_t len,
		uint32_t limit_ms, const char *last_words)
{
	struct files_descriptors had;
	int ret = log_hold();

	if (ret == 0 && limit_ms > 0)
		ret = limit_set(limit_ms, last_words);
	if (ret < 0)
		return ret;
	hangup_install(args, len);
	crash_watch(args);
	files_descriptors(&had);
	/* only a secondary has a limit, and only its locks keep others waiting */
	ending_starting(limit_ms > 0);
	/* and only a primary measures the time stamp counter */
	if (limit_ms == 0)
		tsc_watch();
	ret = eal_init(argc, args, len);
	tsc_unwatch();
	ending_starting(false);
	crash_unwatch();
	limit_clear();
	files_close_on_exec(&had);
	return ret;
}

/*
 * args: argc strings, each with its NUL, len bytes in all. ops: n_ops names that the table
 * of mempool operations shall begin with. What EAL says waits for shim_log_release(), also
 * after a failure. It may take limit_ms, 0 for any time; then this process says its last
 * words and ends. The type of the process on success.
 */
int
shim_eal_init(uint32_t argc, const char *args, uint32_t len,
		const char *ops, uint32_t n_ops, uint32_t limit_ms, const char *last_words)
{
	int ret;

	pool_ops_order(ops, n_ops);
	lcore_before_init();
	ret = eal_start(argc, args, len, limit_ms, last_words);
	if (ret >= 0)
		lcore_after_init();
	return ret;
}

/* A start in a thread of its own: what it is given, and what came of it. */
static struct {
	pthread_t thread;
	uint32_t argc, len;
	char *args;
	int ret;
} apart;

static void *
eal_start_apart(void *arg)
{
	(void)arg;
	files_are_made_here();
	apart.ret = eal_start(apart.argc, apart.args, apart.len, 0, NULL);
	return NULL;
}

/*
 * Begins what shim_eal_init() does in a primary, in a thread of its own. Until shim_eal_join()
 * has been called, nothing else of DPDK may be.
 */
int
shim_eal_begin(uint32_t argc, const char *args, uint32_t len, const char *ops, uint32_t n_ops)
{
	int ret;

	apart.args = malloc(len);
	if (apart.args == NULL)
		return -ENOMEM;
	memcpy(apart.args, args, len);
	apart.argc = argc;
	apart.len = len;
	pool_ops_order(ops, n_ops);
	ret = pthread_create(&apart.thread, NULL, eal_start_apart, NULL);
	if (ret != 0)
		free(apart.args);
	return -ret;
}

/* Waits for the end of what was begun. On success the calling thread is the main lcore. */
int
shim_eal_join(void)
{
	int ret;

	pthread_join(apart.thread, NULL);
	files_are_made_here();
	free(apart.args);
	if (apart.ret < 0)
		return apart.ret;
	ret = shim_lcore_adopt(rte_get_main_lcore());
	if (ret < 0)
		shim_eal_cleanup();
	return ret < 0 ? ret : apart.ret;
}

int
shim_eal_cleanup(void)
{
	eal_ready = false;
	journal_leave();
	if (rte_eal_process_type() == RTE_PROC_SECONDARY)
		leave_primary();
	return rte_eal_cleanup() < 0 ? -rte_errno : 0;
}

int
shim_eal_ready(void)
{
	return eal_ready;
}

int
shim_eal_process_type(void)
{
	return rte_eal_process_type();
}

int
shim_eal_primary_alive(void)
{
	return rte_eal_primary_proc_alive(NULL);
}

/* Start this process over: same pid, terminal, stdin and arguments. */
int
shim_eal_exec_self(void)
{
	enum { MAX_CMDLINE = 1 << 20 };
	char *cmdline = malloc(MAX_CMDLINE + 1);
	char **argv = malloc((MAX_CMDLINE / 2 + 2) * sizeof(*argv));
	size_t used = 0, at = 0, argc = 0;
	sigset_t none;
	ssize_t got;
	int fd;

	fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || cmdline == NULL || argv == NULL)
		goto fail;
	while (used < MAX_CMDLINE && (got = read(fd, cmdline + used, MAX_CMDLINE - used)) > 0)
		used += (size_t)got;
	cmdline[used] = '\0';
	while (at < used && argc < MAX_CMDLINE / 2) {
		argv[argc++] = cmdline + at;
		at += strlen(cmdline + at) + 1;
	}
	argv[argc] = NULL;
	/* EAL and the runtime mask signals in some threads; the new image starts clean */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve("/proc/self/exe", argv, environ);
fail:
	free(cmdline);
	free(argv);
	return -errno;
}

/* DPDK's own listing of the tail queues in the shared configuration. */
int
shim_eal_tailqs(char *text, uint32_t len)
{
	char *dump = NULL;
	size_t size;
	FILE *f = open_memstream(&dump, &size);
	int ret;

	if (f == NULL)
		return -errno;
	rte_dump_tailq(f);
	fclose(f);
	ret = shim_text(dump, text, len);
	free(dump);
	return ret;
}

/*
 * A secondary refuses to start when it knows a tail queue that its primary has not
 * made. This makes an empty one for a library that is not linked here. Before
 * rte_eal_init() only; the entry lives as long as the process.
 */
int
shim_eal_tailq_reserve(const char *name)
{
	struct rte_tailq_elem elem = { .head = NULL };
	struct rte_tailq_elem *kept = malloc(sizeof(*kept));

	if (kept == NULL)
		return -ENOMEM;
	if (strlen(name) >= RTE_TAILQ_NAMESIZE) {
		free(kept);
		return -ENAMETOOLONG;
	}
	memcpy(kept, &elem, sizeof(*kept));
	/* the name is const: EAL_REGISTER_TAILQ() makes these at compile time */
	strcpy((char *)(uintptr_t)kept->name, name);
	if (rte_eal_tailq_register(kept) < 0) {
		free(kept);
		return -EEXIST;
	}
	return 0;
}

int
shim_eal_runtime_dir(char *text, uint32_t len)
{
	return shim_text(rte_eal_get_runtime_dir(), text, len);
}

int
shim_version(char *text, uint32_t len)
{
	return shim_text(rte_version(), text, len);
}

int
shim_errno_name(int err, char *text, uint32_t len)
{
	const char *name;

	switch (err) {
	case E_RTE_SECONDARY:
		name = "E_RTE_SECONDARY";
		break;
	case E_RTE_NO_CONFIG:
		name = "E_RTE_NO_CONFIG";
		break;
	case ENOTSUP:
		/* the same number as EOPNOTSUPP, and the name that DPDK uses */
		name = "ENOTSUP";
		break;
	default:
		name = strerrorname_np(err);
	}
	return shim_text(name != NULL ? name : "", text, len);
}

int
shim_strerror(int err, char *text, uint32_t len)
{
	return shim_text(rte_strerror(err), text, len);
}
