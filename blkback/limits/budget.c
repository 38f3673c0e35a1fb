// SPDX-License-Identifier: GPL-2.0
/* Owns the pages that disks and domains may use. */
#include "budget.h"
#include "params.h"

#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/slab.h>

static LIST_HEAD(xbb_budget_domains);
static DEFINE_MUTEX(xbb_budget_domains_lock);

/**
 * xbb_budget_init() - make a budget of which nothing is used
 * @budget: the budget; all zero
 *
 * Context: Any.
 */
void xbb_budget_init(struct xbb_budget *budget)
{
	spin_lock_init(&budget->lock);
}

static struct xbb_budget *xbb_budget_find(domid_t domid)
{
	struct xbb_budget *budget;

	list_for_each_entry(budget, &xbb_budget_domains, entry)
		if (budget->domid == domid)
			return budget;
	budget = kzalloc(sizeof(*budget), GFP_KERNEL);
	if (!budget)
		return NULL;
	xbb_budget_init(budget);
	budget->domid = domid;
	list_add(&budget->entry, &xbb_budget_domains);
	return budget;
}

/**
 * xbb_budget_get_domain() - the budget that all disks of a domain share
 * @domid: the domain
 *
 * Context: Process. May sleep.
 * Return: the budget or NULL; give it back with xbb_budget_put_domain().
 */
struct xbb_budget *xbb_budget_get_domain(domid_t domid)
{
	struct xbb_budget *budget;

	mutex_lock(&xbb_budget_domains_lock);
	budget = xbb_budget_find(domid);
	if (budget)
		budget->refs++;
	mutex_unlock(&xbb_budget_domains_lock);
	return budget;
}

/**
 * xbb_budget_put_domain() - a disk of the domain has gone
 * @budget: from xbb_budget_get_domain()
 *
 * Context: Process. May sleep.
 */
void xbb_budget_put_domain(struct xbb_budget *budget)
{
	mutex_lock(&xbb_budget_domains_lock);
	if (!--budget->refs) {
		list_del(&budget->entry);
		kfree(budget);
	}
	mutex_unlock(&xbb_budget_domains_lock);
}

/**
 * xbb_budget_max() - most memory of either kind
 * @budget: the budget
 *
 * Context: Any.
 * Return: units of 4 KiB, as set; else a domain has what the module parameter
 * says, and a disk what its domain has.
 */
unsigned int xbb_budget_max(const struct xbb_budget *budget)
{
	unsigned int max = READ_ONCE(budget->max);

	if (max)
		return max;
	return budget->refs ? xbb_param_domain_pages() : UINT_MAX;
}

/**
 * xbb_budget_charge() - count pages, whatever the limit
 * @budget: the budget
 * @kind: of which kind
 * @pages: units of 4 KiB; less than 0 gives them back
 *
 * Context: Process.
 */
void xbb_budget_charge(struct xbb_budget *budget, enum xbb_budget_kind kind,
		       int pages)
{
	spin_lock(&budget->lock);
	budget->used[kind] += pages;
	spin_unlock(&budget->lock);
}

/**
 * xbb_budget_try_charge() - count pages if the limit allows
 * @budget: the budget
 * @kind: of which kind
 * @pages: units of 4 KiB
 *
 * Context: Process.
 * Return: whether they were counted.
 */
bool xbb_budget_try_charge(struct xbb_budget *budget,
			   enum xbb_budget_kind kind, unsigned int pages)
{
	bool enough;

	spin_lock(&budget->lock);
	enough = budget->used[kind] + pages <= xbb_budget_max(budget);
	if (enough)
		budget->used[kind] += pages;
	spin_unlock(&budget->lock);
	return enough;
}
