// SPDX-License-Identifier: GPL-2.0
/* Owns walks over arrays of pages by the frame. Pure. */
#include "grants.h"
#include "xgh_internal.h"

/**
 * xgh_grants_of_pages() - look at the first frames of an array of pages
 * @pages: the pages, anywhere in memory
 * @nr: how many frames; the last page may be used in part
 * @fn: called for each, with its number from 0
 * @data: handed to @fn
 *
 * Context: As @fn.
 */
void xgh_grants_of_pages(struct page *const *pages, unsigned int nr,
			 void (*fn)(xen_pfn_t gfn, unsigned int index,
				    void *data),
			 void *data)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		fn(xgh_grants_gfn(pages[i / XEN_PFN_PER_PAGE],
				  i % XEN_PFN_PER_PAGE), i, data);
}
EXPORT_SYMBOL_GPL(xgh_grants_of_pages);
