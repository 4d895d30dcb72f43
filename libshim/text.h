/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_TEXT_H
#define SHIM_TEXT_H

#include <stdint.h>
#include <string.h>

/* Copy a C string into a caller's buffer of len bytes; returns its whole length. */
static inline int
shim_text(const char *from, char *text, uint32_t len)
{
	size_t n = strlen(from);

	if (len > 0) {
		size_t fits = n < len ? n : len - 1;

		memcpy(text, from, fits);
		text[fits] = '\0';
	}
	return (int)n;
}

/* Store an address where JavaScript reads it; a NULL object is the error `err`. */
static inline int
shim_out(const void *object, int err, uint64_t *out)
{
	*out = (uintptr_t)object;
	return object != NULL ? 0 : -err;
}

#endif
