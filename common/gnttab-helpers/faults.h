/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Wrong answers by rule, to see what the error paths do. Only in test builds
 * (make XGH_FAULTS=1); in all others nothing of it is there.
 *
 * An operation is really done, undone if need be, and then said to have
 * failed: an injected failure leaves nothing behind that a real one would not.
 */
#ifndef XGH_FAULTS_H
#define XGH_FAULTS_H

#include <linux/types.h>

#include <xen/interface/grant_table.h>

struct dentry;
struct page;

#ifdef XGH_FAULTS

void xgh_faults_init(struct dentry *dir);
void xgh_faults_copies(struct gnttab_copy *ops, unsigned int nr);
void xgh_faults_maps(struct gnttab_map_grant_ref *ops, struct page **pages,
		     unsigned int nr);
void xgh_faults_unmaps(struct gnttab_unmap_grant_ref *ops, unsigned int nr);
bool xgh_faults_busy(bool busy);
int xgh_faults_read(void);
int xgh_faults_start(void);

#else

static inline void xgh_faults_init(struct dentry *dir) {}

static inline void xgh_faults_copies(struct gnttab_copy *ops, unsigned int nr)
{
}

static inline void xgh_faults_maps(struct gnttab_map_grant_ref *ops,
				   struct page **pages, unsigned int nr)
{
}

static inline void xgh_faults_unmaps(struct gnttab_unmap_grant_ref *ops,
				     unsigned int nr)
{
}

static inline bool xgh_faults_busy(bool busy)
{
	return busy;
}

static inline int xgh_faults_read(void)
{
	return 0;
}

static inline int xgh_faults_start(void)
{
	return 0;
}

#endif /* XGH_FAULTS */

#endif /* XGH_FAULTS_H */
