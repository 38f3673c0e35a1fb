/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The formats of the blkif protocol: where the fields of a request lie, and
 * responses into bytes. Source of all facts: xen/interface/io/blkif.h.
 */
#ifndef XBB_LAYOUT_H
#define XBB_LAYOUT_H

#include <linux/types.h>

#include <xen/interface/grant_table.h>
#include <xen/interface/io/blkif.h>

#define XBB_REQUEST_BYTES	112u
#define XBB_RESPONSE_BYTES	16u

/* Fields that every layout has in the same place. */
#define XBB_AT_OP		0
#define XBB_AT_NR_SEGS		1
#define XBB_AT_DISCARD_FLAG	1
#define XBB_AT_INDIRECT_OP	1
#define XBB_AT_INDIRECT_SEGS	2

/**
 * struct xbb_layout - where the fields of a frontend's format are, in bytes
 */
struct xbb_layout {
	/** @name: value of the frontend's "protocol" node */
	const char *name;
	/** @request: size of a request, and of a slot of the ring */
	u8 request;
	/** @response: size of a response */
	u8 response;
	/** @id: u64 in request of every kind */
	u8 id;
	/** @sector: u64 in request of every kind */
	u8 sector;
	/** @segs: segments of a direct request, u64 length of a discard */
	u8 segs;
	/** @indirect_gref: first gref in an indirect request */
	u8 indirect_gref;
	/** @rsp_op: u8 in a response, behind the id at 0 */
	u8 rsp_op;
	/** @rsp_status: s16 in a response */
	u8 rsp_status;
};

/**
 * struct xbb_raw - private copy of a request as the frontend wrote it
 */
struct xbb_raw {
	/** @bytes: a request of any layout */
	u8 bytes[XBB_REQUEST_BYTES] __aligned(8);
};

const struct xbb_layout *xbb_layout_find(const char *protocol);
size_t xbb_layout_encode(const struct xbb_layout *layout, u64 id, u8 op,
			 int error, u8 response[XBB_RESPONSE_BYTES]);

#endif /* XBB_LAYOUT_H */
