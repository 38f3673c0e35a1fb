// SPDX-License-Identifier: GPL-2.0
/* What the tests steer and watch; see include/custom.h. */
#define XB_CUSTOM_C
#include "custom.h"

#include <sanitizer/asan_interface.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define UNCHECKED	__attribute__((no_sanitize("address"))) noinline
#define MOST_SHARED	(64 * 1024)

struct custom_log custom_log;
struct custom_xen custom_xen;
unsigned int custom_fail_alloc;
unsigned long custom_jiffies;
struct custom_task custom_task;
int custom_pages;
struct page *custom_page;

/* ---- the sanitizer ---------------------------------------------------- */

const char *__asan_default_options(void);

/*
 * A frame's variables are gone when its function returns. Compilers differ in
 * whether that is looked at unless it is asked for.
 */
const char *__asan_default_options(void)
{
	return "detect_stack_use_after_return=1";
}

/* ---- shared memory ---------------------------------------------------- */

static struct {
	u8 *start;
	size_t bytes;
	u8 *flip;
	size_t flip_bytes;
	unsigned int reads[MOST_SHARED];
} shared;

/* Not memcpy(): that one is checked wherever it is called from. */
static UNCHECKED void raw_copy(void *to, const void *from, size_t bytes)
{
	volatile u8 *t = to;
	const volatile u8 *f = from;

	while (bytes--)
		*t++ = *f++;
}

static bool is_shared(const void *p)
{
	const u8 *byte = p;

	return shared.start && byte >= shared.start &&
	       byte < shared.start + shared.bytes;
}

static void check_range(const void *p, size_t bytes)
{
	const u8 *byte = p;

	if (byte + bytes > shared.start + shared.bytes)
		abort();
}

static UNCHECKED void flip_byte(u8 *byte)
{
	if (shared.flip && byte >= shared.flip &&
	    byte < shared.flip + shared.flip_bytes)
		*(volatile u8 *)byte ^= 0xff;
}

static UNCHECKED void note_read(const void *from, size_t bytes)
{
	size_t at = (const u8 *)from - shared.start;
	size_t i;

	check_range(from, bytes);
	for (i = 0; i < bytes; i++) {
		shared.reads[at + i]++;
		flip_byte(shared.start + at + i);
	}
}

void custom_share(void *start, size_t bytes)
{
	custom_unshare();
	if (bytes > MOST_SHARED)
		abort();
	shared.start = start;
	shared.bytes = bytes;
	custom_shared_reset();
	ASAN_POISON_MEMORY_REGION(start, bytes);
}

void custom_unshare(void)
{
	if (shared.start)
		ASAN_UNPOISON_MEMORY_REGION(shared.start, shared.bytes);
	shared.start = NULL;
}

void custom_shared_flip(size_t offset, size_t bytes)
{
	shared.flip = shared.start + offset;
	shared.flip_bytes = bytes;
}

void custom_shared_reset(void)
{
	shared.flip = NULL;
	shared.flip_bytes = 0;
	memset(shared.reads, 0, shared.bytes * sizeof(shared.reads[0]));
}

unsigned int custom_shared_max_reads(size_t offset, size_t bytes)
{
	unsigned int most = 0;
	size_t i;

	for (i = offset; i < offset + bytes; i++)
		most = max(most, shared.reads[i]);
	return most;
}

/* The otherend's own accesses: neither counted nor checked. */
void custom_peek(void *to, const void *from, size_t bytes)
{
	raw_copy(to, from, bytes);
}

void custom_poke(void *to, const void *from, size_t bytes)
{
	raw_copy(to, from, bytes);
}

void custom_get(void *to, const void *from, size_t bytes)
{
	raw_copy(to, from, bytes);
	if (is_shared(from))
		note_read(from, bytes);
}

void custom_put(void *to, const void *from, size_t bytes)
{
	if (is_shared(to))
		check_range(to, bytes);
	raw_copy(to, from, bytes);
}

void *custom_memcpy(void *to, const void *from, size_t bytes)
{
	if (bytes && is_shared(from))
		custom_get(to, from, bytes);
	else if (bytes && is_shared(to))
		custom_put(to, from, bytes);
	else
		memcpy(to, from, bytes);
	return to;
}

