// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the reference to the cgroup that a disk's I/O is charged to. A cgroup
 * that is removed meanwhile, or loses its controller, goes when the last
 * reference does; until then the block layer charges its nearest ancestor.
 */
#include "owner.h"

#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/ioprio.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/string.h>

/**
 * xbb_owner_init() - begin without cgroup and priority
 * @owner: all zero
 *
 * Context: Any.
 */
void xbb_owner_init(struct xbb_owner *owner)
{
	spin_lock_init(&owner->lock);
}

#ifdef CONFIG_BLK_CGROUP

/* What is charged to a cgroup without the controller goes to an ancestor. */
static struct cgroup_subsys_state *xbb_owner_find(const char *path)
{
	struct cgroup *cgroup = cgroup_get_from_path(path);
	struct cgroup_subsys_state *css;

	if (IS_ERR(cgroup))
		return ERR_CAST(cgroup);
	css = cgroup_get_e_css(cgroup, &io_cgrp_subsys);
	if (css->cgroup != cgroup) {
		css_put(css);
		css = ERR_PTR(-ENODEV);
	}
	cgroup_put(cgroup);
	return css;
}

static int xbb_owner_print_path(const struct cgroup_subsys_state *css,
				char *buf, size_t size)
{
	int len = cgroup_path_ns(css->cgroup, buf, size,
				 current->nsproxy->cgroup_ns);

	if (len < 0 || len >= size)
		return -ENAMETOOLONG;
	if (!(READ_ONCE(css->flags) & CSS_ONLINE))
		len += scnprintf(buf + len, size - len, " (offline)");
	return len;
}

#else

static struct cgroup_subsys_state *xbb_owner_find(const char *path)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static int xbb_owner_print_path(const struct cgroup_subsys_state *css,
				char *buf, size_t size)
{
	return -EOPNOTSUPP;
}

#endif

/* A thread that has taken on the old one has a reference of its own. */
static void xbb_owner_replace(struct xbb_owner *owner,
			      struct cgroup_subsys_state *css)
{
	struct cgroup_subsys_state *old;

	spin_lock(&owner->lock);
	old = owner->css;
	WRITE_ONCE(owner->css, css);
	spin_unlock(&owner->lock);
	if (old)
		css_put(old);
}

/**
 * xbb_owner_set_cgroup() - set what the disk's I/O is charged to
 * @owner: of the disk
 * @path: of a cgroup in the version 2 hierarchy, as the caller sees it,
 *	  beginning with a slash; or "none"
 *
 * Context: Process; calls for one owner are serialised. May sleep.
 * Return: 0, -EINVAL if that is no path, -ENOENT if there is no such cgroup,
 * -ENODEV if it has no io controller, -EOPNOTSUPP if the kernel has none, or
 * another negative errno.
 */
int xbb_owner_set_cgroup(struct xbb_owner *owner, const char *path)
{
	struct cgroup_subsys_state *css = NULL;

	if (strcmp(path, "none")) {
		if (!IS_ENABLED(CONFIG_BLK_CGROUP))
			return -EOPNOTSUPP;
		if (*path != '/')
			return -EINVAL;
		css = xbb_owner_find(path);
		if (IS_ERR(css))
			return PTR_ERR(css);
	}
	xbb_owner_replace(owner, css);
	return 0;
}

/**
 * xbb_owner_print_cgroup() - what the disk's I/O is charged to
 * @owner: of the disk
 * @buf: where the path goes, as the caller sees it, or "none"
 * @size: room there, in bytes
 *
 * Context: Process; serialised with xbb_owner_set_cgroup().
 * Return: how many bytes they are, or a negative errno as above.
 */
int xbb_owner_print_cgroup(const struct xbb_owner *owner, char *buf,
			   size_t size)
{
	if (!IS_ENABLED(CONFIG_BLK_CGROUP))
		return -EOPNOTSUPP;
	if (!owner->css)
		return scnprintf(buf, size, "none");
	return xbb_owner_print_path(owner->css, buf, size);
}

/**
 * xbb_owner_release() - end without one
 * @owner: of a disk that has no thread any more
 *
 * Context: Process.
 */
void xbb_owner_release(struct xbb_owner *owner)
{
	xbb_owner_replace(owner, NULL);
}

/* BFQ looks at the thread, mq-deadline at the bio. */
static void xbb_owner_set_prio(struct xbb_charged *mine, u16 ioprio)
{
	/* Without memory it is tried again in the next round. */
	if (mine->ioprio != ioprio && !set_task_ioprio(current, ioprio))
		mine->ioprio = ioprio;
}

/**
 * xbb_owner_assume() - have all that this thread submits charged to the cgroup
 * @owner: of the disk
 * @mine: what the thread has taken on, renewed
 *
 * Context: The kernel thread that submits the disk's I/O.
 */
void xbb_owner_assume(struct xbb_owner *owner, struct xbb_charged *mine)
{
	spin_lock(&owner->lock);
	mine->css = owner->css;
	/* Takes a reference for the thread, and drops that to the old one. */
	kthread_associate_blkcg(mine->css);
	spin_unlock(&owner->lock);
	xbb_owner_set_prio(mine, READ_ONCE(owner->ioprio));
}

/**
 * xbb_owner_shed() - the thread submits nothing any more
 * @mine: what it has taken on
 *
 * Context: The same thread; it must not end before.
 */
void xbb_owner_shed(struct xbb_charged *mine)
{
	xbb_owner_set_prio(mine, 0);
	if (!mine->css)
		return;
	mine->css = NULL;
	kthread_associate_blkcg(NULL);
}
