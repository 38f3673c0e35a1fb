// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the rules by which test builds answer wrongly, and their file
 * xen-gnttab-helpers/faults in debugfs. One rule for each kind of operation:
 *
 *	KIND STATUS [nth=N] [after=M] [chance=PERCENT] [first=K]
 *
 * KIND is copy, between (a copy from one grant to another), map or unmap;
 * STATUS what the operation is said to have answered (GNTST_*, a negative
 * number). busy 1 has pages look as if somebody held them, idle 1 as if nobody
 * did. read is a node of xenstore that is read, start a transaction that is
 * started there, STATUS a negative errno then.
 * Only the Nth such operation from now on fails, or each with that chance, none
 * of the first M and no more than K in all. STATUS 0 ends the rule.
 */
#include "faults.h"
#include "xgh_internal.h"

#include <linux/debugfs.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

enum xgh_fault_kind {
	XGH_FAULT_COPY,
	XGH_FAULT_BETWEEN,
	XGH_FAULT_MAP,
	XGH_FAULT_UNMAP,
	XGH_FAULT_BUSY,
	XGH_FAULT_IDLE,
	XGH_FAULT_READ,
	XGH_FAULT_START,
	XGH_FAULT_KINDS
};

struct xgh_fault_rule {
	int status;
	unsigned int nth;
	unsigned int after;
	unsigned int chance;
	unsigned int first;
	unsigned int seen;
	unsigned int hits;
};

static const char *const xgh_fault_names[XGH_FAULT_KINDS] = {
	[XGH_FAULT_COPY] = "copy",
	[XGH_FAULT_BETWEEN] = "between",
	[XGH_FAULT_MAP] = "map",
	[XGH_FAULT_UNMAP] = "unmap",
	[XGH_FAULT_BUSY] = "busy",
	[XGH_FAULT_IDLE] = "idle",
	[XGH_FAULT_READ] = "read",
	[XGH_FAULT_START] = "start",
};

static DEFINE_SPINLOCK(xgh_fault_lock);
static struct xgh_fault_rule xgh_fault_rules[XGH_FAULT_KINDS];

static bool xgh_faults_applies(struct xgh_fault_rule *rule)
{
	rule->seen++;
	if (rule->nth && rule->seen != rule->nth)
		return false;
	if (rule->seen <= rule->after)
		return false;
	if (rule->first && rule->hits >= rule->first)
		return false;
	if (rule->chance && get_random_u32() % 100 >= rule->chance)
		return false;
	rule->hits++;
	return true;
}

/* Any context. The status to answer instead, or 0. */
static int xgh_faults_pick(enum xgh_fault_kind kind)
{
	struct xgh_fault_rule *rule = &xgh_fault_rules[kind];
	unsigned long flags;
	int status = 0;

	if (!READ_ONCE(rule->status))
		return 0;
	spin_lock_irqsave(&xgh_fault_lock, flags);
	if (rule->status && xgh_faults_applies(rule))
		status = rule->status;
	spin_unlock_irqrestore(&xgh_fault_lock, flags);
	return status;
}

static enum xgh_fault_kind xgh_faults_copy_kind(const struct gnttab_copy *op)
{
	bool between = op->flags & GNTCOPY_source_gref &&
		       op->flags & GNTCOPY_dest_gref;

	return between ? XGH_FAULT_BETWEEN : XGH_FAULT_COPY;
}

/**
 * xgh_faults_copies() - let copies have failed
 * @ops: after the hypercall
 * @nr: their number
 *
 * Context: Any.
 */
void xgh_faults_copies(struct gnttab_copy *ops, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		int status = xgh_faults_pick(xgh_faults_copy_kind(&ops[i]));

		if (status)
			ops[i].status = status;
	}
}

/* The map that has succeeded is undone. */
static void xgh_faults_undo_map(struct gnttab_map_grant_ref *op,
				struct page *page, s16 status)
{
	struct gnttab_unmap_grant_ref undo;

	if (op->status == GNTST_okay) {
		/* Not @host_addr: that may be a physical one. */
		gnttab_set_unmap_op(&undo, (unsigned long)page_address(page),
				    GNTMAP_host_map, op->handle);
		gnttab_unmap_refs(&undo, NULL, &page, 1);
	}
	op->status = status;
}

