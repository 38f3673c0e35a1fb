/* SPDX-License-Identifier: GPL-2.0 */
/* The view of all domains in debugfs. */
#ifndef XGH_DEBUGFS_H
#define XGH_DEBUGFS_H

void xgh_debugfs_init(void);
void xgh_debugfs_exit(void);

#endif /* XGH_DEBUGFS_H */
