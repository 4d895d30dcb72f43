/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * What TypeScript does to the headers of each packet (forward/headers.ts), in C:
 *
 *     packets [EAL options] -- flows|route|filter
 *
 * Forwards between ports 0 and 1 on the main lcore, until SIGINT. The packets, the table of flows
 * and the numbers are those of forward/templates.ts and forward/headers.ts.
 */

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <pcap/pcap.h>

#include <rte_bpf.h>
#include <rte_byteorder.h>
#include <rte_debug.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_prefetch.h>
#include <rte_udp.h>

#define PORTS 2
#define BURST 32
#define DESCRIPTORS 1024
#define MBUFS 8192
#define CACHE 32
#define FRAME 64
#define FLOWS 4096
#define SLOTS 16384
#define TTL 64
#define LIFE ((TTL - 1) << 8)
#define EXPRESSION "udp port 53 and net 10.0.0.0/8"

/* How many packets ahead of the one that is worked on data is fetched, as in l3fwd. */
#define AHEAD 4

static volatile bool stopped;

static void
stop(int number)
{
	(void)number;
	stopped = true;
}

/* A packet of each flow stays in each mbuf: net_null writes nothing into those that it gives. */
static void
make_template(struct rte_mbuf *m, uint32_t flow)
{
	struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, struct rte_ether_hdr *);
	struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(eth + 1);
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);

	memset(eth, 0, FRAME);
	eth->ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
	ip->version_ihl = 0x45;
	ip->total_length = rte_cpu_to_be_16(FRAME - sizeof(*eth));
	ip->time_to_live = TTL;
	ip->next_proto_id = IPPROTO_UDP;
	ip->src_addr = rte_cpu_to_be_32(RTE_IPV4(10, 0, 0, 0) + flow);
	ip->dst_addr = rte_cpu_to_be_32(RTE_IPV4(192, 168, 0, 1));
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	udp->src_port = rte_cpu_to_be_16((uint16_t)(1024 + flow));
	udp->dst_port = rte_cpu_to_be_16(flow % 2 == 0 ? 53 : 80);
	udp->dgram_len = rte_cpu_to_be_16(FRAME - sizeof(*eth) - sizeof(*ip));
}

static void
fill(struct rte_mempool *pool)
{
	static struct rte_mbuf *mbufs[MBUFS];
	uint32_t i;

	if (rte_pktmbuf_alloc_bulk(pool, mbufs, MBUFS) != 0)
		rte_exit(EXIT_FAILURE, "the pool is empty\n");
	for (i = 0; i < MBUFS; i++)
		make_template(mbufs[i], i % FLOWS);
	rte_pktmbuf_free_bulk(mbufs, MBUFS);
}

static void
start_port(uint16_t port, struct rte_mempool *pool)
{
	const struct rte_eth_conf conf = { 0 };

	if (rte_eth_dev_configure(port, 1, 1, &conf) != 0 ||
			rte_eth_rx_queue_setup(port, 0, DESCRIPTORS, SOCKET_ID_ANY, NULL,
				pool) != 0 ||
			rte_eth_tx_queue_setup(port, 0, DESCRIPTORS, SOCKET_ID_ANY, NULL) != 0 ||
			rte_eth_dev_start(port) != 0)
		rte_exit(EXIT_FAILURE, "Cannot start port %u\n", port);
}

/* flows: packets are counted by their addresses, protocol and ports */
static struct flow {
	uint32_t src, dst, ports, protocol; /* protocol is 0 where there is no flow */
	uint64_t packets;
} flows[SLOTS];

static __rte_always_inline bool
count_flow(struct rte_mbuf *m, uint16_t to)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);
	const struct rte_ipv4_hdr *ip = (const struct rte_ipv4_hdr *)(eth + 1);
	const struct rte_udp_hdr *udp;
	uint32_t src, dst, ports, protocol, slot;

	(void)to;
	if (eth->ether_type != rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4))
		return true;
	udp = (const struct rte_udp_hdr *)((const char *)ip + rte_ipv4_hdr_len(ip));
	src = rte_be_to_cpu_32(ip->src_addr);
	dst = rte_be_to_cpu_32(ip->dst_addr);
	protocol = ip->next_proto_id;
	ports = (uint32_t)rte_be_to_cpu_16(udp->src_port) << 16 |
		rte_be_to_cpu_16(udp->dst_port);
	slot = src * 0x9e3779b1u ^ dst * 0x85ebca6bu ^ ports * 0xc2b2ae35u ^ protocol;
	for (slot = (slot ^ slot >> 15) & (SLOTS - 1);; slot = (slot + 1) & (SLOTS - 1)) {
		struct flow *flow = &flows[slot];

		if (flow->src != src || flow->dst != dst || flow->ports != ports ||
				flow->protocol != protocol) {
			if (flow->protocol != 0)
				continue;
			flow->src = src;
			flow->dst = dst;
			flow->ports = ports;
			flow->protocol = protocol;
		}
		flow->packets++;
		return true;
	}
}

/* route: MAC addresses, time to live and checksum are written */
static struct rte_ether_addr macs[PORTS];

