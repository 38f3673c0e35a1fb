// SPDX-License-Identifier: GPL-2.0
/* Locks, references and work of the tests; see include/async.h. */
#define XB_CUSTOM_C
#include "custom.h"

#include <stdlib.h>

int custom_mutexes;
int custom_rcu_depth;
__thread unsigned int custom_noio;
atomic_t custom_module_refs;
static LIST_HEAD(works);
static int nr_queues;

void mutex_lock(struct mutex *lock)
{
	if (lock->held++)
		abort();
	custom_mutexes++;
}

void mutex_unlock(struct mutex *lock)
{
	if (--lock->held)
		abort();
	custom_mutexes--;
}

void rcu_read_lock(void)
{
	custom_rcu_depth++;
}

void rcu_read_unlock(void)
{
	if (!custom_rcu_depth--)
		abort();
}

struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags,
					 int max_active)
{
	struct workqueue_struct *wq = custom_zalloc(1, sizeof(*wq));

	(void)flags;
	(void)max_active;
	if (!wq)
		return NULL;
	wq->name = name;
	nr_queues++;
	return wq;
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	if (!list_empty(&works))
		abort();
	nr_queues--;
	kvfree(wq);
}

bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *work,
			unsigned long delay)
{
	if (!wq)
		abort();
	work->due = custom_jiffies + delay;
	list_add_tail(&work->node, &works);
	return true;
}

unsigned int custom_nr_works(void)
{
	const struct list_head *pos;
	unsigned int nr = 0;

	for (pos = works.next; pos != &works; pos = pos->next)
		nr++;
	return nr;
}

static struct delayed_work *first_due(unsigned long then)
{
	struct delayed_work *first = NULL;
	struct list_head *pos;

	for (pos = works.next; pos != &works; pos = pos->next) {
		struct delayed_work *work = container_of(pos,
							 struct delayed_work,
							 node);

		if (work->due <= then && (!first || work->due < first->due))
			first = work;
	}
	return first;
}

void custom_run_until(unsigned long then)
{
	struct delayed_work *work;

	while ((work = first_due(then))) {
		list_del(&work->node);
		custom_jiffies = work->due;
		work->work.func(&work->work);
		if (custom_rcu_depth)
			abort();
	}
	custom_jiffies = then;
}
