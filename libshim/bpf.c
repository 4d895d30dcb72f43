/* SPDX-License-Identifier: BSD-3-Clause */

/* rte_bpf.h: filters over packets in hand, compiled to machine code where DPDK can do that. */

#include <errno.h>

#include "bpf.h"
#include "burst.h"
#include "shim.h"

#ifdef SHIM_NO_DRIVERS

int
shim_bpf_load(struct shim_filter *filter, uint32_t jit)
{
	(void)filter;
	(void)jit;
	return -ENOTSUP;
}

void
shim_bpf_unload(struct shim_filter *filter)
{
	(void)filter;
}

uint32_t
shim_bpf_decide(const struct shim_filter *filter, const struct shim_burst *packets,
		uint8_t *verdicts, uint32_t match, uint32_t other)
{
	(void)filter;
	(void)packets;
	(void)verdicts;
	(void)match;
	(void)other;
	return 0;
}

uint32_t
shim_bpf_keep(const struct shim_filter *filter, struct shim_burst *packets)
{
	(void)filter;
	return *packets->count;
}

#else

#include <stdlib.h>

#include <rte_bpf.h>
#include <rte_errno.h>
#include <rte_mbuf.h>

/* So many packets are interpreted at once. */
enum { FILTER_AT_ONCE = 64 };

/* Loads a program with some padding, and its machine code if that is right; 0 or -errno. */
static int
filter_load(struct shim_filter *filter, uint32_t jit, uint32_t padding, bool *is_wrong)
{
	struct rte_bpf_jit native;
	struct rte_bpf_prm prm;
	int ret = bpf_convert(&filter->program, padding, &prm);

	if (ret < 0)
		return ret;
	filter->bpf = rte_bpf_load(&prm);
	ret = filter->bpf == NULL ? -rte_errno : 0;
	*is_wrong = false;
	if (ret == 0 && jit && rte_bpf_get_jit(filter->bpf, &native) == 0 && native.func != NULL) {
		*is_wrong = !bpf_jit_is_right(&prm, &native);
		if (!*is_wrong)
			filter->jit = native.func;
	}
	free((void *)(uintptr_t)prm.ins);
	return ret;
}

/*
 * Prepares a filter for bursts; whether it is machine code then, or -errno. Code whose jumps are
 * wrong is right when the program is a little longer, mostly.
 */
int
shim_bpf_load(struct shim_filter *filter, uint32_t jit)
{
	enum { TRIES = 8 };
	uint32_t padding;
	bool is_wrong;
	int ret;

	for (padding = 0;; padding++) {
		ret = filter_load(filter, jit, padding, &is_wrong);
		if (ret < 0)
			return ret;
		if (!is_wrong || padding + 1 == TRIES)
			return filter->jit != NULL;
		shim_bpf_unload(filter);
	}
}

void
shim_bpf_unload(struct shim_filter *filter)
{
	rte_bpf_destroy(filter->bpf);
	filter->bpf = NULL;
	filter->jit = NULL;
}

/* A verdict on each of n packets; how many match. */
static __rte_always_inline uint32_t
filter_decide(const struct shim_filter *filter, void **objs, uint32_t n, uint8_t *verdicts,
		uint8_t match, uint8_t other)
{
	uint64_t (*const jit)(void *) = filter->jit;
	uint64_t results[FILTER_AT_ONCE];
	uint32_t i, j, matches = 0;

	if (likely(jit != NULL)) {
		for (i = 0; i < n; i++) {
			const int matched = jit(objs[i]) != 0;

			verdicts[i] = matched ? match : other;
			matches += (uint32_t)matched;
		}
		return matches;
	}
	for (i = 0; i < n; i += FILTER_AT_ONCE) {
		const uint32_t m = RTE_MIN(n - i, (uint32_t)FILTER_AT_ONCE);

		rte_bpf_exec_burst(filter->bpf, &objs[i], results, m);
		for (j = 0; j < m; j++) {
			verdicts[i + j] = results[j] != 0 ? match : other;
			matches += results[j] != 0;
		}
	}
	return matches;
}

uint32_t
shim_bpf_decide(const struct shim_filter *filter, const struct shim_burst *packets,
		uint8_t *verdicts, uint32_t match, uint32_t other)
{
	return filter_decide(filter, packets->objs, *packets->count, verdicts, (uint8_t)match,
			(uint8_t)other);
}

/* Packets that do not match go back to their pools; the others move up. */
uint32_t
shim_bpf_keep(const struct shim_filter *filter, struct shim_burst *packets)
{
	const uint32_t n = *packets->count;
	uint8_t verdicts[FILTER_AT_ONCE];
	void *rest[FILTER_AT_ONCE];
	uint32_t i, j, kept = 0;

	for (i = 0; i < n; i += FILTER_AT_ONCE) {
		const uint32_t m = RTE_MIN(n - i, (uint32_t)FILTER_AT_ONCE);
		uint32_t left = 0;

		filter_decide(filter, &packets->objs[i], m, verdicts, 1, 0);
		for (j = 0; j < m; j++) {
			void *packet = packets->objs[i + j];

			if (verdicts[j])
				packets->objs[kept++] = packet;
			else
				rest[left++] = packet;
		}
		rte_pktmbuf_free_bulk((struct rte_mbuf **)rest, left);
	}
	if (kept < n) {
		*packets->count = kept;
		packets->told = 0;
		packets->epoch++;
	}
	return kept;
}

#endif
