/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests on their way to the disk. For the queue's thread, which has put the
 * data of a request in place and may sleep for the disk; discards go by way of
 * discard.h. What was submitted is the disk's, and comes back through
 * xbb_req_done(), perhaps before the call has returned; a discard comes back
 * after each of its pieces. Whoever submits several does so under one plug, and
 * ends that.
 */
#ifndef XBB_SUBMIT_H
#define XBB_SUBMIT_H

struct blk_plug;
struct xbb_req;

void xbb_submit_plug(struct blk_plug *plug, unsigned int nr_ios);
void xbb_submit(struct xbb_req *req);

#endif /* XBB_SUBMIT_H */
