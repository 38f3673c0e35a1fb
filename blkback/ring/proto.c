// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the formats of blkif requests and responses, and what makes a request
 * acceptable. Pure: every byte that it reads is a private copy of what the
 * frontend wrote (XSA-155).
 */
#include "proto.h"
#include "xbb_internal.h"

/* Fields that every layout has in the same place. */
#define XBB_AT_OP		0
#define XBB_AT_NR_SEGS		1
#define XBB_AT_DISCARD_FLAG	1
#define XBB_AT_INDIRECT_OP	1
#define XBB_AT_INDIRECT_SEGS	2

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
 * xbb_proto_find_layout() - the format that a frontend says it uses
 * @protocol: value of its "protocol" node; empty if there is none
 *
 * Frontends older than the node are 32-bit ones on x86.
 *
 * Context: Any.
 * Return: the layout, or NULL for a name that nobody knows.
 */
const struct xbb_layout *xbb_proto_find_layout(const char *protocol)
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

/* Of constant length, so that it is a load and a store. */
#define xbb_get(raw, offset, _field) \
	memcpy(_field, (raw)->bytes + (offset), sizeof(*(_field)))

static int xbb_proto_decode_direct(const struct xbb_raw *raw,
				   struct xbb_cmd *cmd)
{
	cmd->nr_segs = raw->bytes[XBB_AT_NR_SEGS];
	if (cmd->nr_segs > XBB_DIRECT_SEGS)
		return -EINVAL;
	if (!cmd->nr_segs && (cmd->op == BLKIF_OP_READ ||
			      cmd->op == BLKIF_OP_WRITE))
		return -EINVAL;

	return 0;
}

static int xbb_proto_decode_indirect(const struct xbb_layout *layout,
				     const struct xbb_raw *raw,
				     struct xbb_cmd *cmd)
{
	cmd->indirect = true;
	cmd->op = raw->bytes[XBB_AT_INDIRECT_OP];
	xbb_get(raw, XBB_AT_INDIRECT_SEGS, &cmd->nr_segs);
	xbb_get(raw, layout->indirect_gref, &cmd->indirect_gref);

	if (cmd->op != BLKIF_OP_READ && cmd->op != BLKIF_OP_WRITE)
		return -EINVAL;
	if (!cmd->nr_segs || cmd->nr_segs > XBB_INDIRECT_SEGS)
		return -EINVAL;
	return 0;
}

static int xbb_proto_decode_discard(const struct xbb_layout *layout,
				    const struct xbb_raw *raw,
				    struct xbb_cmd *cmd)
{
	cmd->secure = raw->bytes[XBB_AT_DISCARD_FLAG] & BLKIF_DISCARD_SECURE;
	xbb_get(raw, layout->segs, &cmd->nr_sectors);
	return 0;
}

/**
 * xbb_proto_decode() - understand a request
 * @layout: the frontend's format
 * @raw: private copy of the request; stays as long as @cmd is used
 * @cmd: the outcome; id and op are set whatever is returned, so that an
 *	 unacceptable request can be answered
 *
 * Context: Any.
 * Return: 0, -EOPNOTSUPP for an operation that we do not serve, -EINVAL for
 * a number of segments that the operation cannot have.
 */
int xbb_proto_decode(const struct xbb_layout *layout, const struct xbb_raw *raw,
		     struct xbb_cmd *cmd)
{
	cmd->op = raw->bytes[XBB_AT_OP];
	cmd->indirect = false;
	cmd->nr_segs = 0;
	cmd->indirect_gref = 0;
	cmd->secure = false;
	cmd->nr_sectors = 0;
	cmd->segs = (const void *)(raw->bytes + layout->segs);
	xbb_get(raw, layout->id, &cmd->id);
	xbb_get(raw, layout->sector, &cmd->sector);

	switch (cmd->op) {
	case BLKIF_OP_READ:
	case BLKIF_OP_WRITE:
	case BLKIF_OP_WRITE_BARRIER:
	case BLKIF_OP_FLUSH_DISKCACHE:
		return xbb_proto_decode_direct(raw, cmd);
	case BLKIF_OP_DISCARD:
		return xbb_proto_decode_discard(layout, raw, cmd);
	case BLKIF_OP_INDIRECT:
		return xbb_proto_decode_indirect(layout, raw, cmd);
	default:
		return -EOPNOTSUPP;
	}
}

/**
 * xbb_proto_check_range() - may this request go to this disk?
 * @limits: what the disk allows
 * @op: BLKIF_OP_READ, _WRITE, _WRITE_BARRIER, _FLUSH_DISKCACHE or _DISCARD
 * @sector: first sector, in units of 512 bytes
 * @nr_sectors: length, in units of 512 bytes; 0 for a flush without data
 *
 * Context: Any.
 * Return: 0, -EROFS for a change of a read-only disk, -ERANGE beyond the
 * end, -EINVAL if not aligned to the disk's logical blocks.
 */
int xbb_proto_check_range(const struct xbb_limits *limits, u8 op, u64 sector,
			  u64 nr_sectors)
{
	u64 capacity = READ_ONCE(limits->capacity);

	if (!nr_sectors)
		return 0;
	if (READ_ONCE(limits->readonly) && op != BLKIF_OP_READ)
		return -EROFS;
	if (nr_sectors > capacity || sector > capacity - nr_sectors)
		return -ERANGE;
	if ((sector | nr_sectors) & (limits->block_sectors - 1))
		return -EINVAL;
	return 0;
}

/**
 * xbb_proto_check_discard() - may this discard go to this disk?
 * @limits: what the disk allows
 * @cmd: the discard
 *
 * Context: Any.
 * Return: 0, -EOPNOTSUPP if the disk cannot do it, -EINVAL for one without
 * length, or as xbb_proto_check_range().
 */
int xbb_proto_check_discard(const struct xbb_limits *limits,
			    const struct xbb_cmd *cmd)
{
	if (!(cmd->secure ? limits->secure_erase : limits->discard))
		return -EOPNOTSUPP;
	if (!cmd->nr_sectors)
		return -EINVAL;
	return xbb_proto_check_range(limits, cmd->op, cmd->sector,
				     cmd->nr_sectors);
}

static s16 xbb_proto_status(int error)
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
 * xbb_proto_encode() - write a response
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
size_t xbb_proto_encode(const struct xbb_layout *layout, u64 id, u8 op,
			int error, u8 response[XBB_RESPONSE_BYTES])
{
	s16 status = xbb_proto_status(error);

	memset(response, 0, XBB_RESPONSE_BYTES);
	memcpy(response, &id, sizeof(id));
	response[layout->rsp_op] = op;
	memcpy(response + layout->rsp_status, &status, sizeof(status));
	return layout->response;
}
