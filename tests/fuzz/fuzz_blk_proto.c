// SPDX-License-Identifier: GPL-2.0
/*
 * blkback/ring/validate.c fed with requests that a guest could write, in all
 * layouts.
 *
 * An input, little-endian: capacity of the disk (8 bytes), log2 of its blocks
 * in sectors (1, modulo 4), whether it is read-only, can discard and can erase
 * securely (1, the lowest bits), an error for the response (2), length of a
 * further range (8), the request (112), and the segments of the indirect frame
 * (8 each). What is missing is zero.
 */
#include "fuzz.h"
#include "ring/validate.h"
#include "xbb_internal.h"

struct input {
	struct xbb_limits limits;
	u16 error;
	u64 nr_sectors;
	u8 request[XBB_REQUEST_BYTES];
	struct blkif_request_segment frame[XBB_INDIRECT_SEGS];
};

/* Both together, as the driver has them: segments of cmd lie in raw. */
struct decoded {
	struct xbb_raw raw;
	struct xbb_cmd cmd;
};

static void take_input(struct fuzz_input *in, struct input *input)
{
	u8 flags;

	input->limits.capacity = fuzz_u64(in);
	input->limits.block_sectors = 1u << (fuzz_u8(in) % 4);
	flags = fuzz_u8(in);
	input->limits.readonly = flags & 1;
	input->limits.discard = flags & 2;
	input->limits.secure_erase = flags & 4;
	input->error = fuzz_u16(in);
	input->nr_sectors = fuzz_u64(in);
	fuzz_take(in, input->request, sizeof(input->request));
	fuzz_take(in, input->frame, sizeof(input->frame));
}

static int decode_over(const struct xbb_layout *layout,
		       const struct input *input, u8 junk,
		       struct decoded *to)
{
	/* A shorter request leaves the rest as it was. */
	memset(to, junk, sizeof(*to));
	memcpy(to->raw.bytes, input->request, layout->request);
	return xbb_validate_request(layout, &to->raw, &to->cmd);
}

/* The outcome depends on the request alone, not on what was there before. */
static int decode(const struct xbb_layout *layout, const struct input *input,
		  struct decoded *to)
{
	const struct xbb_cmd *cmd = &to->cmd;
	const struct xbb_cmd *other;
	struct decoded again;
	int err = decode_over(layout, input, 0x55, to);

	FUZZ_ASSERT(decode_over(layout, input, 0xaa, &again) == err);
	other = &again.cmd;
	FUZZ_ASSERT(cmd->id == other->id);
	FUZZ_ASSERT(cmd->op == other->op);
	FUZZ_ASSERT(cmd->sector == other->sector);
	FUZZ_ASSERT(cmd->indirect == other->indirect);
	FUZZ_ASSERT(cmd->nr_segs == other->nr_segs);
	FUZZ_ASSERT(cmd->indirect_gref == other->indirect_gref);
	FUZZ_ASSERT(cmd->secure == other->secure);
	FUZZ_ASSERT(cmd->nr_sectors == other->nr_sectors);
	if (!err && !cmd->indirect)
		FUZZ_ASSERT(!memcmp(cmd->segs, other->segs, cmd->nr_segs *
				    sizeof(cmd->segs[0])));
	return err;
}

/* Against what the bytes say, read in another way. */
static void check_cmd(bool wide, const struct input *input,
		      const struct xbb_cmd *cmd, int err)
{
	const u8 *r = input->request;
	bool indirect = r[0] == BLKIF_OP_INDIRECT;

	FUZZ_ASSERT(!err || err == -EINVAL || err == -EOPNOTSUPP);
	FUZZ_ASSERT(!memcmp(&cmd->id, r + (wide ? 8 : 4), 8));
	FUZZ_ASSERT(!memcmp(&cmd->sector, r + (wide ? 16 : 12), 8));
	FUZZ_ASSERT(cmd->op == (indirect ? r[1] : r[0]));
	FUZZ_ASSERT(cmd->indirect == indirect);
	if (cmd->op != BLKIF_OP_DISCARD || indirect)
		FUZZ_ASSERT(!cmd->secure && !cmd->nr_sectors);
	if (err)
		return;
	if (indirect) {
		FUZZ_ASSERT(cmd->op <= BLKIF_OP_WRITE);
		FUZZ_ASSERT(cmd->nr_segs == r[2] + 256 * r[3]);
		FUZZ_ASSERT(cmd->nr_segs && cmd->nr_segs <= XBB_INDIRECT_SEGS);
		FUZZ_ASSERT(!memcmp(&cmd->indirect_gref, r + (wide ? 28 : 24),
				    4));
		return;
	}
	if (cmd->op == BLKIF_OP_DISCARD) {
		FUZZ_ASSERT(!cmd->nr_segs && cmd->secure == (r[1] & 1));
		FUZZ_ASSERT(!memcmp(&cmd->nr_sectors, r + (wide ? 24 : 20), 8));
		return;
	}
	FUZZ_ASSERT(cmd->op <= BLKIF_OP_FLUSH_DISKCACHE);
	FUZZ_ASSERT(cmd->nr_segs == r[1] && r[1] <= XBB_DIRECT_SEGS);
	FUZZ_ASSERT(cmd->nr_segs || cmd->op >= BLKIF_OP_WRITE_BARRIER);
	FUZZ_ASSERT(!memcmp(cmd->segs, r + (wide ? 24 : 20), 8 * r[1]));
}

