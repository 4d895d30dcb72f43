/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * pcap/pcap.h: what an expression means, and whether bytes match it.
 *
 * libpcap is opened when the first filter is compiled: whoever uses none can do without it. A
 * bundle has it beside the shim, whose RPATH leads there.
 */

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#include <rte_common.h>

#include "bpf.h"
#include "shim.h"

struct pcap;

/* struct pcap_pkthdr */
struct bpf_packet {
	struct timeval ts;
	uint32_t caplen; /* bytes that are there */
	uint32_t len;    /* bytes that the packet had */
};

static struct {
	struct pcap *(*open_dead)(int link_type, int snaplen);
	int (*compile)(struct pcap *pcap, struct bpf_program *program, const char *text,
			int optimize, uint32_t netmask);
	char *(*geterr)(struct pcap *pcap);
	void (*close)(struct pcap *pcap);
	void (*freecode)(struct bpf_program *program);
	int (*offline_filter)(const struct bpf_program *program,
			const struct bpf_packet *packet, const uint8_t *bytes);
} libpcap;

/* Finds libpcap's functions, once; an error's text where there are none. */
static const char *
libpcap_open(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static const char *const names[] = { "libpcap.so.0.8", "libpcap.so.1" };
	static const char *const functions[] = {
		"pcap_open_dead", "pcap_compile", "pcap_geterr", "pcap_close", "pcap_freecode",
		"pcap_offline_filter",
	};
	static char error[256];
	static int opened;
	void **members = (void **)&libpcap, *library = NULL;
	size_t i;

	_Static_assert(RTE_DIM(functions) == sizeof(libpcap) / sizeof(void *), "libpcap");
	pthread_mutex_lock(&lock);
	for (i = 0; !opened && library == NULL && i < RTE_DIM(names); i++) {
		library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
		/* of the first name, which is Debian's */
		if (library == NULL && i == 0)
			snprintf(error, sizeof(error), "%s", dlerror());
	}
	for (i = 0; library != NULL && i < RTE_DIM(functions); i++) {
		members[i] = dlsym(library, functions[i]);
		if (members[i] == NULL) {
			snprintf(error, sizeof(error), "%s", dlerror());
			break;
		}
		opened = i + 1 == RTE_DIM(functions);
	}
	pthread_mutex_unlock(&lock);
	return opened ? NULL : error;
}

/* A capture file's link type as libpcap's functions have it. */
static int
bpf_link_type(uint32_t link_type)
{
	enum { LINKTYPE_RAW = 101, DLT_RAW = 12 };

	return link_type == LINKTYPE_RAW ? DLT_RAW : (int)link_type;
}

/* Without the size of a load. */
#define BPF_LOAD_KIND(code) ((code) & 0xe7)

enum { LOAD_ABSOLUTE = 0x20, LOAD_INDEXED = 0x40, LOAD_HEADER = 0xb1 };

/* Whether it asks for what only the kernel knows, by offsets of its own: `inbound`. */
static int
bpf_asks_kernel(const struct bpf_program *program)
{
	const uint32_t kernel = 0xfffff000u, most = 64; /* SKF_AD_OFF, SKF_AD_MAX */
	uint32_t i;

	for (i = 0; i < program->bf_len; i++)
		if (BPF_LOAD_KIND(program->bf_insns[i].code) == LOAD_ABSOLUTE &&
				program->bf_insns[i].k - kernel < most)
			return 1;
	return 0;
}

/*
 * Loads from far behind any packet are made ones from BPF_FAR, which never match either: DPDK
 * takes such an offset for a negative one, and its sum with a register may wrap around.
 */
static void
bpf_clamp(struct bpf_program *program)
{
	uint32_t i;

	for (i = 0; i < program->bf_len; i++) {
		struct bpf_insn *insn = &program->bf_insns[i];
		const uint32_t kind = BPF_LOAD_KIND(insn->code);

		if (kind == LOAD_ABSOLUTE || kind == LOAD_INDEXED || insn->code == LOAD_HEADER)
			insn->k = RTE_MIN(insn->k, BPF_FAR);
	}
}

/*
 * The filter of an expression. -EINVAL: it is wrong, and `error` says why. -ENOTSUP: there is no
 * libpcap, and `error` says what is missing.
 */
int
shim_bpf_compile(const char *text, uint32_t link_type, char *error, uint32_t len, uint64_t *out)
{
	enum { OPTIMIZE = 1, SNAPLEN = 262144 };
	const uint32_t netmask_unknown = UINT32_MAX;
	const char *missing = libpcap_open();
	struct shim_filter *filter;
	struct pcap *pcap;
	int ret = 0;

	if (missing != NULL) {
		snprintf(error, len, "%s", missing);
		return -ENOTSUP;
	}
	filter = calloc(1, sizeof(*filter));
	pcap = libpcap.open_dead(bpf_link_type(link_type), SNAPLEN);
	if (filter == NULL || pcap == NULL) {
		ret = -ENOMEM;
	} else if (libpcap.compile(pcap, &filter->program, text, OPTIMIZE, netmask_unknown) < 0) {
		snprintf(error, len, "%s", libpcap.geterr(pcap));
		ret = -EINVAL;
	} else if (bpf_asks_kernel(&filter->program)) {
		snprintf(error, len, "only the kernel knows of a packet whether it comes or goes");
		libpcap.freecode(&filter->program);
		ret = -EINVAL;
	}
	if (pcap != NULL)
		libpcap.close(pcap);
	if (ret < 0) {
		free(filter);
		return ret;
	}
	bpf_clamp(&filter->program);
	*out = (uintptr_t)filter;
	return 0;
}

void
shim_bpf_free(struct shim_filter *filter)
{
	shim_bpf_unload(filter);
	libpcap.freecode(&filter->program);
	free(filter);
}

/* Whether bytes match, of a packet that had `wire` of them. */
uint32_t
shim_bpf_match(const struct shim_filter *filter, const uint8_t *bytes, uint32_t len, uint32_t wire)
{
	const struct bpf_packet packet = { .caplen = len, .len = wire };

	return libpcap.offline_filter(&filter->program, &packet, bytes) != 0;
}
