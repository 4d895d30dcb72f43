/* SPDX-License-Identifier: BSD-3-Clause */

/* rte_memzone.h */

#include <errno.h>

#include <rte_errno.h>
#include <rte_memzone.h>

#include "handles.h"
#include "bounds.h"
#include "shim.h"
#include "text.h"

static int
memzone_free(void *object)
{
	return rte_memzone_free(object);
}

int
shim_memzone_reserve(const char *name, uint64_t size, int socket, uint32_t flags,
		uint32_t align, uint64_t *out)
{
	const struct rte_memzone *mz;
	int ret;

	/* EAL counts the pages that it would take in 32 bits */
	if (size > MEMORY_MAX)
		return -ENOMEM;
	handles_lock();
	mz = rte_memzone_reserve_aligned(name, size, socket, flags, align);
	ret = handle_add((void *)(uintptr_t)mz, memzone_free, rte_errno, out);
	handles_unlock();
	return ret;
}

int
shim_memzone_lookup(const char *name, uint64_t *out)
{
	const struct rte_memzone *mz;
	int ret;

	handles_lock();
	mz = rte_memzone_lookup(name);
	/* which sets no rte_errno */
	ret = handle_add((void *)(uintptr_t)mz, memzone_free, ENOENT, out);
	handles_unlock();
	return ret;
}

void
memzone_tell(const struct rte_memzone *mz, struct shim_memzone_info *info)
{
	*info = (struct shim_memzone_info){
		.address = mz->addr_64,
		.length = mz->len,
		.iova = mz->iova,
		.page_size = mz->hugepage_sz,
		.socket = mz->socket_id,
		.flags = mz->flags,
	};
	snprintf(info->name, sizeof(info->name), "%s", mz->name);
}

void
shim_memzone_info(struct rte_memzone *mz, struct shim_memzone_info *info)
{
	memzone_tell(mz, info);
}
