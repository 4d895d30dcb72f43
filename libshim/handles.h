/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_HANDLES_H
#define SHIM_HANDLES_H

#include <stdint.h>

/* Gives an object's memory back; 0 or -errno. */
typedef int (*handle_free_t)(void *object);

/*
 * Objects are looked up and created between these two calls, so that they cannot be freed before
 * handle_add() has counted this thread's handle.
 */
void handles_lock(void);
void handles_unlock(void);

/*
 * Store the object where JavaScript reads it and count this thread's new handle of it; a NULL
 * object is the error `err`. handles_lock() is held. -ENOMEM where it cannot be counted.
 */
int handle_add(void *object, handle_free_t free_object, int err, uint64_t *out);

#endif
