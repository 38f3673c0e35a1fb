/* SPDX-License-Identifier: GPL-2.0 */
/* Requests on their way to the disk. */
#ifndef XBB_SUBMIT_H
#define XBB_SUBMIT_H

struct blk_plug;
struct xbb_req;

void xbb_submit_plug(struct blk_plug *plug, unsigned int nr_ios);
void xbb_submit(struct xbb_req *req);

#endif /* XBB_SUBMIT_H */
