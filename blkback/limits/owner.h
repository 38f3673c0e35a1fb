/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whom a disk's I/O is for, as the block layer sees it: the cgroup that it is
 * charged to, and its priority. Whoever submits it has taken the cgroup on
 * before, so that bios need not be told: a thread of ours does nothing else.
 */
#ifndef XBB_OWNER_H
#define XBB_OWNER_H

#include <linux/compiler.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct cgroup_subsys_state;

/**
 * struct xbb_charged - what a thread has taken on
 */
struct xbb_charged {
	/** @css: the cgroup's block controller, or NULL */
	struct cgroup_subsys_state *css;
	/** @ioprio: the priority of the thread's own I/O, 0 for none */
	u16 ioprio;
};

/**
 * struct xbb_owner - the cgroup and the priority of a disk
 */
struct xbb_owner {
	/** @ioprio: of its bios, 0 for none; may change at any time */
	u16 ioprio;
	/** @lock: guards the reference that @css is */
	spinlock_t lock;
	/**
	 * @css: the cgroup's block controller, or NULL for the root's; compared
	 * without the lock
	 */
	struct cgroup_subsys_state *css;
};

void xbb_owner_init(struct xbb_owner *owner);
void xbb_owner_release(struct xbb_owner *owner);
int xbb_owner_set_cgroup(struct xbb_owner *owner, const char *path);
int xbb_owner_print_cgroup(const struct xbb_owner *owner, char *buf,
			   size_t size);
void xbb_owner_assume(struct xbb_owner *owner, struct xbb_charged *mine);
void xbb_owner_shed(struct xbb_charged *mine);

/**
 * xbb_owner_is() - has this thread taken on both as they are now?
 * @owner: of the disk
 * @mine: what the thread has taken on
 *
 * Context: The thread that submits the disk's I/O.
 * Return: false if xbb_owner_assume() is due.
 */
static inline bool xbb_owner_is(const struct xbb_owner *owner,
				const struct xbb_charged *mine)
{
	return READ_ONCE(owner->css) == mine->css &&
	       READ_ONCE(owner->ioprio) == mine->ioprio;
}

#endif /* XBB_OWNER_H */
