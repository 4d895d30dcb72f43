/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_OUTPUT_H
#define SHIM_OUTPUT_H

#include <stddef.h>
#include <stdio.h>

/* Writes without ever waiting for a reader: see output.c. 0, or the -errno of a broken output. */
int output_write(int fd, const char *text, size_t len);

/* A stream of C's whose text goes that way. NULL, with errno, where there can be none. */
FILE *output_stream(int fd);

#endif
