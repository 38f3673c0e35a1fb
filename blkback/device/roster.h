/* SPDX-License-Identifier: GPL-2.0 */
/* The list of all vbds, and what they have to know of each other. */
#ifndef XBB_ROSTER_H
#define XBB_ROSTER_H

#include <linux/types.h>

struct xbb_vbd;

void xbb_roster_add(struct xbb_vbd *vbd);
void xbb_roster_withdraw(struct xbb_vbd *vbd);
void xbb_roster_remove(struct xbb_vbd *vbd);
bool xbb_roster_has_predecessor(const struct xbb_vbd *vbd);
void xbb_roster_begin_io(struct xbb_vbd *vbd, u64 diskseq);
void xbb_roster_disown_io(struct xbb_vbd *vbd);
void xbb_roster_own_io(struct xbb_vbd *vbd, unsigned int disowned);
void xbb_roster_end_io(struct xbb_vbd *vbd);
bool xbb_roster_must_wait(struct xbb_vbd *vbd, u64 diskseq);
void xbb_roster_exit(void);

#endif /* XBB_ROSTER_H */