/* Sectors of all segments, or -EINVAL. */
static int check_segs(const struct blkif_request_segment *segs,
		      unsigned int nr)
{
	unsigned int i;
	int sum = 0;

	for (i = 0; i < nr; i++) {
		const struct blkif_request_segment *seg = &segs[i];
		struct xbb_extent extent;
		int n = xbb_validate_seg(seg, &extent);

		if (n < 0) {
			FUZZ_ASSERT(n == -EINVAL);
			FUZZ_ASSERT(seg->first_sect > seg->last_sect ||
				    seg->last_sect > 7);
			return n;
		}
		FUZZ_ASSERT(n >= 1 && n == extent.count);
		FUZZ_ASSERT(extent.first == seg->first_sect);
		FUZZ_ASSERT(extent.first + extent.count ==
			    seg->last_sect + 1);
		FUZZ_ASSERT(extent.first + extent.count <= XBB_SEG_SECTORS);
		FUZZ_ASSERT(extent.gref == seg->gref);
		sum += n;
	}
	return sum;
}

/* With numbers that cannot wrap around. */
static int check_range(const struct xbb_limits *limits, u8 op, u64 sector,
		       u64 nr_sectors)
{
	unsigned __int128 end = (unsigned __int128)sector + nr_sectors;
	int err = xbb_validate_range(limits, op, sector, nr_sectors);
	bool inside = end <= limits->capacity;
	bool aligned = !(sector % limits->block_sectors) &&
		       !(nr_sectors % limits->block_sectors);
	bool allowed = !limits->readonly || op == BLKIF_OP_READ;

	if (!nr_sectors)
		FUZZ_ASSERT(!err);
	else
		FUZZ_ASSERT(!err == (inside && aligned && allowed));
	FUZZ_ASSERT(err != -ERANGE || !inside);
	FUZZ_ASSERT(err != -EINVAL || !aligned);
	FUZZ_ASSERT(err != -EROFS || !allowed);
	FUZZ_ASSERT(!err || err == -ERANGE || err == -EINVAL || err == -EROFS);
	return err;
}

static int check_discard(const struct xbb_limits *limits,
			 const struct xbb_cmd *cmd)
{
	int err = xbb_validate_discard(limits, cmd);

	if (!(cmd->secure ? limits->secure_erase : limits->discard))
		FUZZ_ASSERT(err == -EOPNOTSUPP);
	else if (!cmd->nr_sectors)
		FUZZ_ASSERT(err == -EINVAL);
	else
		FUZZ_ASSERT(err == check_range(limits, cmd->op, cmd->sector,
					       cmd->nr_sectors));
	return err;
}

static int check_data(const struct input *input, const struct xbb_cmd *cmd)
{
	int n = check_segs(cmd->indirect ? input->frame : cmd->segs,
			   cmd->nr_segs);

	FUZZ_ASSERT(n <= (int)(cmd->nr_segs * XBB_SEG_SECTORS));
	return n < 0 ? n : check_range(&input->limits, cmd->op, cmd->sector, n);
}

static void check_response(const struct xbb_layout *layout, bool wide,
			   const struct xbb_cmd *cmd, int err)
{
	u8 rsp[XBB_RESPONSE_BYTES], other[XBB_RESPONSE_BYTES];
	s16 status;
	int i;

	/* Not a byte of what was there before gets out (XSA-216). */
	memset(rsp, 0x55, sizeof(rsp));
	memset(other, 0xaa, sizeof(other));
	FUZZ_ASSERT(xbb_layout_encode(layout, cmd->id, cmd->op, err, rsp) ==
		    (wide ? 16 : 12));
	xbb_layout_encode(layout, cmd->id, cmd->op, err, other);
	FUZZ_ASSERT(!memcmp(rsp, other, sizeof(rsp)));

	FUZZ_ASSERT(!memcmp(rsp, &cmd->id, 8));
	FUZZ_ASSERT(rsp[8] == cmd->op && !rsp[9]);
	memcpy(&status, rsp + 10, sizeof(status));
	FUZZ_ASSERT(status == (!err ? BLKIF_RSP_OKAY : err == -EOPNOTSUPP ?
			       BLKIF_RSP_EOPNOTSUPP : BLKIF_RSP_ERROR));
	for (i = 12; i < sizeof(rsp); i++)
		FUZZ_ASSERT(!rsp[i]);
}

/* As the driver goes through a request. */
static void serve(const char *protocol, const struct input *input)
{
	const struct xbb_layout *layout = xbb_layout_find(protocol);
	const struct xbb_cmd *cmd;
	struct decoded decoded;
	bool wide;
	int err;

	FUZZ_ASSERT(layout);
	wide = layout->response == XBB_RESPONSE_BYTES;
	err = decode(layout, input, &decoded);
	cmd = &decoded.cmd;
	check_cmd(wide, input, cmd, err);
	check_range(&input->limits, cmd->op, cmd->sector, input->nr_sectors);
	if (!err)
		err = cmd->op == BLKIF_OP_DISCARD ?
			check_discard(&input->limits, cmd) :
			check_data(input, cmd);
	check_response(layout, wide, cmd, err);
	check_response(layout, wide, cmd, -(int)input->error);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fuzz_input in = { .data = data, .left = size };
	struct input input;

	take_input(&in, &input);
	serve(XEN_IO_PROTO_ABI_X86_64, &input);
	serve(XEN_IO_PROTO_ABI_X86_32, &input);
	serve("", &input);
	return 0;
}
