/* SPDX-License-Identifier: BSD-3-Clause */

/* rte_ethdev.h, the control of ports; burst.c has their bursts */

#include <errno.h>
#include <string.h>

#include <rte_bus_vdev.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include "burst.h"
#include "shim.h"
#include "surgery/hangup.h"
#include "text.h"

/*
 * Refuses the control of ports in a secondary: rte_ethdev allows it, and some drivers then follow
 * pointers of the primary.
 */
static int
primary_only(void)
{
	return rte_eal_process_type() == RTE_PROC_SECONDARY ? -E_RTE_SECONDARY : 0;
}

int
shim_eth_dev_list(uint32_t *ports, uint32_t len)
{
	uint16_t port;
	uint32_t n = 0;

	RTE_ETH_FOREACH_DEV(port) {
		if (n < len)
			ports[n] = port;
		n++;
	}
	return (int)n;
}

int
shim_eth_dev_by_name(const char *name)
{
	uint16_t port;
	int ret = rte_eth_dev_get_port_by_name(name, &port);

	return ret < 0 ? ret : port;
}

int
shim_eth_dev_name(uint32_t port, char *text, uint32_t len)
{
	char name[RTE_ETH_NAME_MAX_LEN];
	int ret = rte_eth_dev_get_name_by_port((uint16_t)port, name);

	return ret < 0 ? ret : shim_text(name, text, len);
}

int
shim_eth_dev_driver(uint32_t port, char *text, uint32_t len)
{
	struct rte_eth_dev_info info;
	int ret = rte_eth_dev_info_get((uint16_t)port, &info);

	return ret < 0 ? ret : shim_text(info.driver_name, text, len);
}

/*
 * The NUMA node of a port; SOCKET_ID_ANY where the device has none, or where there is no such port.
 */
int
shim_eth_dev_socket(uint32_t port)
{
	return rte_eth_dev_socket_id((uint16_t)port);
}

int
shim_eth_dev_info(uint32_t port, struct shim_eth_info *info)
{
	struct rte_eth_dev_info dev;
	struct rte_eth_conf conf;
	int ret = rte_eth_dev_info_get((uint16_t)port, &dev);

	if (ret == 0)
		ret = rte_eth_dev_conf_get((uint16_t)port, &conf);
	if (ret < 0)
		return ret;
	*info = (struct shim_eth_info){
		.rx_offload_capa = dev.rx_offload_capa,
		.tx_offload_capa = dev.tx_offload_capa,
		.flow_type_rss_offloads = dev.flow_type_rss_offloads,
		.rx_offloads = conf.rxmode.offloads,
		.tx_offloads = conf.txmode.offloads,
		.nb_rx_queues = dev.nb_rx_queues,
		.nb_tx_queues = dev.nb_tx_queues,
		.max_rx_queues = dev.max_rx_queues,
		.max_tx_queues = dev.max_tx_queues,
		.min_mtu = dev.min_mtu,
		.max_mtu = dev.max_mtu,
		.min_rx_bufsize = dev.min_rx_bufsize,
		.max_rx_pktlen = dev.max_rx_pktlen,
		.rx_ring_size = dev.default_rxportconf.ring_size,
		.tx_ring_size = dev.default_txportconf.ring_size,
	};
	return 0;
}

/*
 * The queues that this process can use. A secondary that attached before the primary configured the
 * port never has any: rte_ethdev looks for them at the attach, and a burst would follow a null
 * pointer.
 */
int
shim_eth_dev_queues(uint32_t port, struct shim_eth_queues *queues)
{
	struct rte_eth_dev_info info;
	const struct rte_eth_fp_ops *ops;
	int ret = rte_eth_dev_info_get((uint16_t)port, &info);

	if (ret < 0)
		return ret;
	ops = &rte_eth_fp_ops[port];
	*queues = (struct shim_eth_queues){ .stopped = ops->rx_pkt_burst == burst_rx_stopped };
	if (queues->stopped)
		return 0;
	queues->rx = ops->rxq.data == NULL ? 0 : info.nb_rx_queues;
	queues->tx = ops->txq.data == NULL ? 0 : info.nb_tx_queues;
	queues->early = ops->rxq.data == NULL || ops->txq.data == NULL;
	return 0;
}

int
shim_eth_macaddr_get(uint32_t port, uint8_t *mac)
{
	struct rte_ether_addr addr;
	int ret = rte_eth_macaddr_get((uint16_t)port, &addr);

	if (ret == 0)
		memcpy(mac, addr.addr_bytes, sizeof(addr.addr_bytes));
	return ret;
}

int
shim_eth_mtu_get(uint32_t port)
{
	uint16_t mtu;
	int ret = rte_eth_dev_get_mtu((uint16_t)port, &mtu);

	return ret < 0 ? ret : mtu;
}

