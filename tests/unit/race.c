// SPDX-License-Identifier: GPL-2.0
/*
 * common/gnttab-helpers/async_unmap.c and domain.c with threads, under
 * ThreadSanitizer: an owner that goes away while the work runs, several
 * owners with pages of one domain. Replaces custom.c and async.c.
 */
#define XB_CUSTOM_C
#include "custom.h"
#include "gnttab-helpers/async_unmap.h"
#include "gnttab-helpers/domain.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define OWNERS		4
#define ROUNDS		300
#define PAGES		3
#define OTHEREND	5

struct custom_log custom_log;
struct custom_task custom_task;
unsigned long custom_jiffies;
__thread unsigned int custom_noio;
atomic_t custom_module_refs;
static atomic_t nr_pages, nr_works, nr_abandoned, nr_finished;

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	printf("not ok 1 race # %s\n", what);
	exit(1);
}

/* ---- the kernel ------------------------------------------------------- */

void custom_say(const char *fmt, ...)
{
	check(false, fmt);
}

void *custom_zalloc(size_t n, size_t size)
{
	return calloc(n, size);
}

void *custom_alloc(size_t n, size_t size)
{
	return calloc(n, size);
}

void kvfree(const void *p)
{
	free((void *)p);
}

static pthread_mutex_t big = PTHREAD_MUTEX_INITIALIZER;

void mutex_lock(struct mutex *lock)
{
	pthread_mutex_lock(&big);
}

void mutex_unlock(struct mutex *lock)
{
	pthread_mutex_unlock(&big);
}

void rcu_read_lock(void)
{
}

void rcu_read_unlock(void)
{
}

struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags,
					 int max_active)
{
	return calloc(1, sizeof(struct workqueue_struct));
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	while (atomic_add_return(0, &nr_works))
		usleep(1000);
	free(wq);
}

static void *run_work(void *data)
{
	struct delayed_work *work = data;

	usleep(work->due * 20);
	work->work.func(&work->work);
	atomic_dec(&nr_works);
	return NULL;
}

bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *work,
			unsigned long delay)
{
	pthread_t thread;

	work->due = delay;
	atomic_inc(&nr_works);
	check(!pthread_create(&thread, NULL, run_work, work), "no thread");
	pthread_detach(thread);
	return true;
}

/* ---- grants ----------------------------------------------------------- */

static struct page *new_page(void)
{
	struct page *page = calloc(1, sizeof(*page));

	page->refs = 1;
	page->mapped = true;
	atomic_inc(&nr_pages);
	return page;
}

static void free_page(struct page *page)
{
	check(!page->mapped, "a mapped page was freed");
	free(page);
	atomic_dec(&nr_pages);
}

void gnttab_page_cache_init(struct gnttab_page_cache *cache)
{
}

int gnttab_page_cache_get(struct gnttab_page_cache *cache, struct page **page)
{
	*page = new_page();
	return 0;
}

void gnttab_page_cache_put(struct gnttab_page_cache *cache, struct page **page,
			   unsigned int num)
{
	while (num--)
		free_page(page[num]);
}

void gnttab_page_cache_shrink(struct gnttab_page_cache *cache, unsigned int num)
{
}

void gnttab_free_pages(int num, struct page **pages)
{
	while (num--)
		free_page(pages[num]);
}

struct page *custom_alloc_page(void)
{
	return NULL;
}

void custom_free_page(struct page *page)
{
}

void custom_put_page(struct page *page)
{
}

void *pfn_to_kaddr(unsigned long pfn)
{
	return NULL;
}

void gnttab_set_map_op(struct gnttab_map_grant_ref *map, phys_addr_t addr,
		       u32 flags, grant_ref_t ref, domid_t domid)
{
}

int gnttab_map_refs(struct gnttab_map_grant_ref *map_ops,
		    struct gnttab_map_grant_ref *kmap_ops, struct page **pages,
		    unsigned int count)
{
	return 0;
}

void gnttab_set_unmap_op(struct gnttab_unmap_grant_ref *unmap,
			 phys_addr_t addr, u32 flags, grant_handle_t handle)
{
	unmap->handle = handle;
}

