/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * A function of DPDK's that is answered here first: FIRST_API int FIRST(function)(...), in which
 * NEXT(function) is DPDK's own.
 */

#ifndef SHIM_FIRST_H
#define SHIM_FIRST_H

#ifdef SHIM_BUNDLED

/* The linker puts __wrap_x() before DPDK's x(), which is __real_x() here; ffi/shim/linkage.ts. */
#define FIRST(function) __wrap_##function
#define FIRST_API
#define NEXT(function) (__real_##function)

#else

#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>

#include "shim.h"

/* This library comes before DPDK's, for those as well. */
#define FIRST(function) function
#define FIRST_API SHIM_API
#define NEXT(function) ({ \
	static _Atomic(__typeof__(&function)) next; \
	if (next == NULL) \
		next = (__typeof__(&function))dlsym(RTLD_NEXT, #function); \
	next; \
})

#endif
#endif
