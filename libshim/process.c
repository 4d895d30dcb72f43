/* SPDX-License-Identifier: BSD-3-Clause */

/* Processes that depend on each other: what supervision needs of the kernel. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim.h"

/*
 * From now on this process is killed when its parent dies; -ESRCH when it has died
 * already. The kernel means the parent's thread that started it: a main thread.
 */
int
shim_process_die_with_parent(uint32_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -errno;
	return getppid() == (pid_t)parent ? 0 : -ESRCH;
}

/* A descriptor of a process, any process: it stays the same one when its pid is reused. */
int
shim_process_open(uint32_t pid)
{
	long fd = syscall(SYS_pidfd_open, (pid_t)pid, 0);

	return fd < 0 ? -errno : (int)fd;
}

/* 1 when the process has ended, 0 when it has not within that many milliseconds. */
int
shim_process_wait(int fd, uint32_t ms)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	int ret = poll(&poller, 1, (int)ms);

	if (ret < 0)
		return errno == EINTR ? 0 : -errno;
	return ret;
}

int
shim_process_close(int fd)
{
	return close(fd) < 0 ? -errno : 0;
}