/* ---- complaints and time ---------------------------------------------- */

void custom_say(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	custom_log.messages++;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
}

void msleep(unsigned int ms)
{
	custom_log.sleeps++;
	custom_task.nvcsw++;
	custom_jiffies += ms;
	custom_log.slept_ms += ms;
}

/* ---- memory ----------------------------------------------------------- */

static bool alloc_fails(void)
{
	return custom_fail_alloc && !--custom_fail_alloc;
}

void *custom_zalloc(size_t n, size_t size)
{
	return alloc_fails() ? NULL : calloc(n, size);
}

void *custom_alloc(size_t n, size_t size)
{
	void *p = custom_zalloc(n, size);

	if (p)
		memset(p, 0xa5, n * size);
	return p;
}

void kvfree(const void *p)
{
	free((void *)p);
}

struct page *custom_alloc_page(void)
{
	static unsigned long next_pfn = 0x1000;
	struct page *page;

	if (alloc_fails())
		return NULL;
	page = calloc(1, sizeof(*page));
	page->mem = calloc(1, PAGE_SIZE);
	page->refs = 1;
	page->pfn = next_pfn++;
	custom_pages++;
	custom_page = page;
	return page;
}

void custom_free_page(struct page *page)
{
	/* A mapped page given back would hand the guest's frame to others. */
	if (page->mapped || page->refs != 1)
		abort();
	custom_pages--;
	free(page->mem);
	free(page);
}

/* Whoever else has it frees it. */
void custom_put_page(struct page *page)
{
	if (page->refs > 1)
		page->refs--;
	else
		custom_free_page(page);
}

void *pfn_to_kaddr(unsigned long pfn)
{
	return (void *)(0xffff888000000000UL + (pfn << PAGE_SHIFT));
}

/* ---- the hypervisor --------------------------------------------------- */

static s16 answer(unsigned int op, u32 gref)
{
	if (!custom_xen.status)
		return GNTST_okay;
	return custom_xen.status(custom_xen.calls, op, gref);
}

/* Is one side of a copy a frame of ours, or a grant of somebody else's? */
static bool side_is_legal(const struct gnttab_copy_ptr *side, bool granted,
			  u16 len)
{
	return side->offset + len <= XEN_PAGE_SIZE &&
	       granted == (side->domid != DOMID_SELF) &&
	       (granted || side->u.gmfn >= CUSTOM_GFN);
}

static bool copy_is_legal(const struct gnttab_copy *op)
{
	bool from = op->flags & GNTCOPY_source_gref;
	bool to = op->flags & GNTCOPY_dest_gref;

	return (from || to) && op->len &&
	       side_is_legal(&op->source, from, op->len) &&
	       side_is_legal(&op->dest, to, op->len);
}

static void do_copies(struct gnttab_copy *ops, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		bool from = ops[i].flags & GNTCOPY_source_gref;

		custom_xen.illegal += !copy_is_legal(&ops[i]);
		if (i < ARRAY_SIZE(custom_xen.copies))
			custom_xen.copies[i] = ops[i];
		/* Xen 4.19 and later look at nothing of a copy of no bytes. */
		ops[i].status = !ops[i].len ? GNTST_okay :
				answer(i, from ? ops[i].source.u.ref :
						 ops[i].dest.u.ref);
	}
}

int HYPERVISOR_grant_table_op(unsigned int cmd, void *uop, unsigned int count)
{
	int refuse = custom_xen.refuse;

	if (cmd != GNTTABOP_copy || !count)
		abort();
	if (!refuse)
		do_copies(uop, count);
	custom_xen.calls++;
	custom_xen.ops += count;
	custom_xen.largest = max(custom_xen.largest, count);
	return refuse;
}

/* ---- <xen/grant_table.h> ---------------------------------------------- */

void gnttab_page_cache_init(struct gnttab_page_cache *cache)
{
	INIT_LIST_HEAD(&cache->pages);
	cache->num_pages = 0;
}

int gnttab_page_cache_get(struct gnttab_page_cache *cache, struct page **page)
{
	if (list_empty(&cache->pages)) {
		*page = custom_alloc_page();
		return *page ? 0 : -ENOMEM;
	}
	*page = list_first_entry(&cache->pages, struct page, lru);
	list_del(&(*page)->lru);
	cache->num_pages--;
	return 0;
}