int
shim_eth_mtu_set(uint32_t port, uint32_t mtu)
{
	return rte_eth_dev_set_mtu((uint16_t)port, (uint16_t)mtu);
}

int
shim_eth_promiscuous_get(uint32_t port)
{
	return rte_eth_promiscuous_get((uint16_t)port);
}

int
shim_eth_promiscuous_set(uint32_t port, uint32_t on)
{
	return on ? rte_eth_promiscuous_enable((uint16_t)port) :
		rte_eth_promiscuous_disable((uint16_t)port);
}

int
shim_eth_macaddr_set(uint32_t port, const uint8_t *mac)
{
	struct rte_ether_addr addr;
	int ret = primary_only();

	memcpy(addr.addr_bytes, mac, sizeof(addr.addr_bytes));
	return ret < 0 ? ret : rte_eth_dev_default_mac_addr_set((uint16_t)port, &addr);
}

/* Length of the key for drivers that do not tell theirs: that of Toeplitz for IPv6. */
#define RSS_KEY_USUAL 40

/* Returns the length of the device's key, of which len bytes are copied. */
int
shim_eth_rss_get(uint32_t port, uint8_t *key, uint32_t len, uint64_t *functions)
{
	uint8_t whole[UINT8_MAX] = { 0 };
	struct rte_eth_rss_conf conf = { .rss_key = whole };
	struct rte_eth_dev_info info;
	int ret = rte_eth_dev_info_get((uint16_t)port, &info);

	if (ret < 0)
		return ret;
	conf.rss_key_len = info.hash_key_size != 0 ? info.hash_key_size : RSS_KEY_USUAL;
	ret = rte_eth_dev_rss_hash_conf_get((uint16_t)port, &conf);
	if (ret < 0)
		return ret;
	memcpy(key, whole, RTE_MIN(len, (uint32_t)conf.rss_key_len));
	*functions = conf.rss_hf;
	return conf.rss_key_len;
}

/* Set the hash functions and the key; with len 0 the key stays. */
int
shim_eth_rss_set(uint32_t port, const uint8_t *key, uint32_t len, uint64_t functions)
{
	uint8_t whole[UINT8_MAX];
	struct rte_eth_rss_conf conf = {
		.rss_key = len == 0 ? NULL : whole,
		.rss_key_len = (uint8_t)len,
		.rss_hf = functions,
	};
	int ret = primary_only();

	if (ret < 0)
		return ret;
	if (len > sizeof(whole))
		return -EINVAL;
	memcpy(whole, key, len);
	return rte_eth_dev_rss_hash_update((uint16_t)port, &conf);
}

/* The most entries of a redirection table: RTE_ETH_RSS_RETA_SIZE_512. */
#define RETA_GROUPS (RTE_ETH_RSS_RETA_SIZE_512 / RTE_ETH_RETA_GROUP_SIZE)

/* Returns how many entries the device's table has. */
int
shim_eth_reta_get(uint32_t port, uint32_t *queues, uint32_t len)
{
	struct rte_eth_rss_reta_entry64 groups[RETA_GROUPS];
	struct rte_eth_dev_info info;
	int ret = rte_eth_dev_info_get((uint16_t)port, &info);
	uint32_t i;

	if (ret < 0)
		return ret;
	if (info.reta_size == 0 || info.reta_size > RTE_ETH_RSS_RETA_SIZE_512)
		return -ENOTSUP;
	memset(groups, 0, sizeof(groups));
	for (i = 0; i < RETA_GROUPS; i++)
		groups[i].mask = UINT64_MAX;
	ret = rte_eth_dev_rss_reta_query((uint16_t)port, groups, info.reta_size);
	if (ret < 0)
		return ret;
	for (i = 0; i < len && i < info.reta_size; i++)
		queues[i] = groups[i / RTE_ETH_RETA_GROUP_SIZE].reta[i % RTE_ETH_RETA_GROUP_SIZE];
	return info.reta_size;
}

int
shim_eth_reta_set(uint32_t port, const uint32_t *queues, uint32_t len)
{
	struct rte_eth_rss_reta_entry64 groups[RETA_GROUPS];
	uint32_t i;
	int ret = primary_only();

	if (ret < 0)
		return ret;
	if (len > RTE_ETH_RSS_RETA_SIZE_512)
		return -EINVAL;
	memset(groups, 0, sizeof(groups));
	for (i = 0; i < len; i++) {
		groups[i / RTE_ETH_RETA_GROUP_SIZE].mask |= RTE_BIT64(i % RTE_ETH_RETA_GROUP_SIZE);
		groups[i / RTE_ETH_RETA_GROUP_SIZE].reta[i % RTE_ETH_RETA_GROUP_SIZE] =
			(uint16_t)queues[i];
	}
	return rte_eth_dev_rss_reta_update((uint16_t)port, groups, (uint16_t)len);
}

