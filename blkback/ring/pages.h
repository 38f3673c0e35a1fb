/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pages of a request: those that its grants are mapped to, or ordinary ones
 * that its data is copied to.
 */
#ifndef XBB_PAGES_H
#define XBB_PAGES_H

struct xbb_req;

int xbb_pages_get(struct xbb_req *req);
void xbb_pages_put(struct xbb_req *req);

#endif /* XBB_PAGES_H */
