/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests steer and watch: shared memory that changes under the
 * reader, a hypervisor with a script, memory that runs out, time that is only
 * counted. Linked in from custom.c; no driver source knows of it.
 */
#ifndef XB_CUSTOM_H
#define XB_CUSTOM_H

#include "async.h"
#include "bus.h"
#include "dup.h"
#include "stubs.h"

#include <stdlib.h>

#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>

#define ETH_ALEN	6
#define ETH_HLEN	14

/* ---- shared memory ---------------------------------------------------- */

/*
 * A registered range is poisoned for AddressSanitizer: only READ_ONCE(),
 * WRITE_ONCE() and memcpy() get at it, so an access in any other way stops
 * the test. Reads are counted a byte, and with flip set every byte changes
 * as soon as it was read.
 */
void custom_share(void *start, size_t bytes);
void custom_unshare(void);
void custom_shared_flip(size_t offset, size_t bytes);
void custom_shared_reset(void);
unsigned int custom_shared_max_reads(size_t offset, size_t bytes);
void custom_peek(void *to, const void *shared, size_t bytes);
void custom_poke(void *shared, const void *from, size_t bytes);

void custom_get(void *to, const void *from, size_t bytes);
void custom_put(void *to, const void *from, size_t bytes);

#ifdef XB_RACE
#define READ_ONCE(x)		__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, val)	__atomic_store_n(&(x), val, __ATOMIC_RELAXED)
#else
#define READ_ONCE(x) \
	({ \
		__typeof__(x) __val; \
		custom_get((void *)&__val, (const void *)&(x), sizeof(x)); \
		__val; \
	})
#define WRITE_ONCE(x, val) \
	do { \
		__typeof__(x) __new = (val); \
		custom_put((void *)&(x), &__new, sizeof(x)); \
	} while (0)
#endif
#define smp_store_release(p, v)	WRITE_ONCE(*(p), v)
#define smp_load_acquire(p)	READ_ONCE(*(p))

#if !defined(XB_CUSTOM_C) && !defined(XB_RACE)
#define memcpy(to, from, bytes)	custom_memcpy(to, from, bytes)
#endif
void *custom_memcpy(void *to, const void *from, size_t bytes);

/* ---- complaints ------------------------------------------------------- */

struct custom_log {
	unsigned int warnings;
	unsigned int messages;
	unsigned int sleeps;
	unsigned long slept_ms;
};

extern struct custom_log custom_log;

void custom_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define pr_err_ratelimited(...)		custom_say(__VA_ARGS__)
#define pr_warn_ratelimited(...)	custom_say(__VA_ARGS__)
#define pr_err(...)			custom_say(__VA_ARGS__)
#define pr_debug(...)			((void)0)
#define WARN_ON_ONCE(cond) \
	({ \
		bool __bad = !!(cond); \
		__atomic_fetch_add(&custom_log.warnings, __bad, \
				   __ATOMIC_RELAXED); \
		__bad; \
	})
#define WARN_ON(cond)			WARN_ON_ONCE(cond)

void msleep(unsigned int ms);

#define sort(base, n, size, cmp, swap)	qsort(base, n, size, cmp)

/* ---- time ------------------------------------------------------------- */

/* Stands still unless a test sets it. */
extern unsigned long custom_jiffies;

#define jiffies				custom_jiffies

/* Whoever sleeps is counted. */
struct custom_task {
	unsigned long nvcsw;
};

extern struct custom_task custom_task;

#define current				(&custom_task)
#define HZ				1000

/* ---- memory ----------------------------------------------------------- */

/* The nth allocation from now fails once; 0 for never. */
extern unsigned int custom_fail_alloc;

void *custom_zalloc(size_t n, size_t size);
/* Holds junk, as a kernel's memory does. */
void *custom_alloc(size_t n, size_t size);
void kvfree(const void *p);

#define kvcalloc(n, size, gfp)		custom_zalloc(n, size)
#define kcalloc(n, size, gfp)		custom_zalloc(n, size)
#define kvmalloc_array(n, size, gfp)	custom_alloc(n, size)
#define kmalloc_array(n, size, gfp)	custom_alloc(n, size)
#define kzalloc(size, gfp)		custom_zalloc(1, size)
#define kmalloc(size, gfp)		custom_alloc(1, size)
#define kvzalloc(size, gfp)		custom_zalloc(1, size)
#define kfree(p)			kvfree(p)

