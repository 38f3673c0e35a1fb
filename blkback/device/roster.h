/* SPDX-License-Identifier: GPL-2.0 */
/* The list of all vbds. */
#ifndef XBB_ROSTER_H
#define XBB_ROSTER_H

#include <linux/types.h>

struct xbb_vbd;

void xbb_roster_add(struct xbb_vbd *vbd);
void xbb_roster_withdraw(struct xbb_vbd *vbd);
void xbb_roster_remove(struct xbb_vbd *vbd);
bool xbb_roster_has_predecessor(const struct xbb_vbd *vbd);
void xbb_roster_exit(void);

#endif /* XBB_ROSTER_H */