static __rte_always_inline bool
route(struct rte_mbuf *m, uint16_t to)
{
	static const struct rte_ether_addr next = { { 0x02, 0, 0, 0, 0, 0x99 } };
	struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, struct rte_ether_hdr *);
	struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(eth + 1);
	uint32_t sum;

	if (eth->ether_type != rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4))
		return true;
	rte_ether_addr_copy(&next, &eth->dst_addr);
	rte_ether_addr_copy(&macs[to], &eth->src_addr);
	if (ip->time_to_live > 1) {
		/* RFC 1624 */
		sum = (uint32_t)rte_be_to_cpu_16(ip->hdr_checksum) + 0x100;
		ip->time_to_live--;
		ip->hdr_checksum = rte_cpu_to_be_16((uint16_t)(sum >= 0xffff ? sum + 1 : sum));
	} else {
		/* a new packet, as it were: the mbuf comes back with what was written here */
		sum = rte_be_to_cpu_16(ip->hdr_checksum);
		ip->time_to_live = TTL;
		ip->hdr_checksum = rte_cpu_to_be_16((uint16_t)(sum > LIFE ? sum - LIFE :
				sum + 0xffff - LIFE));
	}
	return true;
}

/* filter: what does not match is freed */
static uint64_t (*filter)(void *mbuf);

static void
load_filter(void)
{
	struct bpf_program program;
	struct rte_bpf_jit jit;
	struct rte_bpf_prm *prm;
	struct ebpf_insn *ins;
	struct rte_bpf *bpf;
	uint32_t i;

	if (pcap_compile(pcap_open_dead(DLT_EN10MB, 65535), &program, EXPRESSION, 1,
			PCAP_NETMASK_UNKNOWN) != 0)
		rte_exit(EXIT_FAILURE, "Cannot compile the filter\n");
	prm = rte_bpf_convert(&program);
	if (prm == NULL)
		rte_exit(EXIT_FAILURE, "Cannot convert the filter\n");
	/* rte_bpf_convert() has the wrong register in loads by index: see libshim/bpf_convert.c */
	ins = (struct ebpf_insn *)(uintptr_t)prm->ins;
	for (i = 0; i < prm->nb_ins; i++)
		if (BPF_CLASS(ins[i].code) == BPF_LD && BPF_MODE(ins[i].code) == BPF_IND)
			ins[i].src_reg = EBPF_REG_7;
	bpf = rte_bpf_load(prm);
	if (bpf == NULL || rte_bpf_get_jit(bpf, &jit) != 0 || jit.func == NULL)
		rte_exit(EXIT_FAILURE, "Cannot load the filter\n");
	filter = jit.func;
}

static __rte_always_inline bool
matches(struct rte_mbuf *m, uint16_t to)
{
	(void)to;
	return filter(m) != 0;
}

/* Do the work on each packet; those of which it is false are freed. */
static __rte_always_inline uint16_t
work_on(bool (*work)(struct rte_mbuf *m, uint16_t to), struct rte_mbuf **pkts, uint16_t n,
		uint16_t to)
{
	struct rte_mbuf *rest[BURST];
	uint16_t i, kept = 0, left = 0;

	for (i = 0; i < RTE_MIN(n, (uint16_t)AHEAD); i++)
		rte_prefetch0(rte_pktmbuf_mtod(pkts[i], void *));
	for (i = 0; i < n; i++) {
		if (i + AHEAD < n)
			rte_prefetch0(rte_pktmbuf_mtod(pkts[i + AHEAD], void *));
		if (work(pkts[i], to))
			pkts[kept++] = pkts[i];
		else
			rest[left++] = pkts[i];
	}
	if (left > 0)
		rte_pktmbuf_free_bulk(rest, left);
	return kept;
}

static __rte_always_inline void
forward(bool (*work)(struct rte_mbuf *m, uint16_t to))
{
	struct rte_mbuf *pkts[BURST];
	uint16_t port, n, sent;

	while (!stopped) {
		for (port = 0; port < PORTS; port++) {
			n = rte_eth_rx_burst(port, 0, pkts, BURST);
			if (n == 0)
				continue;
			n = work_on(work, pkts, n, port ^ 1);
			sent = rte_eth_tx_burst(port ^ 1, 0, pkts, n);
			if (unlikely(sent < n))
				rte_pktmbuf_free_bulk(&pkts[sent], n - sent);
		}
	}
}

int
main(int argc, char **argv)
{
	struct rte_mempool *pool;
	const char *mode;
	uint16_t port;
	int ret = rte_eal_init(argc, argv);

	if (ret < 0)
		rte_exit(EXIT_FAILURE, "Cannot init EAL\n");
	mode = argc > ret + 1 ? argv[ret + 1] : "";
	pool = rte_pktmbuf_pool_create("mbuf_pool", MBUFS, CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
			rte_socket_id());
	if (pool == NULL)
		rte_exit(EXIT_FAILURE, "Cannot create the pool\n");
	fill(pool);
	for (port = 0; port < PORTS; port++) {
		start_port(port, pool);
		rte_eth_macaddr_get(port, &macs[port]);
	}
	signal(SIGINT, stop);
	if (strcmp(mode, "filter") == 0)
		load_filter();
	printf("Forwarding: %s\n", mode);
	fflush(stdout);
	if (strcmp(mode, "flows") == 0)
		forward(count_flow);
	else if (strcmp(mode, "route") == 0)
		forward(route);
	else if (strcmp(mode, "filter") == 0)
		forward(matches);
	else
		rte_exit(EXIT_FAILURE, "expected flows, route or filter, got '%s'\n", mode);
	for (port = 0; port < PORTS; port++) {
		rte_eth_dev_stop(port);
		rte_eth_dev_close(port);
	}
	rte_eal_cleanup();
	return 0;
}