/**
 * xgh_faults_maps() - let maps have failed
 * @ops: after the hypercall
 * @pages: the page of each
 * @nr: their number
 *
 * Context: Process.
 */
void xgh_faults_maps(struct gnttab_map_grant_ref *ops, struct page **pages,
		     unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		int status = xgh_faults_pick(XGH_FAULT_MAP);

		if (status)
			xgh_faults_undo_map(&ops[i], pages[i], status);
	}
}

/**
 * xgh_faults_unmaps() - let unmaps have failed
 * @ops: after the hypercall
 * @nr: their number
 *
 * Context: Any.
 */
void xgh_faults_unmaps(struct gnttab_unmap_grant_ref *ops, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		ops[i].status = xgh_faults_pick(XGH_FAULT_UNMAP) ?:
				ops[i].status;
}

/**
 * xgh_faults_busy() - let a page look busy, or idle
 * @busy: what it is
 *
 * Context: Any.
 * Return: what it shall look like.
 */
bool xgh_faults_busy(bool busy)
{
	if (busy)
		return !xgh_faults_pick(XGH_FAULT_IDLE);
	return xgh_faults_pick(XGH_FAULT_BUSY);
}
EXPORT_SYMBOL_GPL(xgh_faults_busy);

/**
 * xgh_faults_read() - let a node of xenstore be unreadable
 *
 * Context: Any.
 * Return: the negative errno to fail with, or 0.
 */
int xgh_faults_read(void)
{
	return xgh_faults_pick(XGH_FAULT_READ);
}

/**
 * xgh_faults_start() - let no transaction be started
 *
 * Context: Any.
 * Return: the negative errno to fail with, or 0.
 */
int xgh_faults_start(void)
{
	return xgh_faults_pick(XGH_FAULT_START);
}

static int xgh_faults_parse_kind(const char *word)
{
	return match_string(xgh_fault_names, XGH_FAULT_KINDS, word);
}

static int xgh_faults_parse_word(struct xgh_fault_rule *rule, const char *word)
{
	if (sscanf(word, "nth=%u", &rule->nth) == 1 ||
	    sscanf(word, "after=%u", &rule->after) == 1 ||
	    sscanf(word, "chance=%u", &rule->chance) == 1 ||
	    sscanf(word, "first=%u", &rule->first) == 1)
		return 0;
	return -EINVAL;
}

static int xgh_faults_parse(char *text)
{
	struct xgh_fault_rule rule = {};
	char *word = strsep(&text, " ");
	int kind = xgh_faults_parse_kind(word);

	word = strsep(&text, " ");
	if (kind < 0 || !word || kstrtoint(word, 0, &rule.status))
		return -EINVAL;
	while ((word = strsep(&text, " ")))
		if (xgh_faults_parse_word(&rule, word))
			return -EINVAL;

	spin_lock_irq(&xgh_fault_lock);
	xgh_fault_rules[kind] = rule;
	spin_unlock_irq(&xgh_fault_lock);
	return 0;
}

static ssize_t xgh_faults_write(struct file *file, const char __user *from,
				size_t len, loff_t *pos)
{
	char text[80];
	int err;

	if (len >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, len))
		return -EFAULT;
	text[len] = '\0';
	err = xgh_faults_parse(strim(text));
	return err ?: len;
}

static int xgh_faults_show(struct seq_file *file, void *unused)
{
	unsigned int i;

	seq_puts(file, "kind status seen hits\n");
	for (i = 0; i < XGH_FAULT_KINDS; i++)
		seq_printf(file, "%s %d %u %u\n", xgh_fault_names[i],
			   xgh_fault_rules[i].status, xgh_fault_rules[i].seen,
			   xgh_fault_rules[i].hits);
	return 0;
}

static int xgh_faults_open(struct inode *inode, struct file *file)
{
	return single_open(file, xgh_faults_show, NULL);
}

static const struct file_operations xgh_faults_fops = {
	.owner = THIS_MODULE,
	.open = xgh_faults_open,
	.read = seq_read,
	.write = xgh_faults_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/**
 * xgh_faults_init() - create the file
 * @dir: where
 *
 * Context: Process; module init.
 */
void xgh_faults_init(struct dentry *dir)
{
	pr_warn("xen-gnttab-helpers: a test build that injects faults\n");
	debugfs_create_file("faults", 0600, dir, NULL, &xgh_faults_fops);
}