/* The VLAN offloads that are on, SHIM_VLAN_*. */
int
shim_eth_vlan_get(uint32_t port)
{
	int on = rte_eth_dev_get_vlan_offload((uint16_t)port);

	if (on < 0)
		return on;
	return (on & RTE_ETH_VLAN_STRIP_OFFLOAD ? SHIM_VLAN_STRIP : 0) |
		(on & RTE_ETH_VLAN_FILTER_OFFLOAD ? SHIM_VLAN_FILTER : 0);
}

int
shim_eth_vlan_set(uint32_t port, uint32_t which, uint32_t on)
{
	const int bit = which == SHIM_VLAN_STRIP ? RTE_ETH_VLAN_STRIP_OFFLOAD :
		RTE_ETH_VLAN_FILTER_OFFLOAD;
	int now, ret = primary_only();

	if (ret < 0)
		return ret;
	now = rte_eth_dev_get_vlan_offload((uint16_t)port);
	if (now < 0)
		return now;
	return rte_eth_dev_set_vlan_offload((uint16_t)port, on ? now | bit : now & ~bit);
}

int
shim_eth_vlan_filter(uint32_t port, uint32_t vlan, uint32_t on)
{
	int ret = primary_only();

	return ret < 0 ? ret : rte_eth_dev_vlan_filter((uint16_t)port, (uint16_t)vlan, (int)on);
}

int
shim_eth_flow_get(uint32_t port, struct shim_flow *conf)
{
	struct rte_eth_fc_conf now = { 0 };
	int ret = rte_eth_dev_flow_ctrl_get((uint16_t)port, &now);

	if (ret < 0)
		return ret;
	*conf = (struct shim_flow){
		.send = now.mode == RTE_ETH_FC_FULL || now.mode == RTE_ETH_FC_TX_PAUSE,
		.obey = now.mode == RTE_ETH_FC_FULL || now.mode == RTE_ETH_FC_RX_PAUSE,
		.high_water = now.high_water,
		.low_water = now.low_water,
		.pause_time = now.pause_time,
	};
	return 0;
}

int
shim_eth_flow_set(uint32_t port, const struct shim_flow *conf)
{
	struct rte_eth_fc_conf wanted = { 0 };
	int ret = primary_only();

	if (ret == 0)
		ret = rte_eth_dev_flow_ctrl_get((uint16_t)port, &wanted);
	if (ret < 0)
		return ret;
	wanted.mode = conf->send ?
		conf->obey ? RTE_ETH_FC_FULL : RTE_ETH_FC_TX_PAUSE :
		conf->obey ? RTE_ETH_FC_RX_PAUSE : RTE_ETH_FC_NONE;
	wanted.high_water = conf->high_water;
	wanted.low_water = conf->low_water;
	wanted.pause_time = (uint16_t)conf->pause_time;
	return rte_eth_dev_flow_ctrl_set((uint16_t)port, &wanted);
}

/* Returns the length of the text. */
int
shim_eth_link_get(uint32_t port, struct shim_eth_link *link, char *text, uint32_t len)
{
	struct rte_eth_link now;
	char line[RTE_ETH_LINK_MAX_STR_LEN];
	int ret = rte_eth_link_get_nowait((uint16_t)port, &now);

	if (ret < 0)
		return ret;
	*link = (struct shim_eth_link){
		.speed = now.link_speed,
		.up = now.link_status,
		.full_duplex = now.link_duplex,
		.autoneg = now.link_autoneg,
	};
	ret = rte_eth_link_to_str(line, sizeof(line), &now);
	return ret < 0 ? ret : shim_text(line, text, len);
}

int
shim_eth_stats_get(uint32_t port, struct shim_eth_stats *stats)
{
	struct rte_eth_stats now;
	int ret = rte_eth_stats_get((uint16_t)port, &now);

	if (ret < 0)
		return ret;
	*stats = (struct shim_eth_stats){
		.ipackets = now.ipackets,
		.opackets = now.opackets,
		.ibytes = now.ibytes,
		.obytes = now.obytes,
		.imissed = now.imissed,
		.ierrors = now.ierrors,
		.oerrors = now.oerrors,
		.rx_nombuf = now.rx_nombuf,
	};
	return 0;
}

int
shim_eth_stats_reset(uint32_t port)
{
	return rte_eth_stats_reset((uint16_t)port);
}

/* values: by id, 0 .. n - 1; returns n. */
int
shim_eth_xstats_get(uint32_t port, uint64_t *values, uint32_t len)
{
	return rte_eth_xstats_get_by_id((uint16_t)port, NULL, values, len);
}

