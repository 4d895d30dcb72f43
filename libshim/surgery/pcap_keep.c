/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * net_pcap's files stay as they are when a secondary comes.
 *
 * A secondary probes every virtual device of its primary again, and net_pcap opens its files
 * once more then: pcap_dump_open() empties those that the primary writes. A FIFO that it reads
 * loses what the newcomer takes. Also, of the device's arguments only 63 characters are kept
 * for secondaries, so that a long path is cut, and another file is made.
 *
 * So functions that net_pcap calls are answered here first. In a secondary that works with
 * ports, an output is opened to append, which is right because each transmit queue has a file
 * and one process that uses it; what a killed process left of a last packet is cut off before
 * the first new one. In a process that only looks, no file is opened at all. The arguments
 * are completed from a memzone of our primaries', or from the command line of a C one.
 *
 * Read against drivers/net/pcap of DPDK 22.11 to 25.11. Where net_pcap is a library of its own,
 * it finds these functions because this library is made global before EAL loads the drivers;
 * shim_pcap_keep() fails where that cannot be. DENODPDK_PCAP=off turns it all off.
 */

#include <errno.h>

#include "shim.h"

#ifdef SHIM_NO_DRIVERS

int
shim_pcap_keep(uint32_t how, const char *args, uint32_t n_args)
{
	(void)how;
	(void)args;
	(void)n_args;
	return 0;
}

#else

#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_kvargs.h>
#include <rte_log.h>
#include <rte_memzone.h>

#include "surgery/drivers.h"
#include "surgery/surgery.h"

/* libpcap's names without its header, which a machine that builds the shim need not have. */
struct pcap;
struct pcap_dumper;

/* As in a file, which libpcap writes in this machine's byte order. */
struct pcap_file_record {
	uint32_t sec, frac;
	uint32_t caplen, len;
};

enum { PCAP_FILE_HEADER = 24, PCAP_ARGS_KEPT = 63, MAX_OUTPUTS = 64 };

static uint32_t pcap_keep; /* SHIM_PCAP_* */
/* A name and arguments for each of the primary's devices, and where a primary keeps them. */
static char *pcap_args;
static uint32_t pcap_n_args;
#define PCAP_ZONE "DENODPDK_PCAP"
static char pcap_name[128]; /* of the device that is being probed */

/* Outputs that nothing was written to yet. */
static struct {
	struct pcap_dumper *dumper;
	char *path;
} pcap_fresh[MAX_OUTPUTS];
static uint32_t pcap_n_fresh;

/* net_pcap calls these from another library, unless it is inside. */
#ifdef SHIM_BUNDLED
#define PCAP_API
#else
#define PCAP_API SHIM_API
#endif

PCAP_API struct pcap_dumper *pcap_dump_open(struct pcap *pcap, const char *path);
PCAP_API void pcap_dump(uint8_t *dumper, const void *header, const uint8_t *data);
PCAP_API struct pcap *pcap_open_offline(const char *path, char *error);

/* libpcap's own function; it is there, because net_pcap is. */
static void *
pcap_function(const char *name)
{
	static const char *const libraries[] = { "libpcap.so.0.8", "libpcap.so.1", "libpcap.so" };
	void *function = dlsym(RTLD_NEXT, name);
	size_t i;

	for (i = 0; function == NULL && i < RTE_DIM(libraries); i++) {
		void *library = dlopen(libraries[i], RTLD_NOW | RTLD_NOLOAD);

		if (library != NULL)
			function = dlsym(library, name);
	}
	return function;
}

/* The arguments as secondaries find them; without any that is cut there is nothing to tell. */
static int
pcap_publish(const char *args, uint32_t n_args, size_t len)
{
	const struct rte_memzone *zone;
	uint32_t i, longest = 0;
	const char *at = args;

	for (i = 0; i < 2 * n_args; i++) {
		longest = RTE_MAX(longest, (uint32_t)strlen(at));
		at += strlen(at) + 1;
	}
	if (longest <= PCAP_ARGS_KEPT || rte_memzone_lookup(PCAP_ZONE) != NULL)
		return 0;
	zone = rte_memzone_reserve(PCAP_ZONE, sizeof(n_args) + len, SOCKET_ID_ANY, 0);
	if (zone == NULL)
		return -rte_errno;
	memcpy(zone->addr, &n_args, sizeof(n_args));
	memcpy((char *)zone->addr + sizeof(n_args), args, len);
	return 0;
}

