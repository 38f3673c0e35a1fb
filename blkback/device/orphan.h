/* SPDX-License-Identifier: GPL-2.0 */
/* What becomes of a guest's rings when its disk was taken away by force. */
#ifndef XBB_ORPHAN_H
#define XBB_ORPHAN_H

#include <linux/types.h>

struct xbb_vbd;

void xbb_orphan_begin(struct xbb_vbd *vbd);
bool xbb_orphan_is_over(const struct xbb_vbd *vbd);

#endif /* XBB_ORPHAN_H */
