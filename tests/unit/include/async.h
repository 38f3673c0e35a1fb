/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters that several threads share, references, and work that is done
 * later: in a test, when the test says so. Atomics are real ones, so that
 * ThreadSanitizer can judge the sources.
 */
#ifndef XB_ASYNC_H
#define XB_ASYNC_H

#include "dup.h"
#include "stubs.h"

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	s64 counter;
} atomic64_t;

#define __xb_load(v)		__atomic_load_n(&(v)->counter, __ATOMIC_RELAXED)
#define __xb_store(v, i) \
	__atomic_store_n(&(v)->counter, i, __ATOMIC_RELAXED)
#define __xb_add(v, i) \
	__atomic_add_fetch(&(v)->counter, i, __ATOMIC_SEQ_CST)

#define atomic_read(v)		__xb_load(v)
#define atomic_set(v, i)	__xb_store(v, i)
#define atomic_add_return(i, v)	__xb_add(v, (int)(i))
#define atomic_sub_return(i, v)	__xb_add(v, -(int)(i))
#define atomic_add(i, v)	((void)atomic_add_return(i, v))
#define atomic_sub(i, v)	((void)atomic_sub_return(i, v))
#define atomic_inc(v)		atomic_add(1, v)
#define atomic_dec(v)		atomic_sub(1, v)
#define atomic_inc_return(v)	atomic_add_return(1, v)
#define atomic_dec_and_test(v)	(!atomic_sub_return(1, v))
#define atomic64_read(v)	__xb_load(v)
#define atomic64_set(v, i)	__xb_store(v, i)
#define atomic64_add(i, v)	((void)__xb_add(v, (s64)(i)))
#define atomic64_sub(i, v)	((void)__xb_add(v, -(s64)(i)))
#define atomic64_inc(v)		atomic64_add(1, v)

static inline int atomic_cmpxchg(atomic_t *v, int old, int new)
{
	__atomic_compare_exchange_n(&v->counter, &old, new, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return old;
}

static inline bool atomic_try_cmpxchg(atomic_t *v, int *old, int new)
{
	return __atomic_compare_exchange_n(&v->counter, old, new, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* ---- locks that sleep, references ------------------------------------- */

struct mutex {
	int held;
};

#define DEFINE_MUTEX(name)	struct mutex name
#define mutex_init(m)		((void)((m)->held = 0))

/* How many are held. */
extern int custom_mutexes;
void mutex_lock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);
void rcu_read_lock(void);
void rcu_read_unlock(void);
extern int custom_rcu_depth;

struct kref {
	atomic_t refcount;
};

static inline void kref_init(struct kref *kref)
{
	atomic_set(&kref->refcount, 1);
}

static inline void kref_get(struct kref *kref)
{
	atomic_inc(&kref->refcount);
}

/* The lock is taken before the last reference goes, as in the kernel. */
static inline int kref_put_mutex(struct kref *kref,
				 void (*release)(struct kref *kref),
				 struct mutex *lock)
{
	mutex_lock(lock);
	if (atomic_dec_and_test(&kref->refcount)) {
		release(kref);
		return 1;
	}
	mutex_unlock(lock);
	return 0;
}

/* References to the module under test. */
struct module;

extern atomic_t custom_module_refs;

#define THIS_MODULE		((struct module *)0)
#define __module_get(module)	((void)(module), \
				 atomic_inc(&custom_module_refs))
#define module_put(module)	((void)(module), \
				 atomic_dec(&custom_module_refs))

/* ---- work ------------------------------------------------------------- */

struct work_struct {
	void (*func)(struct work_struct *work);
};

struct delayed_work {
	struct work_struct work;
	struct list_head node;
	unsigned long due;
};

struct workqueue_struct {
	const char *name;
};

#define WQ_UNBOUND		1
#define WQ_MEM_RECLAIM		2
/* One jiffy is a millisecond. */
#define msecs_to_jiffies(ms)	((unsigned long)(ms))
#define to_delayed_work(w)	container_of(w, struct delayed_work, work)
#define INIT_DELAYED_WORK(w, fn)	((w)->work.func = (fn))

struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags,
					 int max_active);
void destroy_workqueue(struct workqueue_struct *wq);
bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *work,
			unsigned long delay);

/* Work that is queued; not run unless a test calls custom_run_until(). */
unsigned int custom_nr_works(void);
/* Lets the time go by up to then and does the work that comes due. */
void custom_run_until(unsigned long then);

#define memalloc_noio_save()		(custom_noio++)
#define memalloc_noio_restore(flags)	((void)(custom_noio = (flags)))
extern __thread unsigned int custom_noio;

#endif /* XB_ASYNC_H */
