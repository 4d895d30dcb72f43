/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Reader-writer locks of the shared configuration: rte_eal_memconfig.h.
 *
 * A process that is killed while it reads counts as a reader for ever, and the next writer
 * waits for ever, with all readers behind it. A secondary reads for much of its start. The
 * locks record no owners, so what is here is to count readers, and to forget some of them.
 *
 * Where a lock lies is found by taking it: the one word at the start of the shared
 * configuration that grows by a reader then. No layout of DPDK's is assumed.
 */

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_eal_memconfig.h>

#include "shim.h"

enum { WORDS = 16, TRIES = 100 };

static atomic_int *config; /* the start of the shared configuration */

static struct {
	void (*acquire)(void);
	void (*release)(void);
	int word;   /* of the configuration, -1 for unknown */
	int reader; /* by how much a reader counts */
} locks[] = {
	{ rte_mcfg_mem_read_lock, rte_mcfg_mem_read_unlock, -1, 0 },
	{ rte_mcfg_tailq_read_lock, rte_mcfg_tailq_read_unlock, -1, 0 },
	{ rte_mcfg_mempool_read_lock, rte_mcfg_mempool_read_unlock, -1, 0 },
};

/* Whether a path ends in <name of the runtime folder>/config: /var/run may be a link. */
static bool
is_config(const char *path)
{
	const char *folder = strrchr(rte_eal_get_runtime_dir(), '/');
	char end[4096];
	size_t len;

	if (folder == NULL)
		return false;
	len = (size_t)snprintf(end, sizeof(end), "%s/config", folder);
	return strlen(path) >= len && strcmp(path + strlen(path) - len, end) == 0;
}

/* The mapping of that file, NULL where there is none. */
static void *
find_config(void)
{
	char line[4352], path[4096];
	unsigned long start;
	void *found = NULL;
	FILE *f = fopen("/proc/self/maps", "re");

	if (f == NULL)
		return NULL;
	while (found == NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%*x %*s %*s %*s %*s %4095[^\n]", &start, path) == 2 &&
				is_config(path))
			found = (void *)start;
	}
	fclose(f);
	return found;
}

static void
snapshot(int *words)
{
	int i;

	for (i = 0; i < WORDS; i++)
		words[i] = atomic_load(&config[i]);
}

/* Others may take locks at the same time: only a change that is ours alone counts. */
static void
find_lock(size_t which)
{
	int before[WORDS], during[WORDS], after[WORDS];
	int try, i, word, changes;

	for (try = 0; try < TRIES && locks[which].word < 0; try++) {
		snapshot(before);
		locks[which].acquire();
		snapshot(during);
		locks[which].release();
		snapshot(after);
		for (i = 0, word = -1, changes = 0; i < WORDS; i++) {
			if (before[i] == during[i] && during[i] == after[i])
				continue;
			changes++;
			if (during[i] > before[i] && before[i] == after[i])
				word = i;
		}
		if (changes != 1 || word < 0)
			continue;
		locks[which].word = word;
		locks[which].reader = during[word] - before[word];
	}
}

/* Before any other process can have been killed: taking a lock may wait for ever then. */
int
shim_locks_find(void)
{
	size_t i;

	config = find_config();
	if (config == NULL)
		return -ENOENT;
	for (i = 0; i < RTE_DIM(locks); i++)
		find_lock(i);
	return 0;
}

/* Readers of each lock now; returns how many locks there are. */
int
shim_locks_readers(uint32_t *readers, uint32_t len)
{
	size_t i;

	for (i = 0; i < RTE_DIM(locks) && i < len; i++) {
		readers[i] = 0;
		if (config != NULL && locks[i].word >= 0)
			readers[i] = (uint32_t)(atomic_load(&config[locks[i].word]) /
					locks[i].reader);
	}
	return RTE_DIM(locks);
}

/* These readers are dead. */
void
shim_locks_forget(uint32_t lock, uint32_t readers)
{
	if (config == NULL || lock >= RTE_DIM(locks) || locks[lock].word < 0)
		return;
	atomic_fetch_sub(&config[locks[lock].word], (int)readers * locks[lock].reader);
}
