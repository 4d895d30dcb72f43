/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_FILES_H
#define SHIM_FILES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Everything here makes system calls only: no allocation, no stdio, no lock of the C library. So a
 * signal handler may call it.
 */

/* Called for each name in a folder, until it returns false. */
typedef bool (*files_visit)(int dir_fd, const char *name, void *arg);

/* -errno when the folder cannot be opened. */
int files_walk(const char *folder, files_visit visit, void *arg);

/* A descriptor of that file in this process; -1 where it has none. */
int files_own_descriptor(dev_t dev, ino_t ino);

/* Whether this process has bound the socket of that name in a folder. */
bool files_own_socket(const char *folder, const char *name);

/* 1 when a process has bound a socket, 0 when nobody has, -errno when it cannot be told. */
int files_socket_alive(const char *path);

enum { FILES_MAX = 4096 };

/*
 * Whether EAL made an array for one process alone, by the array's name in the runtime folder:
 * _<pid> follows the list's name, and since DPDK 24.11 a time after that, _<hexadecimal digits>.
 */
bool files_is_private(const char *name, pid_t pid);

/* Descriptors of this process, one bit each. */
struct files_descriptors {
	uint64_t bits[FILES_MAX / 64];
};

void files_descriptors(struct files_descriptors *had);

/*
 * Closes descriptors that were opened since in programs that this process starts: they would hold
 * its locks and sockets after its death, and it would look alive.
 */
void files_close_on_exec(struct files_descriptors *had);

/*
 * Removes what shim_files_begin() named, as far as it may: for the end of this process,
 * whichever way it comes.
 */
void files_end(void);

/* The calling thread starts EAL, which makes the files. shim_files_begin() says so of its caller. */
void files_are_made_here(void);

/*
 * In a handler of a signal that ends this process: gives the signal to the thread that makes the
 * files, if that is another one that lives. Files that one thread removes while
 * another makes more of them would be left behind.
 */
bool files_hand_over(int sig);

/*
 * Removes what shim_files_begin() named, and lets this process die of a signal as soon as the
 * calling handler returns.
 */
void files_die(int sig);

/* After rte_eal_init() has succeeded. */
void files_initialised(void);

#endif
