/* SPDX-License-Identifier: BSD-3-Clause */

/* rte_ethdev.h */

#include <string.h>

#include <rte_ethdev.h>

#include "shim.h"
#include "text.h"

int
shim_ethdev_list(uint32_t *ports, uint32_t len)
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
shim_ethdev_name(uint32_t port, char *text, uint32_t len)
{
	char name[RTE_ETH_NAME_MAX_LEN];
	int ret = rte_eth_dev_get_name_by_port((uint16_t)port, name);

	return ret < 0 ? ret : shim_text(name, text, len);
}

int
shim_ethdev_driver(uint32_t port, char *text, uint32_t len)
{
	struct rte_eth_dev_info info;
	int ret = rte_eth_dev_info_get((uint16_t)port, &info);

	return ret < 0 ? ret : shim_text(info.driver_name, text, len);
}

int
shim_ethdev_mac(uint32_t port, uint8_t *mac)
{
	struct rte_ether_addr addr;
	int ret = rte_eth_macaddr_get((uint16_t)port, &addr);

	if (ret == 0)
		memcpy(mac, addr.addr_bytes, sizeof(addr.addr_bytes));
	return ret;
}