/*
 * how: SHIM_PCAP_*. args: n_args net_pcap devices as the primary has them, the name and
 * the arguments of each with a NUL. Before rte_eal_init(), and in a primary once more after it.
 */
int
shim_pcap_keep(uint32_t how, const char *args, uint32_t n_args)
{
	const char *end = args;
	uint32_t i;

	if (!surgery_allowed("DENODPDK_PCAP"))
		return 0;
	if (!drivers_find_us())
		return -ENOTSUP;
	for (i = 0; i < 2 * n_args; i++)
		end += strlen(end) + 1;
	free(pcap_args);
	pcap_args = malloc((size_t)(end - args) + 1);
	if (pcap_args == NULL)
		return -ENOMEM;
	memcpy(pcap_args, args, (size_t)(end - args));
	pcap_n_args = n_args;
	pcap_keep = how;
	if (shim_eal_ready() && rte_eal_process_type() == RTE_PROC_PRIMARY)
		return pcap_publish(args, n_args, (size_t)(end - args));
	return 0;
}

/* Open an output that others may have written to, or open at the same time. */
static struct pcap_dumper *
pcap_append(struct pcap *pcap, const char *path)
{
	struct pcap_dumper *(*append)(struct pcap *, const char *) =
		(struct pcap_dumper *(*)(struct pcap *, const char *))
		pcap_function("pcap_dump_open_append");
	int (*flush)(struct pcap_dumper *) =
		(int (*)(struct pcap_dumper *))pcap_function("pcap_dump_flush");
	struct pcap_dumper *dumper;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0 || append == NULL || flush == NULL)
		return NULL;
	/* the first of several makes the header; it must stand before the next one looks */
	flock(fd, LOCK_EX);
	dumper = append(pcap, path);
	if (dumper != NULL)
		flush(dumper);
	close(fd);
	if (dumper != NULL && pcap_n_fresh < MAX_OUTPUTS) {
		pcap_fresh[pcap_n_fresh].dumper = dumper;
		pcap_fresh[pcap_n_fresh++].path = strdup(path);
	}
	return dumper;
}

struct pcap_dumper *
pcap_dump_open(struct pcap *pcap, const char *path)
{
	static __typeof__(&pcap_dump_open) next;
	struct stat st;

	if (next == NULL)
		next = (__typeof__(next))pcap_function("pcap_dump_open");
	if (pcap_keep == SHIM_PCAP_CLOSED)
		return next(pcap, "/dev/null");
	/* a pipe or a device cannot be emptied, and has no header to find */
	if (pcap_keep == SHIM_PCAP_AS_IS || (stat(path, &st) == 0 && !S_ISREG(st.st_mode)))
		return next(pcap, path);
	return pcap_append(pcap, path);
}

/* Where the last whole packet of a file ends. */
static off_t
pcap_end(const uint8_t *file, off_t size)
{
	struct pcap_file_record record;
	off_t at = PCAP_FILE_HEADER;

	while (at + (off_t)sizeof(record) <= size) {
		memcpy(&record, &file[at], sizeof(record));
		if (at + (off_t)sizeof(record) + (off_t)record.caplen > size)
			break;
		at += (off_t)sizeof(record) + (off_t)record.caplen;
	}
	return at;
}

/* Nobody else writes to it: its queue is this process's now. */
static void
pcap_cut(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;
	void *file;
	off_t end;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && st.st_size > PCAP_FILE_HEADER) {
		file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
		if (file != MAP_FAILED) {
			end = pcap_end(file, st.st_size);
			munmap(file, (size_t)st.st_size);
			if (end < st.st_size && ftruncate(fd, end) < 0)
				RTE_LOG(ERR, USER1, "%s: cannot cut off half a packet\n", path);
		}
	}
	close(fd);
}

void
pcap_dump(uint8_t *dumper, const void *header, const uint8_t *data)
{
	static __typeof__(&pcap_dump) next;
	uint32_t i;

	if (next == NULL)
		next = (__typeof__(next))pcap_function("pcap_dump");
	for (i = 0; unlikely(i < pcap_n_fresh); i++) {
		if ((uint8_t *)pcap_fresh[i].dumper != dumper)
			continue;
		pcap_cut(pcap_fresh[i].path);
		free(pcap_fresh[i].path);
		pcap_fresh[i] = pcap_fresh[--pcap_n_fresh];
	}
	next(dumper, header, data);
}

