/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_TAILQ_H
#define SHIM_TAILQ_H

#include <errno.h>
#include <stdint.h>

#include <rte_eal_memconfig.h>
#include <rte_tailq.h>

/* Addresses of all objects in a tail queue of the shared configuration. */
static inline int
shim_tailq_list(const char *name, uint64_t *out, uint32_t len)
{
	struct rte_tailq_head *head = rte_eal_tailq_lookup(name);
	struct rte_tailq_entry_head *list;
	struct rte_tailq_entry *entry;
	uint32_t n = 0;

	if (head == NULL)
		return -ENOENT;
	list = (struct rte_tailq_entry_head *)&head->tailq_head;
	rte_mcfg_tailq_read_lock();
	TAILQ_FOREACH(entry, list, next) {
		if (n < len)
			out[n] = (uintptr_t)entry->data;
		n++;
	}
	rte_mcfg_tailq_read_unlock();
	return (int)n;
}

#endif
