/* SPDX-License-Identifier: GPL-2.0 */
/* What a grant operation's status means to the rest of the kernel. */
#ifndef XGH_STATUS_H
#define XGH_STATUS_H

#include <linux/types.h>

/*
 * An operation on a frame that is paged out answers GNTST_eagain. It is tried
 * again after 1, 2, 3 … ms, all in all XGH_EAGAIN_TRIES times over 33 s.
 */
#define XGH_EAGAIN_TRIES	256

int xgh_status_to_errno(s16 status);

#endif /* XGH_STATUS_H */
