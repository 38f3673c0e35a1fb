// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the domains that we have to do with, their bounds and numbers. Looked
 * up when a device connects, charged where something slow happens.
 */
#include "domain.h"
#include "xgh_internal.h"

static DEFINE_MUTEX(xgh_domain_lock);
static LIST_HEAD(xgh_domains);

static struct xgh_domain *xgh_domain_find(domid_t domid)
{
	struct xgh_domain *domain;

	list_for_each_entry(domain, &xgh_domains, node)
		if (domain->domid == domid)
			return domain;
	return NULL;
}

static struct xgh_domain *xgh_domain_create(domid_t domid)
{
	struct xgh_domain *domain = kzalloc(sizeof(*domain), GFP_KERNEL);

	if (!domain)
		return NULL;
	kref_init(&domain->ref);
	domain->domid = domid;
	list_add_tail(&domain->node, &xgh_domains);
	return domain;
}

/**
 * xgh_domain_get() - start to use a domain
 * @domid: its number
 *
 * Context: Process. May sleep.
 * Return: the domain, until xgh_domain_put(), or NULL without memory.
 */
struct xgh_domain *xgh_domain_get(domid_t domid)
{
	struct xgh_domain *domain;

	mutex_lock(&xgh_domain_lock);
	domain = xgh_domain_find(domid);
	if (domain)
		kref_get(&domain->ref);
	else
		domain = xgh_domain_create(domid);
	mutex_unlock(&xgh_domain_lock);
	return domain;
}
EXPORT_SYMBOL_GPL(xgh_domain_get);

/**
 * xgh_domain_again() - use a domain once more
 * @domain: somebody uses it
 *
 * Context: Any.
 * Return: the same, until another xgh_domain_put().
 */
struct xgh_domain *xgh_domain_again(struct xgh_domain *domain)
{
	kref_get(&domain->ref);
	return domain;
}

static void xgh_domain_release(struct kref *ref)
{
	struct xgh_domain *domain = container_of(ref, struct xgh_domain, ref);

	list_del(&domain->node);
	mutex_unlock(&xgh_domain_lock);
	WARN_ON_ONCE(atomic_read(&domain->waiting));
	WARN_ON_ONCE(atomic_read(&domain->pages[XGH_POOL_MAP]));
	WARN_ON_ONCE(atomic_read(&domain->pages[XGH_POOL_RAM]));
	kfree(domain);
}

/**
 * xgh_domain_put() - have done with a domain
 * @domain: from xgh_domain_get() or xgh_domain_again(), or NULL
 *
 * Context: Process. May sleep.
 */
void xgh_domain_put(struct xgh_domain *domain)
{
	if (domain)
		kref_put_mutex(&domain->ref, xgh_domain_release,
			       &xgh_domain_lock);
}
EXPORT_SYMBOL_GPL(xgh_domain_put);

/**
 * xgh_domain_charge_waiting() - may so many more unmaps wait?
 * @domain: the domain
 * @nr: pages
 * @anyway: count them beyond the bound too
 *
 * Context: Any.
 * Return: whether they are counted now.
 */
bool xgh_domain_charge_waiting(struct xgh_domain *domain, unsigned int nr,
			       bool anyway)
{
	if (atomic_add_return(nr, &domain->waiting) <= XGH_DOMAIN_WAITING ||
	    anyway)
		return true;
	atomic_sub(nr, &domain->waiting);
	atomic64_inc(&domain->refused);
	return false;
}

/**
 * xgh_domain_uncharge_waiting() - so many unmaps wait no more
 * @domain: the domain
 * @nr: pages, charged before
 *
 * Context: Any.
 */
void xgh_domain_uncharge_waiting(struct xgh_domain *domain, unsigned int nr)
{
	atomic_sub(nr, &domain->waiting);
}

/**
 * xgh_domain_charge_pages() - may disks of a domain hold so much more?
 * @domain: the domain
 * @kind: its frames, mapped, or memory of ours
 * @nr: units of 4 KiB
 * @most: what all together may be afterwards; UINT_MAX: count it anyway
 *
 * Context: Any.
 * Return: whether it is counted now.
 */
bool xgh_domain_charge_pages(struct xgh_domain *domain, enum xgh_pool_kind kind,
			     unsigned int nr, unsigned int most)
{
	int now = atomic_read(&domain->pages[kind]);

	do {
		if (now + nr > most)
			return false;
	} while (!atomic_try_cmpxchg(&domain->pages[kind], &now, now + nr));
	return true;
}
EXPORT_SYMBOL_GPL(xgh_domain_charge_pages);

/**
 * xgh_domain_uncharge_pages() - disks of a domain hold so much less
 * @domain: the domain
 * @kind: as it was charged
 * @nr: units of 4 KiB, charged before
 *
 * Context: Any.
 */
void xgh_domain_uncharge_pages(struct xgh_domain *domain,
			       enum xgh_pool_kind kind, unsigned int nr)
{
	atomic_sub(nr, &domain->pages[kind]);
}
EXPORT_SYMBOL_GPL(xgh_domain_uncharge_pages);

/**
 * xgh_domain_note_away() - a frame was paged out
 * @domain: the domain
 *
 * Context: Any.
 */
void xgh_domain_note_away(struct xgh_domain *domain)
{
	WRITE_ONCE(domain->away_at, jiffies ?: 1);
	atomic64_inc(&domain->away);
}
EXPORT_SYMBOL_GPL(xgh_domain_note_away);

/**
 * xgh_domain_for_each() - look at all domains
 * @fn: called for each of them, oldest first
 * @data: handed to @fn
 *
 * Context: Process. May sleep; @fn may too but must not get or put domains.
 */
void xgh_domain_for_each(void (*fn)(struct xgh_domain *domain, void *data),
			 void *data)
{
	struct xgh_domain *domain;

	mutex_lock(&xgh_domain_lock);
	list_for_each_entry(domain, &xgh_domains, node)
		fn(domain, data);
	mutex_unlock(&xgh_domain_lock);
}
