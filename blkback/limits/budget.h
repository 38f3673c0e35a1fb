/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much memory the requests of a disk, and of all disks of a domain, may
 * hold. A queue takes its share of both (share.h).
 */
#ifndef XBB_BUDGET_H
#define XBB_BUDGET_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <xen/interface/xen.h>

/**
 * enum xbb_budget_kind - what is counted
 * @XBB_BUDGET_MAP: frames of the guest that may be mapped
 * @XBB_BUDGET_RAM: pages of ours that data may be copied to
 * @XBB_BUDGET_KINDS: their number
 */
enum xbb_budget_kind {
	XBB_BUDGET_MAP,
	XBB_BUDGET_RAM,
	XBB_BUDGET_KINDS,
};

/**
 * struct xbb_budget - of a disk or of a domain
 */
struct xbb_budget {
	/** @lock: guards @used */
	spinlock_t lock;
	/** @used: what queues may hold now, in units of 4 KiB */
	unsigned int used[XBB_BUDGET_KINDS];
	/** @max: most of either kind, as set; 0: not set */
	unsigned int max;
	/** @refs: of a domain: number of its disks; of a disk: 0 */
	unsigned int refs;
	/** @domid: of a domain: which one */
	domid_t domid;
	/** @entry: of a domain: in the list of all */
	struct list_head entry;
};

unsigned int xbb_budget_max(const struct xbb_budget *budget);
void xbb_budget_init(struct xbb_budget *budget);
struct xbb_budget *xbb_budget_get_domain(domid_t domid);
void xbb_budget_put_domain(struct xbb_budget *budget);
void xbb_budget_charge(struct xbb_budget *budget, enum xbb_budget_kind kind,
		       int pages);
bool xbb_budget_try_charge(struct xbb_budget *budget,
			   enum xbb_budget_kind kind, unsigned int pages);

#endif /* XBB_BUDGET_H */
