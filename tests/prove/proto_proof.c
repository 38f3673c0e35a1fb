// SPDX-License-Identifier: GPL-2.0
/*
 * blkback/ring/validate.[ch], layout.c: whatever bytes a guest writes, what
 * comes of them lies within the request, within its frames and within the disk.
 */
#include "prove.h"

#include "blkback/ring/layout.c"
#include "blkback/ring/validate.c"

static const struct xbb_layout *any_layout(void)
{
	return ANY_BOOL() ? &xbb_layout_64 : &xbb_layout_x86_32;
}

/* Where the fields are, from blkif.h: what comes behind 32 bits of padding. */
static unsigned int at(const struct xbb_layout *layout, unsigned int wide)
{
	return layout == &xbb_layout_64 ? wide : wide - 4;
}

static bool is_direct(u8 op)
{
	return op == BLKIF_OP_READ || op == BLKIF_OP_WRITE ||
	       op == BLKIF_OP_WRITE_BARRIER || op == BLKIF_OP_FLUSH_DISKCACHE;
}

static u64 field(const struct xbb_raw *raw, unsigned int at, unsigned int bytes)
{
	u64 value = 0;
	unsigned int i;

	for (i = 0; i < bytes; i++)
		value |= (u64)raw->bytes[at + i] << (8 * i);
	return value;
}

static void prove_segs(const struct xbb_layout *layout,
		       const struct xbb_raw *raw, const struct xbb_cmd *cmd)
{
	const u8 *segs = (const u8 *)cmd->segs;
	unsigned int bytes = cmd->nr_segs * sizeof(*cmd->segs);

	if (cmd->indirect) {
		PROVE(cmd->nr_segs >= 1 && cmd->nr_segs <= XBB_INDIRECT_SEGS);
		PROVE(bytes <= XEN_PAGE_SIZE);
		PROVE(cmd->op == BLKIF_OP_READ || cmd->op == BLKIF_OP_WRITE);
		PROVE(cmd->indirect_gref ==
		      field(raw, at(layout, 28), 4));
		return;
	}
	PROVE(cmd->nr_segs <= XBB_DIRECT_SEGS);
	PROVE(segs == raw->bytes + at(layout, 24));
	PROVE(at(layout, 24) + bytes <= layout->request);
	PROVE(layout->request <= sizeof(raw->bytes));
}

void proof_decode(void)
{
	const struct xbb_layout *layout = any_layout();
	struct xbb_raw raw = ANY(struct xbb_raw);
	struct xbb_cmd cmd = ANY(struct xbb_cmd);
	int err = xbb_validate_request(layout, &raw, &cmd);

	PROVE(err == 0 || err == -EINVAL || err == -EOPNOTSUPP);
	PROVE(cmd.id == field(&raw, at(layout, 8), 8));
	PROVE(cmd.indirect == (raw.bytes[0] == BLKIF_OP_INDIRECT));
	PROVE(cmd.op == raw.bytes[cmd.indirect]);
	if (err)
		return;

	PROVE(cmd.sector == field(&raw, at(layout, 16), 8));
	PROVE(is_direct(cmd.op) || cmd.op == BLKIF_OP_DISCARD);
	if (cmd.op == BLKIF_OP_READ || cmd.op == BLKIF_OP_WRITE)
		PROVE(cmd.nr_segs);
	if (cmd.op == BLKIF_OP_DISCARD) {
		PROVE(!cmd.nr_segs);
		PROVE(cmd.nr_sectors == field(&raw, at(layout, 24), 8));
	} else {
		PROVE(!cmd.nr_sectors && !cmd.secure);
	}
	prove_segs(layout, &raw, &cmd);
}

/* Each segment lies in its frame, and none that does is refused. */
void proof_segment(void)
{
	struct blkif_request_segment seg = ANY(struct blkif_request_segment);
	struct xbb_extent extent = ANY(struct xbb_extent);
	int sectors = xbb_validate_seg(&seg, &extent);

	PROVE((sectors > 0) == (seg.first_sect <= seg.last_sect &&
				seg.last_sect < XEN_PAGE_SIZE / 512));
	if (sectors <= 0) {
		PROVE(sectors == -EINVAL);
		return;
	}
	PROVE(extent.gref == seg.gref);
	PROVE(extent.first == seg.first_sect);
	PROVE(extent.count == sectors);
	PROVE((extent.first + extent.count) * 512u <= XEN_PAGE_SIZE);
}

static struct xbb_limits any_limits(void)
{
	struct xbb_limits limits = ANY(struct xbb_limits);

	ASSUME(is_power_of_2(limits.block_sectors));
	return limits;
}

/* Whether it is so, without a sum that could wrap. */
static bool is_on_disk(const struct xbb_limits *limits, u64 sector, u64 nr)
{
	return (__uint128_t)sector + nr <= limits->capacity;
}

void proof_range(void)
{
	struct xbb_limits limits = any_limits();
	u64 sector = ANY(u64), nr = ANY(u64);
	u8 op = ANY(u8);
	int err = xbb_validate_range(&limits, op, sector, nr);
	bool aligned = !(sector % limits.block_sectors) &&
		       !(nr % limits.block_sectors);

	PROVE(err == 0 || err == -EROFS || err == -ERANGE || err == -EINVAL);
	if (!nr) {
		PROVE(!err);
		return;
	}
	PROVE(!err == (is_on_disk(&limits, sector, nr) && aligned &&
		       (op == BLKIF_OP_READ || !limits.readonly)));
}

void proof_discard(void)
{
	struct xbb_limits limits = any_limits();
	struct xbb_cmd cmd = ANY(struct xbb_cmd);

	ASSUME(cmd.op == BLKIF_OP_DISCARD);
	if (xbb_validate_discard(&limits, &cmd))
		return;
	PROVE(cmd.nr_sectors);
	PROVE(is_on_disk(&limits, cmd.sector, cmd.nr_sectors));
	PROVE(!limits.readonly);
	PROVE(cmd.secure ? limits.secure_erase : limits.discard);
}

/* Nothing of what was in our memory before goes to the guest. */
void proof_encode(void)
{
	struct response {
		u8 bytes[XBB_RESPONSE_BYTES];
	} one = ANY(struct response), two = ANY(struct response);
	const struct xbb_layout *layout = any_layout();
	u64 id = ANY(u64);
	u8 op = ANY(u8);
	int err = ANY(int);
	size_t bytes = xbb_layout_encode(layout, id, op, err, one.bytes);
	unsigned int i = ANY(unsigned int);
	s16 status;

	xbb_layout_encode(layout, id, op, err, two.bytes);
	PROVE(bytes == layout->response && bytes <= sizeof(one.bytes));
	ASSUME(i < sizeof(one.bytes));
	PROVE(one.bytes[i] == two.bytes[i]);

	PROVE(*(u64 *)one.bytes == id);
	PROVE(one.bytes[8] == op);
	status = (s16)(one.bytes[10] | one.bytes[11] << 8);
	PROVE((status == BLKIF_RSP_OKAY) == !err);
}