int gnttab_unmap_refs(struct gnttab_unmap_grant_ref *ops,
		      struct gnttab_unmap_grant_ref *kunmap_ops,
		      struct page **pages, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		check(page_count(pages[i]) == 1, "unmapped while busy");
		check(pages[i]->mapped, "unmapped twice");
		pages[i]->mapped = false;
		ops[i].status = GNTST_okay;
	}
	return 0;
}

/* ---- owners ----------------------------------------------------------- */

struct owner {
	pthread_t thread;
	unsigned int seed;
	struct xgh_pool pool;
	atomic_t told;
};

static void tell(struct xgh_async_unmap *set)
{
	struct owner *owner = set->owner;

	atomic_inc(&owner->told);
}

/* What a network stack does. */
static void *let_go(void *data)
{
	struct page *page = data;

	usleep(100);
	__atomic_sub_fetch(&page->refs, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void hold(struct page *page)
{
	pthread_t thread;

	page->refs++;
	check(!pthread_create(&thread, NULL, let_go, page), "no thread");
	pthread_detach(thread);
}

static void one_round(struct owner *owner)
{
	struct xgh_domain *domain = xgh_domain_get(OTHEREND);
	struct xgh_async_unmap *set;
	bool abandon = rand_r(&owner->seed) % 2;
	int told = atomic_read(&owner->told);
	int i;

	set = xgh_async_unmap_alloc(domain, &owner->pool, PAGES, false);
	check(set, "no set");
	for (i = 0; i < PAGES; i++) {
		struct xgh_map map = { .handle = i };

		check(!xgh_pool_get(&owner->pool, &map.page), "no page");
		if (rand_r(&owner->seed) % 2)
			hold(map.page);
		xgh_async_unmap_add(set, &map);
	}
	set->owner = owner;
	xgh_async_unmap_start(set, tell);
	usleep(rand_r(&owner->seed) % 400);
	if (abandon && xgh_async_unmap_abandon(set)) {
		atomic_inc(&nr_abandoned);
	} else {
		/* Ordered as by the list on which a driver is told. */
		while (atomic_add_return(0, &owner->told) == told)
			usleep(20);
		xgh_async_unmap_finish(set);
		atomic_inc(&nr_finished);
	}
	xgh_domain_put(domain);
}

static void *own(void *data)
{
	struct owner *owner = data;
	int i;

	xgh_pool_init(&owner->pool, XGH_POOL_MAP);
	owner->pool.limit = PAGES;
	for (i = 0; i < ROUNDS; i++)
		one_round(owner);
	check(!owner->pool.in_use, "pages are missing");
	xgh_pool_destroy(&owner->pool);
	return NULL;
}

static void none(struct xgh_domain *domain, void *data)
{
	check(false, "a domain is left");
}

int main(void)
{
	static struct owner owners[OWNERS];
	int i;

	printf("KTAP version 1\n1..1\n    # Subtest: race\n    1..1\n");
	check(!xgh_async_unmap_init(), "init");
	for (i = 0; i < OWNERS; i++) {
		owners[i].seed = i + 1;
		pthread_create(&owners[i].thread, NULL, own, &owners[i]);
	}
	for (i = 0; i < OWNERS; i++)
		pthread_join(owners[i].thread, NULL);
	xgh_async_unmap_exit();
	check(!custom_log.warnings, "a warning");
	check(!atomic_read(&nr_pages), "pages are left");
	check(!atomic_read(&custom_module_refs), "the module is held");
	/* Both ways were taken, or nothing was shown. */
	check(atomic_read(&nr_abandoned) > ROUNDS / 4, "nobody went away");
	check(atomic_read(&nr_finished) > ROUNDS / 4, "nobody was told");
	xgh_domain_for_each(none, NULL);
	printf("    # %d abandoned, %d finished\n", atomic_read(&nr_abandoned),
	       atomic_read(&nr_finished));
	printf("    ok 1 owners_and_works\nok 1 race\n");
	return 0;
}
