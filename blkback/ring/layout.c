// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the formats that frontends write requests in and want responses in.
 * Pure.
 */
#include "layout.h"
#include "xbb_internal.h"

static const struct xbb_layout xbb_layout_64 = {
	.name = XEN_IO_PROTO_ABI_X86_64,
	.request = 112,
	.response = 16,
	.id = 8,
	.sector = 16,
	.segs = 24,
	.indirect_gref = 28,
	.rsp_op = 8,
	.rsp_status = 10,
};

/* 64-bit fields are aligned to 4 bytes only. */
static const struct xbb_layout xbb_layout_x86_32 = {
	.name = XEN_IO_PROTO_ABI_X86_32,
	.request = 108,
	.response = 12,
	.id = 4,
	.sector = 12,
	.segs = 20,
	.indirect_gref = 24,
	.rsp_op = 8,
	.rsp_status = 10,
};

/* The kernel's own structures have the 64-bit layout. */
static_assert(sizeof(struct blkif_request) == 112);
static_assert(sizeof(struct blkif_response) == 16);
static_assert(offsetof(struct blkif_request, u.rw.id) == 8);
static_assert(offsetof(struct blkif_request, u.rw.sector_number) == 16);
static_assert(offsetof(struct blkif_request, u.rw.seg) == 24);
static_assert(offsetof(struct blkif_request, u.rw.nr_segments) ==
	      XBB_AT_NR_SEGS);
static_assert(offsetof(struct blkif_request, u.discard.flag) ==
	      XBB_AT_DISCARD_FLAG);
static_assert(offsetof(struct blkif_request, u.discard.id) == 8);
static_assert(offsetof(struct blkif_request, u.discard.sector_number) == 16);
static_assert(offsetof(struct blkif_request, u.discard.nr_sectors) == 24);
static_assert(offsetof(struct blkif_request, u.indirect.indirect_op) ==
	      XBB_AT_INDIRECT_OP);
static_assert(offsetof(struct blkif_request, u.indirect.nr_segments) ==
	      XBB_AT_INDIRECT_SEGS);
static_assert(offsetof(struct blkif_request, u.indirect.id) == 8);
static_assert(offsetof(struct blkif_request, u.indirect.sector_number) == 16);
static_assert(offsetof(struct blkif_request, u.indirect.indirect_grefs) == 28);
static_assert(offsetof(struct blkif_response, operation) == 8);
static_assert(offsetof(struct blkif_response, status) == 10);

/**
 * xbb_layout_find() - the format that a frontend says it uses
 * @protocol: value of its "protocol" node; empty if there is none
 *
 * Frontends older than the node are 32-bit ones on x86.
 *
 * Context: Any.
 * Return: the layout, or NULL for a name that nobody knows.
 */
const struct xbb_layout *xbb_layout_find(const char *protocol)
{
	if (!*protocol)
		return IS_ENABLED(CONFIG_X86) ? &xbb_layout_x86_32 :
						&xbb_layout_64;
	if (!strcmp(protocol, xbb_layout_x86_32.name))
		return &xbb_layout_x86_32;
	if (!strcmp(protocol, xbb_layout_64.name) ||
	    !strcmp(protocol, XEN_IO_PROTO_ABI_NATIVE))
		return &xbb_layout_64;
	return NULL;
}

static s16 xbb_layout_status(int error)
{
	switch (error) {
	case 0:
		return BLKIF_RSP_OKAY;
	case -EOPNOTSUPP:
		return BLKIF_RSP_EOPNOTSUPP;
	default:
		return BLKIF_RSP_ERROR;
	}
}

/**
 * xbb_layout_encode() - write a response
 * @layout: the frontend's format
 * @id: of the request
 * @op: of the request, for an indirect one the inner operation
 * @error: 0 or negative errno
 * @response: takes the response; every byte is written, also those between
 *	      the fields (XSA-216)
 *
 * Context: Any.
 * Return: the length of the response in bytes.
 */
size_t xbb_layout_encode(const struct xbb_layout *layout, u64 id, u8 op,
			 int error, u8 response[XBB_RESPONSE_BYTES])
{
	s16 status = xbb_layout_status(error);

	memset(response, 0, XBB_RESPONSE_BYTES);
	memcpy(response, &id, sizeof(id));
	response[layout->rsp_op] = op;
	memcpy(response + layout->rsp_status, &status, sizeof(status));
	return layout->response;
}