struct page {
	struct list_head lru;
	unsigned long private;
	int refs;
	unsigned long pfn;
	bool mapped;
	void *mem;
};

extern int custom_pages;
/* The latest one. */
extern struct page *custom_page;

struct page *custom_alloc_page(void);
void custom_free_page(struct page *page);
void custom_put_page(struct page *page);
void *pfn_to_kaddr(unsigned long pfn);

#define alloc_page(gfp)			custom_alloc_page()
#define __free_page(page)		custom_free_page(page)
#define put_page(page)			custom_put_page(page)
#define page_count(page) \
	__atomic_load_n(&(page)->refs, __ATOMIC_ACQUIRE)
#define page_private(page)		((page)->private)
#define set_page_private(page, v)	((page)->private = (v))
#define page_to_pfn(page)		((page)->pfn)
#define page_to_xen_pfn(page) \
	((page)->pfn << (PAGE_SHIFT - XEN_PAGE_SHIFT))
#define page_address(page)		((page)->mem)

/* Frames are told from page numbers, as on PV. */
#define CUSTOM_GFN			0x100000UL
#define pfn_to_gfn(pfn)			((pfn) + CUSTOM_GFN)
#define xen_page_to_gfn(page)		pfn_to_gfn(page_to_xen_pfn(page))

/* ---- the hypervisor --------------------------------------------------- */

/*
 * Answers for the operations of the next calls: status is asked for each
 * operation with the number of the call (from 0) and of the operation. NULL
 * is GNTST_okay for all.
 */
struct custom_xen {
	s16 (*status)(unsigned int call, unsigned int op, u32 gref);
	/* The hypercall as a whole fails before it looks at an operation. */
	int refuse;
	unsigned int calls;
	unsigned int ops;
	unsigned int largest;
	/* Operations of the last call, as they were handed over. */
	struct gnttab_copy copies[64];
	struct gnttab_map_grant_ref maps[64];
	struct gnttab_unmap_grant_ref unmaps[64];
	/* Copies that broke a rule of the hypercall interface. */
	unsigned int illegal;
	unsigned int mapped;
	/* The next map sleeps for a lock. */
	bool contended;
};

extern struct custom_xen custom_xen;

int HYPERVISOR_grant_table_op(unsigned int cmd, void *uop, unsigned int count);

/* ---- <xen/grant_table.h> ---------------------------------------------- */

#define INVALID_GRANT_REF		((grant_ref_t)-1)
#define INVALID_GRANT_HANDLE		((grant_handle_t)-1)

struct gnttab_page_cache {
	struct list_head pages;
	unsigned int num_pages;
};

void gnttab_page_cache_init(struct gnttab_page_cache *cache);
int gnttab_page_cache_get(struct gnttab_page_cache *cache, struct page **page);
void gnttab_page_cache_put(struct gnttab_page_cache *cache, struct page **page,
			   unsigned int num);
void gnttab_page_cache_shrink(struct gnttab_page_cache *cache,
			      unsigned int num);
void gnttab_free_pages(int nr_pages, struct page **pages);
void gnttab_set_map_op(struct gnttab_map_grant_ref *map, phys_addr_t addr,
		       u32 flags, grant_ref_t ref, domid_t domid);
void gnttab_set_unmap_op(struct gnttab_unmap_grant_ref *unmap,
			 phys_addr_t addr, u32 flags, grant_handle_t handle);
int gnttab_map_refs(struct gnttab_map_grant_ref *map_ops,
		    struct gnttab_map_grant_ref *kmap_ops, struct page **pages,
		    unsigned int count);
int gnttab_unmap_refs(struct gnttab_unmap_grant_ref *unmap_ops,
		      struct gnttab_unmap_grant_ref *kunmap_ops,
		      struct page **pages, unsigned int count);

#include "bits.h"

/* Back to the state of a fresh start; tells whether anything was left over. */
void custom_reset(void);

#endif /* XB_CUSTOM_H */
