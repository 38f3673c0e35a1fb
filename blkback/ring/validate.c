// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what makes a request acceptable. Pure: every byte that it reads is a
 * private copy of what the frontend wrote (XSA-155).
 */
#include "validate.h"
#include "xbb_internal.h"

/* Of constant length, so that it is a load and a store. */
#define xbb_get(raw, offset, _field) \
	memcpy(_field, (raw)->bytes + (offset), sizeof(*(_field)))

static int xbb_validate_direct(const struct xbb_raw *raw, struct xbb_cmd *cmd)
{
	cmd->nr_segs = raw->bytes[XBB_AT_NR_SEGS];
	if (cmd->nr_segs > XBB_DIRECT_SEGS)
		return -EINVAL;
	if (!cmd->nr_segs && (cmd->op == BLKIF_OP_READ ||
			      cmd->op == BLKIF_OP_WRITE))
		return -EINVAL;

	return 0;
}

static int xbb_validate_indirect(const struct xbb_layout *layout,
				 const struct xbb_raw *raw, struct xbb_cmd *cmd)
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

static int xbb_validate_take_discard(const struct xbb_layout *layout,
				     const struct xbb_raw *raw,
				     struct xbb_cmd *cmd)
{
	cmd->secure = raw->bytes[XBB_AT_DISCARD_FLAG] & BLKIF_DISCARD_SECURE;
	xbb_get(raw, layout->segs, &cmd->nr_sectors);
	return 0;
}

/**
 * xbb_validate_request() - understand a request, and check what is in it
 * @layout: the frontend's format
 * @raw: private copy of the request; stays as long as @cmd is used
 * @cmd: the outcome; id and op are set whatever is returned, so that an
 *	 unacceptable request can be answered
 *
 * Context: Any.
 * Return: 0, -EOPNOTSUPP for an operation that we do not serve, -EINVAL for
 * a number of segments that the operation cannot have.
 */
int xbb_validate_request(const struct xbb_layout *layout,
			 const struct xbb_raw *raw, struct xbb_cmd *cmd)
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
		return xbb_validate_direct(raw, cmd);
	case BLKIF_OP_DISCARD:
		return xbb_validate_take_discard(layout, raw, cmd);
	case BLKIF_OP_INDIRECT:
		return xbb_validate_indirect(layout, raw, cmd);
	default:
		return -EOPNOTSUPP;
	}
}

/**
 * xbb_validate_range() - may this request go to this disk?
 * @limits: what the disk allows
 * @op: BLKIF_OP_READ, _WRITE, _WRITE_BARRIER, _FLUSH_DISKCACHE or _DISCARD
 * @sector: first sector, in units of 512 bytes
 * @nr_sectors: length, in units of 512 bytes; 0 for a flush without data
 *
 * Context: Any.
 * Return: 0, -EROFS for a change of a read-only disk, -ERANGE beyond the
 * end, -EINVAL if not aligned to the disk's logical blocks.
 */
int xbb_validate_range(const struct xbb_limits *limits, u8 op, u64 sector,
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
 * xbb_validate_discard() - may this discard go to this disk?
 * @limits: what the disk allows
 * @cmd: the discard
 *
 * Context: Any.
 * Return: 0, -EOPNOTSUPP if the disk cannot do it, -EINVAL for one without
 * length, or as xbb_validate_range().
 */
int xbb_validate_discard(const struct xbb_limits *limits,
			 const struct xbb_cmd *cmd)
{
	if (!(cmd->secure ? limits->secure_erase : limits->discard))
		return -EOPNOTSUPP;
	if (!cmd->nr_sectors)
		return -EINVAL;
	return xbb_validate_range(limits, cmd->op, cmd->sector,
				  cmd->nr_sectors);
}
