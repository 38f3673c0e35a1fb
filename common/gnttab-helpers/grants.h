/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux pages and grants: a grant is of a frame of 4 KiB, a page of the kernel
 * has one, four or sixteen of them. Whoever walks over memory that is granted,
 * or is to be, does it with these.
 */
#ifndef XGH_GRANTS_H
#define XGH_GRANTS_H

#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/types.h>

#include <xen/page.h>

/**
 * struct xgh_grant - the part of a range that lies in one frame
 */
struct xgh_grant {
	/** @gfn: the frame, as the hypervisor knows it */
	xen_pfn_t gfn;
	/** @offset: first byte in the frame */
	u16 offset;
	/** @len: bytes, at most 4096 - @offset */
	u16 len;
};

/**
 * struct xgh_grants - a walk over a range
 */
struct xgh_grants {
	/** @page: where @offset counts from; others may follow it in memory */
	struct page *page;
	/** @offset: first byte that is left */
	u32 offset;
	/** @left: bytes that are left */
	u32 left;
};

/**
 * xgh_grants_gfn() - one frame of a page
 * @page: the page
 * @frame: which of its frames; beyond its last one: those of the pages that
 *	   follow it in memory
 *
 * Context: Any.
 * Return: the frame, as the hypervisor knows it.
 */
static inline xen_pfn_t xgh_grants_gfn(struct page *page, u32 frame)
{
	return pfn_to_gfn(page_to_xen_pfn(page) + frame);
}

/**
 * xgh_grants_next() - the next frame of a range
 * @walk: the walk; one step further afterwards
 * @grant: filled in
 *
 * Context: Any.
 * Return: false, and @grant as it was, when nothing is left.
 */
static inline bool xgh_grants_next(struct xgh_grants *walk,
				   struct xgh_grant *grant)
{
	if (!walk->left)
		return false;
	grant->gfn = xgh_grants_gfn(walk->page, walk->offset >> XEN_PAGE_SHIFT);
	grant->offset = walk->offset & ~XEN_PAGE_MASK;
	grant->len = min_t(u32, walk->left, XEN_PAGE_SIZE - grant->offset);
	walk->offset += grant->len;
	walk->left -= grant->len;
	return true;
}

/**
 * xgh_grants_count() - how many frames does a range touch?
 * @offset: its first byte, from the start of any frame
 * @len: its bytes; 0 touches none
 *
 * Context: Any.
 * Return: the number.
 */
static inline unsigned int xgh_grants_count(u32 offset, u32 len)
{
	if (!len)
		return 0;
	return ((offset & ~XEN_PAGE_MASK) + len + XEN_PAGE_SIZE - 1) >>
	       XEN_PAGE_SHIFT;
}

/**
 * xgh_grants_first() - the frame at the start of a page
 * @page: a page of which only that much is granted, or mapped
 *
 * Context: Any.
 * Return: the frame, as the hypervisor knows it.
 */
static inline xen_pfn_t xgh_grants_first(struct page *page)
{
	return xen_page_to_gfn(page);
}

#endif /* XGH_GRANTS_H */