void gnttab_page_cache_put(struct gnttab_page_cache *cache, struct page **page,
			   unsigned int num)
{
	unsigned int i;

	for (i = 0; i < num; i++) {
		if (page[i]->mapped)
			abort();
		list_add(&page[i]->lru, &cache->pages);
	}
	cache->num_pages += num;
}

void gnttab_page_cache_shrink(struct gnttab_page_cache *cache, unsigned int num)
{
	struct page *page;

	while (cache->num_pages > num) {
		gnttab_page_cache_get(cache, &page);
		custom_free_page(page);
	}
}

void gnttab_free_pages(int nr_pages, struct page **pages)
{
	int i;

	for (i = 0; i < nr_pages; i++)
		custom_free_page(pages[i]);
}

void gnttab_set_map_op(struct gnttab_map_grant_ref *map, phys_addr_t addr,
		       u32 flags, grant_ref_t ref, domid_t domid)
{
	map->host_addr = addr;
	map->flags = flags;
	map->ref = ref;
	map->dom = domid;
	map->status = 1; /* arbitrary positive value */
}

void gnttab_set_unmap_op(struct gnttab_unmap_grant_ref *unmap,
			 phys_addr_t addr, u32 flags, grant_handle_t handle)
{
	(void)flags;
	unmap->host_addr = addr;
	unmap->handle = handle;
	unmap->dev_bus_addr = 0;
}

static void map_one(struct gnttab_map_grant_ref *op, struct page *page,
		    unsigned int i)
{
	if (i < ARRAY_SIZE(custom_xen.maps))
		custom_xen.maps[i] = *op;
	custom_xen.illegal += page->mapped ||
		op->host_addr != (u64)(uintptr_t)pfn_to_kaddr(page->pfn);
	op->status = answer(i, op->ref);
	custom_task.nvcsw += custom_xen.contended;
	/* As the kernel's: tried until it is something else, or given up. */
	if (op->status == GNTST_eagain) {
		custom_task.nvcsw++;
		custom_jiffies++;
		op->status = GNTST_bad_page;
	}
	/* The handle of a failed operation is nobody's. */
	op->handle = op->status == GNTST_okay ? 1000 + op->ref : 0xbad;
	if (op->status != GNTST_okay)
		return;
	page->mapped = true;
	custom_xen.mapped++;
}

int gnttab_map_refs(struct gnttab_map_grant_ref *map_ops,
		    struct gnttab_map_grant_ref *kmap_ops, struct page **pages,
		    unsigned int count)
{
	unsigned int i;

	if (kmap_ops || !count)
		abort();
	for (i = 0; i < count && !custom_xen.refuse; i++)
		map_one(&map_ops[i], pages[i], i);
	custom_xen.calls++;
	custom_xen.ops += count;
	return custom_xen.refuse;
}

static void unmap_one(struct gnttab_unmap_grant_ref *op, struct page *page,
		      unsigned int i)
{
	if (i < ARRAY_SIZE(custom_xen.unmaps))
		custom_xen.unmaps[i] = *op;
	custom_xen.illegal += !page->mapped || page->refs != 1 ||
		op->host_addr != (u64)(uintptr_t)pfn_to_kaddr(page->pfn);
	op->status = answer(i, op->handle - 1000);
	if (op->status != GNTST_okay)
		return;
	page->mapped = false;
	custom_xen.mapped--;
}

int gnttab_unmap_refs(struct gnttab_unmap_grant_ref *unmap_ops,
		      struct gnttab_unmap_grant_ref *kunmap_ops,
		      struct page **pages, unsigned int count)
{
	unsigned int i;

	if (kunmap_ops || !count)
		abort();
	for (i = 0; i < count && !custom_xen.refuse; i++)
		unmap_one(&unmap_ops[i], pages[i], i);
	custom_xen.calls++;
	custom_xen.ops += count;
	return custom_xen.refuse;
}

void custom_reset(void)
{
	custom_unshare();
	custom_fail_alloc = 0;
	custom_jiffies = 0;
	memset(&custom_log, 0, sizeof(custom_log));
	memset(&custom_xen, 0, sizeof(custom_xen));
}