struct pcap *
pcap_open_offline(const char *path, char *error)
{
	static __typeof__(&pcap_open_offline) next;
	struct pcap *(*dead)(int, int);
	enum { ETHERNET = 1, SNAPLEN = 65535 };

	if (pcap_keep == SHIM_PCAP_CLOSED) {
		dead = (struct pcap *(*)(int, int))pcap_function("pcap_open_dead");
		return dead(ETHERNET, SNAPLEN);
	}
	if (next == NULL)
		next = (__typeof__(next))pcap_function("pcap_open_offline");
	return next(path, error);
}

/* The whole of arguments that may have been cut; NULL where that is not known. */
static const char *
pcap_whole_args(const char *args, const char *const keys[])
{
	const struct rte_memzone *zone;
	const char *name = pcap_args;
	uint32_t i, n = pcap_n_args;

	for (i = 0; keys != NULL && keys[i] != NULL && strcmp(keys[i], "tx_pcap") != 0; i++)
		;
	if (pcap_keep == SHIM_PCAP_AS_IS || keys == NULL || keys[i] == NULL ||
			strlen(args) != PCAP_ARGS_KEPT)
		return args;
	zone = rte_memzone_lookup(PCAP_ZONE);
	if (zone != NULL) {
		memcpy(&n, zone->addr, sizeof(n));
		name = (const char *)zone->addr + sizeof(n);
	}
	for (i = 0; i < n; i++) {
		const char *whole = name + strlen(name) + 1;

		if (strcmp(name, pcap_name) == 0 && strncmp(whole, args, PCAP_ARGS_KEPT) == 0)
			return whole;
		name = whole + strlen(whole) + 1;
	}
	RTE_LOG(ERR, USER1, "%s: net_pcap keeps %d characters of a device's arguments for"
			" secondaries, and the rest cannot be seen: %s...\n",
			pcap_name, PCAP_ARGS_KEPT, args);
	return NULL;
}

/* ethdev_driver.h, which is not installed: the first that net_pcap does in a secondary. */
struct rte_eth_dev;

static void
pcap_probes(const char *name)
{
	snprintf(pcap_name, sizeof(pcap_name), "%s", name);
}

#ifdef SHIM_BUNDLED
struct rte_eth_dev *__real_rte_eth_dev_attach_secondary(const char *name);
struct rte_eth_dev *__wrap_rte_eth_dev_attach_secondary(const char *name);
struct rte_kvargs *__real_rte_kvargs_parse(const char *args, const char *const valid_keys[]);
struct rte_kvargs *__wrap_rte_kvargs_parse(const char *args, const char *const valid_keys[]);

struct rte_eth_dev *
__wrap_rte_eth_dev_attach_secondary(const char *name)
{
	pcap_probes(name);
	return __real_rte_eth_dev_attach_secondary(name);
}

struct rte_kvargs *
__wrap_rte_kvargs_parse(const char *args, const char *const valid_keys[])
{
	const char *whole = pcap_whole_args(args, valid_keys);

	return whole != NULL ? __real_rte_kvargs_parse(whole, valid_keys) : NULL;
}
#else
SHIM_API struct rte_eth_dev *rte_eth_dev_attach_secondary(const char *name);

struct rte_eth_dev *
rte_eth_dev_attach_secondary(const char *name)
{
	static __typeof__(&rte_eth_dev_attach_secondary) next;

	if (next == NULL)
		next = (__typeof__(next))dlsym(RTLD_NEXT, "rte_eth_dev_attach_secondary");
	pcap_probes(name);
	return next(name);
}

SHIM_API struct rte_kvargs *
rte_kvargs_parse(const char *args, const char *const valid_keys[])
{
	static __typeof__(&rte_kvargs_parse) next;
	const char *whole = pcap_whole_args(args, valid_keys);

	if (next == NULL)
		next = (__typeof__(next))dlsym(RTLD_NEXT, "rte_kvargs_parse");
	return whole != NULL ? next(whole, valid_keys) : NULL;
}
#endif

#endif
