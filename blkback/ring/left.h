/* SPDX-License-Identifier: GPL-2.0 */
/* Requests whose end a queue has not waited for when it left its seat. */
#ifndef XBB_LEFT_H
#define XBB_LEFT_H

#include "gnttab-helpers/pool.h"

struct xbb_queue;
struct xbb_share;

void xbb_left_note(struct xbb_queue *queue);
unsigned int xbb_left_held(const struct xbb_share *share,
			   enum xgh_pool_kind kind);

#endif /* XBB_LEFT_H */
