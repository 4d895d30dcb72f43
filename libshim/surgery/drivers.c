/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Drivers that EAL loads as plugins, and where they look for functions.
 *
 * While EAL starts, a shared DPDK opens each driver that is installed: 128 libraries. Here a thread
 * opens them before, in EAL's own order, so that something else can be done meanwhile. EAL finds
 * them open, and says itself what is wrong with one that does not open. Read against
 * eal_common_options.c of DPDK 22.11 to 25.11. DENODPDK_DRIVERS=off turns it off.
 */

#include "shim.h"
#include "surgery/drivers.h"

#if defined(SHIM_NO_DRIVERS) || defined(SHIM_BUNDLED)

bool
drivers_find_us(void)
{
	return true;
}

void
shim_drivers_load(const char *args, uint32_t len)
{
	(void)args;
	(void)len;
}

void
shim_drivers_wait(void)
{
}

#else

#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <rte_build_config.h>

#include "surgery/hangup.h"
#include "surgery/surgery.h"

static struct {
	pthread_t thread;
	bool loading;
} drivers;

/* Deno has opened this library for itself alone; a plugin looks among what is open to all first. */
bool
drivers_find_us(void)
{
	Dl_info info;

	return dladdr((void *)(uintptr_t)drivers_find_us, &info) != 0 &&
		dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL) != NULL;
}

/* Whether others can change what a file or one of its folders is: EAL opens no such driver. */
static bool
drivers_open_to_others(const char *path)
{
	char part[PATH_MAX];
	struct stat st;
	char *slash;

	snprintf(part, sizeof(part), "%s", path);
	do {
		if (stat(part[0] != '\0' ? part : "/", &st) < 0 || (st.st_mode & S_IWOTH) != 0)
			return true;
		slash = strrchr(part, '/');
		if (slash != NULL)
			*slash = '\0';
	} while (slash != NULL);
	return false;
}

static bool
drivers_ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

/* The folder's name ends in the version of the ABI, as the names of its libraries do. */
static void *
drivers_open(void *arg)
{
	static const char folder[] = RTE_EAL_PMD_PATH;
	const char *version = strrchr(folder, '-');
	char path[PATH_MAX], *real, end[32];
	struct dirent *entry;
	struct stat st;
	DIR *dir;

	(void)arg;
	if (version == NULL || drivers_open_to_others(folder))
		return NULL;
	snprintf(end, sizeof(end), ".so.%s", version + 1);
	dir = opendir(folder);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (!drivers_ends_with(entry->d_name, ".so") && !drivers_ends_with(entry->d_name, end))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
			continue;
		real = realpath(path, NULL);
		/* never closed: EAL does not close them either */
		if (real != NULL && !drivers_open_to_others(real))
			dlopen(real, RTLD_NOW);
		free(real);
	}
	if (dir != NULL)
		closedir(dir);
	return NULL;
}

/*
 * args: those of shim_eal_init(), which calls shim_drivers_wait(). DPDK must not be used meanwhile.
 */
void
shim_drivers_load(const char *args, uint32_t len)
{
	sigset_t all, mask;

	if (drivers.loading || !surgery_allowed("DENODPDK_DRIVERS"))
		return;
	hangup_install(args, len);
	/* signals to this process are for its other threads */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &mask);
	drivers.loading = pthread_create(&drivers.thread, NULL, drivers_open, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

void
shim_drivers_wait(void)
{
	if (drivers.loading)
		pthread_join(drivers.thread, NULL);
	drivers.loading = false;
}

#endif