int
shim_eth_xstats_name(uint32_t port, uint64_t id, char *text, uint32_t len)
{
	struct rte_eth_xstat_name name;
	int ret = rte_eth_xstats_get_names_by_id((uint16_t)port, &name, 1, &id);

	return ret < 0 ? ret : shim_text(name.name, text, len);
}

/* mtu 0: the device's default. */
int
shim_eth_dev_configure(uint32_t port, uint32_t rx_queues, uint32_t tx_queues,
		uint64_t rx_offloads, uint64_t tx_offloads, uint32_t rss, uint64_t rss_hf,
		uint32_t mtu)
{
	struct rte_eth_conf conf = {
		.rxmode = {
			.mq_mode = rss ? RTE_ETH_MQ_RX_RSS : RTE_ETH_MQ_RX_NONE,
			.mtu = mtu,
			.offloads = rx_offloads,
		},
		.rx_adv_conf.rss_conf.rss_hf = rss_hf,
		.txmode.offloads = tx_offloads,
	};
	int ret = primary_only();

	if (ret < 0)
		return ret;
	return rte_eth_dev_configure((uint16_t)port, (uint16_t)rx_queues, (uint16_t)tx_queues,
			&conf);
}

/* rx_tx: wanted numbers of descriptors in, possible ones out. */
int
shim_eth_dev_adjust_desc(uint32_t port, uint32_t *rx_tx)
{
	uint16_t rx = (uint16_t)rx_tx[0], tx = (uint16_t)rx_tx[1];
	int ret = rte_eth_dev_adjust_nb_rx_tx_desc((uint16_t)port, &rx, &tx);

	rx_tx[0] = rx;
	rx_tx[1] = tx;
	return ret;
}

int
shim_eth_rx_queue_setup(uint32_t port, uint32_t queue, uint32_t desc, int socket,
		uint64_t offloads, uint32_t drop_en, struct rte_mempool *mp)
{
	struct rte_eth_dev_info info;
	int ret = primary_only();

	if (ret == 0)
		ret = rte_eth_dev_info_get((uint16_t)port, &info);
	if (ret < 0)
		return ret;
	info.default_rxconf.offloads = offloads;
	info.default_rxconf.rx_drop_en = (uint8_t)drop_en;
	return rte_eth_rx_queue_setup((uint16_t)port, (uint16_t)queue, (uint16_t)desc,
			(unsigned int)socket, &info.default_rxconf, mp);
}

int
shim_eth_tx_queue_setup(uint32_t port, uint32_t queue, uint32_t desc, int socket,
		uint64_t offloads)
{
	struct rte_eth_dev_info info;
	int ret = primary_only();

	if (ret == 0)
		ret = rte_eth_dev_info_get((uint16_t)port, &info);
	if (ret < 0)
		return ret;
	info.default_txconf.offloads = offloads;
	return rte_eth_tx_queue_setup((uint16_t)port, (uint16_t)queue, (uint16_t)desc,
			(unsigned int)socket, &info.default_txconf);
}

/* -EINVAL for a queue that is not set up: a burst on it would follow a null pointer. */
int
shim_eth_rx_queue_check(uint32_t port, uint32_t queue)
{
	struct rte_eth_rxq_info info;
	int ret = rte_eth_rx_queue_info_get((uint16_t)port, (uint16_t)queue, &info);

	return ret == -EINVAL ? ret : 0;
}

int
shim_eth_tx_queue_check(uint32_t port, uint32_t queue)
{
	struct rte_eth_txq_info info;
	int ret = rte_eth_tx_queue_info_get((uint16_t)port, (uint16_t)queue, &info);

	return ret == -EINVAL ? ret : 0;
}

int
shim_eth_dev_start(uint32_t port)
{
	int ret = primary_only();

	return ret < 0 ? ret : rte_eth_dev_start((uint16_t)port);
}

int
shim_eth_dev_stop(uint32_t port)
{
	int ret = primary_only();

	return ret < 0 ? ret : hangup_apart((uint16_t)port, rte_eth_dev_stop);
}

int
shim_eth_dev_close(uint32_t port)
{
	return hangup_apart((uint16_t)port, rte_eth_dev_close);
}

int
shim_dev_probe(const char *devargs)
{
	return rte_dev_probe(devargs);
}

static int
dev_remove(uint16_t port)
{
	struct rte_eth_dev_info info;
	int ret = rte_eth_dev_info_get(port, &info);

	return ret < 0 ? ret : rte_dev_remove(info.device);
}

int
shim_dev_remove(uint32_t port)
{
	return hangup_apart((uint16_t)port, dev_remove);
}

/* Add a virtual device in this process alone. A secondary attaches to the port of its primary. */
int
shim_vdev_init(const char *name, const char *args)
{
	return rte_vdev_init(name, args);
}
