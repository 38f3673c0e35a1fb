/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the grants of one domain cost us, whatever devices it has: bounds that
 * hold for all of them together, and numbers. A domain exists here while
 * somebody serves it or still has a frame of it mapped.
 */
#ifndef XGH_DOMAIN_H
#define XGH_DOMAIN_H

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/types.h>

#include <xen/grant_table.h>

#include "pool.h"

/*
 * Most pages of a domain whose unmap may wait for their last user: 32 MiB of
 * its frames, a 32nd of what the hypervisor lets dom0 map by default.
 */
#define XGH_DOMAIN_WAITING	8192
/* How long a domain counts as one with frames paged out after one was. */
#define XGH_DOMAIN_AWAY		(60 * HZ)

/**
 * struct xgh_domain - the numbers of one domain
 */
struct xgh_domain {
	/** @node: on the list of all domains */
	struct list_head node;
	/** @ref: who uses it */
	struct kref ref;
	/** @domid: the domain */
	domid_t domid;
	/** @away_at: when a frame of it was last paged out, 0 for never */
	unsigned long away_at;
	/** @away: times that a frame was paged out */
	atomic64_t away;
	/** @waiting: pages whose unmap waits for their last user */
	atomic_t waiting;
	/** @deferred: pages that ever had to wait */
	atomic64_t deferred;
	/** @looks: times that somebody looked whether they can go */
	atomic64_t looks;
	/** @abandoned: pages whose owner has gone before them */
	atomic64_t abandoned;
	/** @refused: times that no more pages were allowed to wait */
	atomic64_t refused;
	/**
	 * @pages: what its disks may hold now, in units of 4 KiB: frames of it
	 * that are mapped, and memory of ours
	 */
	atomic_t pages[XGH_POOL_KINDS];
};

struct xgh_domain *xgh_domain_get(domid_t domid);
struct xgh_domain *xgh_domain_again(struct xgh_domain *domain);
void xgh_domain_put(struct xgh_domain *domain);
bool xgh_domain_charge_waiting(struct xgh_domain *domain, unsigned int nr,
			       bool anyway);
void xgh_domain_uncharge_waiting(struct xgh_domain *domain, unsigned int nr);
bool xgh_domain_charge_pages(struct xgh_domain *domain, enum xgh_pool_kind kind,
			     unsigned int nr, unsigned int most);
void xgh_domain_uncharge_pages(struct xgh_domain *domain,
			       enum xgh_pool_kind kind, unsigned int nr);
void xgh_domain_note_away(struct xgh_domain *domain);
void xgh_domain_for_each(void (*fn)(struct xgh_domain *domain, void *data),
			 void *data);

/**
 * xgh_domain_is_away() - are frames of the domain paged out now and then?
 * @domain: the domain
 *
 * Mapping sleeps for such frames, with all that is to be mapped; copying does
 * not.
 *
 * Context: Any.
 * Return: whether one was in the last minute.
 */
static inline bool xgh_domain_is_away(const struct xgh_domain *domain)
{
	unsigned long away_at = READ_ONCE(domain->away_at);

	return away_at && time_before(jiffies, away_at + XGH_DOMAIN_AWAY);
}

#endif /* XGH_DOMAIN_H */
