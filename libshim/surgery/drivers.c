/* SPDX-License-Identifier: BSD-3-Clause */

/* Drivers that EAL loads as plugins, and where they look for functions. */

#include "surgery/drivers.h"

#ifndef SHIM_NO_DRIVERS

#ifdef SHIM_BUNDLED

bool
drivers_find_us(void)
{
	return true;
}

#else

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

/* Deno has opened this library for itself alone; a plugin looks among what is open to all first. */
bool
drivers_find_us(void)
{
	Dl_info info;

	return dladdr((void *)(uintptr_t)drivers_find_us, &info) != 0 &&
		dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL) != NULL;
}

#endif
#endif
