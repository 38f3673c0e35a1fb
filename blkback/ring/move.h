/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grant operations that move the data of a request between the guest's
 * frames and its own pages. They are collected in the queue's batches; whoever
 * flushes a batch then asks each request for the result of its try.
 */
#ifndef XBB_MOVE_H
#define XBB_MOVE_H

#include <linux/types.h>

struct xbb_req;

void xbb_move_add_maps(struct xbb_req *req);
void xbb_move_keep_maps(struct xbb_req *req);
void xbb_move_add_unmaps(struct xbb_req *req);
bool xbb_move_is_busy(const struct xbb_req *req);
void xbb_move_add_copies(struct xbb_req *req, bool to_guest);
int xbb_move_result(const struct xbb_req *req);

#endif /* XBB_MOVE_H */
