/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Handles of shared objects (rings, mempools, memzones) in this process, of all its threads.
 *
 * A process can have many handles of one object: the one that made it, and those that looked it up,
 * in this thread or in a Worker. When the first goes, the others must not point to memory that is
 * unmapped. JavaScript can clear the pointers of its own thread at once, but not those of another
 * thread, which may be inside a call. So an object is freed when its last handle in this process
 * has gone. Handles of other processes are not counted, as in C.
 *
 * Calls on an object do not look at the count: only making and ending a handle does.
 */

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "handles.h"
#include "shim.h"

/* A handle. */
struct handle {
	struct handle *next;
	void *object;
	const void *thread; /* that has it */
	handle_free_t free_object;
	bool doomed; /* the last one that goes frees the object */
};

static struct handle *handles;
static pthread_mutex_t handles_mutex = PTHREAD_MUTEX_INITIALIZER;

/* Drops the handles of a thread when it ends, since a Worker may be terminated at any time. */
static pthread_key_t handles_key;
static pthread_once_t handles_key_once = PTHREAD_ONCE_INIT;

/* The address of this variable identifies the thread. */
static _Thread_local char this_thread;

void
handles_lock(void)
{
	pthread_mutex_lock(&handles_mutex);
}

void
handles_unlock(void)
{
	pthread_mutex_unlock(&handles_mutex);
}

static bool
handles_any(const void *object)
{
	const struct handle *h;

	for (h = handles; h != NULL; h = h->next)
		if (h->object == object)
			return true;
	return false;
}

/* Take a handle off the list. Free the object if it is to be freed and this was its last handle. */
static int
handle_drop(struct handle **at, bool doom)
{
	struct handle *h = *at, *other;
	int ret = 0;

	*at = h->next;
	doom = doom || h->doomed;
	if (doom && !handles_any(h->object))
		ret = h->free_object(h->object);
	for (other = handles; doom && other != NULL; other = other->next)
		if (other->object == h->object)
			other->doomed = true;
	free(h);
	return ret;
}

static void
handles_thread_exit(void *thread)
{
	struct handle **at = &handles;

	handles_lock();
	while (*at != NULL) {
		if ((*at)->thread == thread)
			handle_drop(at, false);
		else
			at = &(*at)->next;
	}
	handles_unlock();
}

static void
handles_key_create(void)
{
	pthread_key_create(&handles_key, handles_thread_exit);
}

int
handle_add(void *object, handle_free_t free_object, int err, uint64_t *out)
{
	struct handle *h;
	const struct handle *other;

	*out = (uintptr_t)object;
	if (object == NULL)
		return -err;
	h = malloc(sizeof(*h));
	if (h == NULL)
		return -ENOMEM;
	pthread_once(&handles_key_once, handles_key_create);
	pthread_setspecific(handles_key, &this_thread);
	*h = (struct handle){
		.object = object,
		.thread = &this_thread,
		.free_object = free_object,
	};
	for (other = handles; other != NULL; other = other->next)
		if (other->object == object)
			h->doomed = other->doomed;
	h->next = handles;
	handles = h;
	return 0;
}

/*
 * Called when EAL ends: objects that wait for their last handle are freed, and no handle is left. A
 * thread that is just ending is waited for, since it may be freeing an object with EAL's locks
 * held.
 */
void
shim_handles_end(void)
{
	handles_lock();
	while (handles != NULL)
		handle_drop(&handles, false);
	handles_unlock();
}

/*
 * Drop a handle of this thread. doom: free the object, at once or with its last handle. Returns
 * what freeing returned; 0 where nothing was freed.
 */
int
shim_handle_drop(void *object, uint32_t doom)
{
	struct handle **at;
	int ret = 0;

	handles_lock();
	for (at = &handles; *at != NULL; at = &(*at)->next) {
		if ((*at)->object != object || (*at)->thread != &this_thread)
			continue;
		ret = handle_drop(at, doom != 0);
		break;
	}
	handles_unlock();
	return ret;
}
