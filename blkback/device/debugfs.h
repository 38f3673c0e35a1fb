/* SPDX-License-Identifier: GPL-2.0 */
/* What developers look at: counters by queue, and histograms. */
#ifndef XBB_DEBUGFS_H
#define XBB_DEBUGFS_H

struct xbb_vbd;

void xbb_debugfs_init(void);
void xbb_debugfs_exit(void);
void xbb_debugfs_add(struct xbb_vbd *vbd);
void xbb_debugfs_remove(struct xbb_vbd *vbd);

#endif /* XBB_DEBUGFS_H */
