// SPDX-License-Identifier: GPL-2.0
/*
 * blkback/ring/validate.c and layout.c: two layouts, every way in which a
 * request can be wrong, and responses without a byte of somebody else's memory.
 */
#include "framework.h"
#include "ring/validate.h"
#include "xbb_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <xen/interface/io/protocols.h>

/* ---- the 32-bit layout, as an i386 compiler lays it out --------------- */

struct seg_32 {
	u32 gref;
	u8 first_sect, last_sect;
	u16 pad;
};

struct rw_32 {
	u8 operation;
	u8 nr_segments;
	u16 handle;
	u64 id;
	u64 sector_number;
	struct seg_32 seg[11];
} __packed __aligned(4);

struct indirect_32 {
	u8 operation;
	u8 indirect_op;
	u16 nr_segments;
	u64 id;
	u64 sector_number;
	u16 handle;
	u16 pad;
	u32 grefs[8];
	u64 pad2;
} __packed __aligned(4);

struct rsp_32 {
	u64 id;
	u8 operation;
	s16 status;
} __packed __aligned(4);

static_assert(sizeof(struct rw_32) == 108);

/* ---- a request in any layout ------------------------------------------ */

#define ID	0x1122334455667788ULL
#define SECTOR	0x99aabbccddeeff00ULL

static const struct xbb_layout *native(void)
{
	return xbb_layout_find(XEN_IO_PROTO_ABI_NATIVE);
}

static const struct xbb_layout *x86_32(void)
{
	return xbb_layout_find(XEN_IO_PROTO_ABI_X86_32);
}

static bool is_32(const struct xbb_layout *layout)
{
	return layout == x86_32();
}

static u32 nth_gref(int i)
{
	return 0xdead0000 + i;
}

static void fill_rw_32(struct rw_32 *r, u8 op, u8 nr_segs)
{
	int i;

	r->operation = op;
	r->nr_segments = nr_segs;
	r->handle = 0xcafe;
	r->id = ID;
	r->sector_number = SECTOR;
	for (i = 0; i < 11; i++) {
		r->seg[i].gref = nth_gref(i);
		r->seg[i].first_sect = i % 8;
		r->seg[i].last_sect = 7;
	}
}

static void fill_rw_64(struct blkif_request *r, u8 op, u8 nr_segs)
{
	int i;

	r->operation = op;
	r->u.rw.nr_segments = nr_segs;
	r->u.rw.handle = 0xcafe;
	r->u.rw.id = ID;
	r->u.rw.sector_number = SECTOR;
	for (i = 0; i < 11; i++) {
		r->u.rw.seg[i].gref = nth_gref(i);
		r->u.rw.seg[i].first_sect = i % 8;
		r->u.rw.seg[i].last_sect = 7;
	}
}

static struct xbb_raw rw(const struct xbb_layout *layout, u8 op, u8 nr_segs)
{
	struct xbb_raw raw;

	memset(&raw, 0xee, sizeof(raw));
	if (is_32(layout))
		fill_rw_32((struct rw_32 *)raw.bytes, op, nr_segs);
	else
		fill_rw_64((struct blkif_request *)raw.bytes, op, nr_segs);
	return raw;
}

static struct xbb_raw indirect(const struct xbb_layout *layout, u8 inner,
			       u16 nr_segs)
{
	struct xbb_raw raw;
	struct indirect_32 *r32 = (struct indirect_32 *)raw.bytes;
	struct blkif_request *r64 = (struct blkif_request *)raw.bytes;

	memset(&raw, 0xee, sizeof(raw));
	if (is_32(layout)) {
		r32->operation = BLKIF_OP_INDIRECT;
		r32->indirect_op = inner;
		r32->nr_segments = nr_segs;
		r32->id = ID;
		r32->sector_number = SECTOR;
		r32->grefs[0] = nth_gref(0);
	} else {
		r64->operation = BLKIF_OP_INDIRECT;
		r64->u.indirect.indirect_op = inner;
		r64->u.indirect.nr_segments = nr_segs;
		r64->u.indirect.id = ID;
		r64->u.indirect.sector_number = SECTOR;
		r64->u.indirect.indirect_grefs[0] = nth_gref(0);
	}
	return raw;
}

/* Each case runs for the two different layouts. */
static const char *const protocols[] = {
	XEN_IO_PROTO_ABI_X86_64,
	XEN_IO_PROTO_ABI_X86_32,
};

static void protocol_desc(const char *const *p, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s",
		 *p);
}

KUNIT_ARRAY_PARAM(layout, protocols, protocol_desc)

static const struct xbb_layout *param(struct kunit *test)
{
	return xbb_layout_find(*(const char *const *)test->param_value);
}

/* ---- layouts ---------------------------------------------------------- */

static void layout_names(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, xbb_layout_find("x86_64-abi"),
			    native());
	KUNIT_EXPECT_PTR_NE(test, x86_32(), native());
	/* Linux on x86: a frontend that says nothing is a 32-bit one. */
	KUNIT_EXPECT_PTR_EQ(test, xbb_layout_find(""), x86_32());
	KUNIT_EXPECT_NULL(test, xbb_layout_find("x86_64"));
	KUNIT_EXPECT_NULL(test, xbb_layout_find("x86_64-abi "));
	KUNIT_EXPECT_NULL(test, xbb_layout_find("ia64-abi"));
}

static void layout_x86_32(struct kunit *test)
{
	const struct xbb_layout *l = x86_32();

	KUNIT_EXPECT_EQ(test, l->request, sizeof(struct rw_32));
	KUNIT_EXPECT_EQ(test, l->response, sizeof(struct rsp_32));
	KUNIT_EXPECT_EQ(test, l->id, offsetof(struct rw_32, id));
	KUNIT_EXPECT_EQ(test, l->id, offsetof(struct indirect_32, id));
	KUNIT_EXPECT_EQ(test, l->sector,
			offsetof(struct rw_32, sector_number));
	KUNIT_EXPECT_EQ(test, l->sector,
			offsetof(struct indirect_32, sector_number));
	KUNIT_EXPECT_EQ(test, l->segs, offsetof(struct rw_32, seg));
	KUNIT_EXPECT_EQ(test, l->indirect_gref,
			offsetof(struct indirect_32, grefs));
	KUNIT_EXPECT_EQ(test, l->rsp_op, offsetof(struct rsp_32, operation));
}

static void layout_64(struct kunit *test)
{
	const struct xbb_layout *l = native();

	KUNIT_EXPECT_EQ(test, l->request, sizeof(struct blkif_request));
	KUNIT_EXPECT_EQ(test, l->response, sizeof(struct blkif_response));
	KUNIT_EXPECT_EQ(test, l->request,
			sizeof(union blkif_sring_entry));
	KUNIT_EXPECT_EQ(test, l->rsp_status,
			offsetof(struct blkif_response, status));
}

/* ---- decode ----------------------------------------------------------- */

static void decode_read_and_write(struct kunit *test)
{
	static const u8 ops[] = { BLKIF_OP_READ, BLKIF_OP_WRITE,
				  BLKIF_OP_WRITE_BARRIER,
				  BLKIF_OP_FLUSH_DISKCACHE };
	const struct xbb_layout *l = param(test);
	int i, n, o;

	for (o = 0; o < ARRAY_SIZE(ops); o++)
		for (n = 1; n <= 11; n++) {
			struct xbb_raw raw = rw(l, ops[o], n);
			struct xbb_cmd cmd;

			memset(&cmd, 0x55, sizeof(cmd));
			KUNIT_ASSERT_EQ(test, 0,
					xbb_validate_request(l, &raw, &cmd));
			KUNIT_EXPECT_EQ(test, cmd.op, ops[o]);
			KUNIT_EXPECT_EQ(test, cmd.id, ID);
			KUNIT_EXPECT_EQ(test, cmd.sector, SECTOR);
			KUNIT_EXPECT_FALSE(test, cmd.indirect);
			KUNIT_ASSERT_EQ(test, cmd.nr_segs, n);
			for (i = 0; i < n; i++) {
				KUNIT_EXPECT_EQ(test, cmd.segs[i].gref,
						nth_gref(i));
				KUNIT_EXPECT_EQ(test, cmd.segs[i].first_sect,
						i % 8);
				KUNIT_EXPECT_EQ(test, cmd.segs[i].last_sect, 7);
			}
		}
}

static void decode_leaves_segments_where_they_are(struct kunit *test)
{
	const struct xbb_layout *l = param(test);
	struct xbb_raw raw = rw(l, BLKIF_OP_READ, XBB_DIRECT_SEGS);
	struct xbb_cmd cmd;

	KUNIT_ASSERT_EQ(test, xbb_validate_request(l, &raw, &cmd), 0);
	KUNIT_EXPECT_PTR_EQ(test, (const void *)cmd.segs,
			    (const void *)(raw.bytes + l->segs));
	KUNIT_EXPECT_TRUE(test, (const void *)(cmd.segs + cmd.nr_segs) <=
				(const void *)(raw.bytes + l->request));
}

static void decode_too_many_segments(struct kunit *test)
{
	const struct xbb_layout *l = param(test);
	int n;

	for (n = 12; n <= 255; n++) {
		struct xbb_raw raw = rw(l, BLKIF_OP_WRITE, n);
		struct xbb_cmd cmd;

		KUNIT_EXPECT_EQ(test, -EINVAL,
				xbb_validate_request(l, &raw, &cmd));
		KUNIT_EXPECT_EQ(test, cmd.id, ID);
		KUNIT_EXPECT_EQ(test, cmd.op, BLKIF_OP_WRITE);
	}
}

static void decode_no_segments(struct kunit *test)
{
	const struct xbb_layout *l = param(test);
	struct xbb_raw raw = rw(l, BLKIF_OP_READ, 0);
	struct xbb_cmd cmd;

	KUNIT_EXPECT_EQ(test, xbb_validate_request(l, &raw, &cmd), -EINVAL);
	raw = rw(l, BLKIF_OP_WRITE, 0);
	KUNIT_EXPECT_EQ(test, xbb_validate_request(l, &raw, &cmd), -EINVAL);
	raw = rw(l, BLKIF_OP_FLUSH_DISKCACHE, 0);
	KUNIT_EXPECT_EQ(test, xbb_validate_request(l, &raw, &cmd), 0);
	KUNIT_EXPECT_EQ(test, cmd.nr_segs, 0);
	raw = rw(l, BLKIF_OP_WRITE_BARRIER, 0);
	KUNIT_EXPECT_EQ(test, xbb_validate_request(l, &raw, &cmd), 0);
	KUNIT_EXPECT_EQ(test, cmd.nr_segs, 0);
}

/* Every operation code is either decoded or answered as not supported. */
static void decode_all_operations(struct kunit *test)
{
	const struct xbb_layout *l = param(test);
	int op;

	for (op = 0; op < 256; op++) {
		struct xbb_raw raw = rw(l, op, 1);
		struct xbb_cmd cmd;
		int err;

		err = xbb_validate_request(l, &raw, &cmd);
		KUNIT_EXPECT_EQ(test, cmd.id, ID);
		if (op > BLKIF_OP_INDIRECT || op == 4)
			KUNIT_EXPECT_EQ(test, err, -EOPNOTSUPP);
		if (op != BLKIF_OP_INDIRECT)
			KUNIT_EXPECT_EQ(test, cmd.op, op);
	}
}

static void decode_indirect(struct kunit *test)
{
	const struct xbb_layout *l = param(test);
	int n, op;

	for (op = BLKIF_OP_READ; op <= BLKIF_OP_WRITE; op++)
		for (n = 1; n <= XBB_INDIRECT_SEGS; n++) {
			struct xbb_raw raw = indirect(l, op, n);
			struct xbb_cmd cmd;

			KUNIT_ASSERT_EQ(test, 0,
					xbb_validate_request(l, &raw, &cmd));
			KUNIT_EXPECT_TRUE(test, cmd.indirect);
			KUNIT_EXPECT_EQ(test, cmd.op, op);
			KUNIT_EXPECT_EQ(test, cmd.nr_segs, n);
			KUNIT_EXPECT_EQ(test, cmd.id, ID);
			KUNIT_EXPECT_EQ(test, cmd.sector, SECTOR);
			KUNIT_EXPECT_EQ(test, cmd.indirect_gref, nth_gref(0));
		}
}

static void decode_indirect_wrong_count(struct kunit *test)
{
	static const u16 counts[] = { 0, XBB_INDIRECT_SEGS + 1, 512, 513, 4096,
				      0x7fff, 0x8000, 0xffff };
	const struct xbb_layout *l = param(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		struct xbb_raw raw = indirect(l, BLKIF_OP_READ, counts[i]);
		struct xbb_cmd cmd;

		KUNIT_EXPECT_EQ(test, -EINVAL,
				xbb_validate_request(l, &raw, &cmd));
		KUNIT_EXPECT_EQ(test, cmd.id, ID);
	}
}

static void decode_indirect_wrong_operation(struct kunit *test)
{
	const struct xbb_layout *l = param(test);
	int op;

	for (op = 2; op < 256; op++) {
		struct xbb_raw raw = indirect(l, op, 1);
		struct xbb_cmd cmd;

		KUNIT_EXPECT_EQ(test, -EINVAL,
				xbb_validate_request(l, &raw, &cmd));
		KUNIT_EXPECT_EQ(test, cmd.id, ID);
		KUNIT_EXPECT_EQ(test, cmd.op, op);
	}
}

/* Whatever the bytes are: no crash, and what is accepted is within bounds. */
static void decode_noise(struct kunit *test)
{
	const struct xbb_layout *l = param(test);
	int i, n;

	srand(1);
	for (n = 0; n < 200000; n++) {
		struct xbb_raw raw;
		struct xbb_cmd cmd;

		for (i = 0; i < sizeof(raw.bytes); i++)
			raw.bytes[i] = rand() >> 8;
		raw.bytes[0] %= 8;
		raw.bytes[1] %= 16;
		raw.bytes[3] %= 2;
		if (xbb_validate_request(l, &raw, &cmd))
			continue;
		if (cmd.indirect)
			KUNIT_EXPECT_LE(test, cmd.nr_segs, XBB_INDIRECT_SEGS);
		else
			KUNIT_EXPECT_LE(test, cmd.nr_segs, XBB_DIRECT_SEGS);
	}
}

/* ---- segments and ranges ---------------------------------------------- */

static void segments_all(struct kunit *test)
{
	int first, last;

	for (first = 0; first < 256; first++)
		for (last = 0; last < 256; last++) {
			struct blkif_request_segment seg = {
				.gref = 42,
				.first_sect = first,
				.last_sect = last,
			};
			struct xbb_extent e;
			int n = xbb_validate_seg(&seg, &e);

			if (first > last || last > 7) {
				KUNIT_EXPECT_EQ(test, n, -EINVAL);
				continue;
			}
			KUNIT_EXPECT_EQ(test, n, last - first + 1);
			KUNIT_EXPECT_EQ(test, e.gref, 42);
			KUNIT_EXPECT_EQ(test, e.first, first);
			KUNIT_EXPECT_EQ(test, e.count, n);
		}
}

struct range {
	u64 capacity;
	u32 block;
	u64 sector;
	u32 nr;
	int err;
};

static const struct range ranges[] = {
	{ 100, 1, 0, 1, 0 },
	{ 100, 1, 99, 1, 0 },
	{ 100, 1, 0, 100, 0 },
	{ 100, 1, 100, 1, -ERANGE },
	{ 100, 1, 99, 2, -ERANGE },
	{ 100, 1, 0, 101, -ERANGE },
	{ 100, 1, U64_MAX, 1, -ERANGE },
	{ 100, 1, U64_MAX, 2, -ERANGE },
	{ 100, 1, U64_MAX - 7, 8, -ERANGE },
	{ 100, 1, 1ULL << 63, 1, -ERANGE },
	{ 0, 1, 0, 1, -ERANGE },
	{ 0, 1, 0, 0, 0 },
	{ U64_MAX, 1, U64_MAX - 8, 8, 0 },
	{ U64_MAX, 1, U64_MAX - 7, 8, -ERANGE },
	{ 1000, 8, 0, 8, 0 },
	{ 1000, 8, 8, 16, 0 },
	{ 1000, 8, 4, 8, -EINVAL },
	{ 1000, 8, 8, 4, -EINVAL },
	{ 1000, 8, 7, 1, -EINVAL },
	{ 1000, 8, 992, 8, 0 },
	{ 1000, 8, 1000, 8, -ERANGE },
};

static void ranges_of_a_disk(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		const struct range *r = &ranges[i];
		struct xbb_limits limits = {
			.capacity = r->capacity,
			.block_sectors = r->block,
		};

		KUNIT_EXPECT_EQ(test, r->err,
				xbb_validate_range(&limits, BLKIF_OP_READ,
						   r->sector, r->nr));
		KUNIT_EXPECT_EQ(test, r->err,
				xbb_validate_range(&limits, BLKIF_OP_WRITE,
						   r->sector, r->nr));
	}
}

static void readonly_disk_is_only_read(struct kunit *test)
{
	struct xbb_limits limits = {
		.capacity = 100,
		.block_sectors = 1,
		.readonly = true,
	};

	KUNIT_EXPECT_EQ(test, 0, xbb_validate_range(&limits, BLKIF_OP_READ,
						    0, 1));
	KUNIT_EXPECT_EQ(test, -EROFS,
			xbb_validate_range(&limits, BLKIF_OP_WRITE, 0, 1));
	KUNIT_EXPECT_EQ(test, -EROFS,
			xbb_validate_range(&limits, BLKIF_OP_FLUSH_DISKCACHE,
					   0, 1));
	KUNIT_EXPECT_EQ(test, -EROFS,
			xbb_validate_range(&limits, BLKIF_OP_WRITE_BARRIER,
					   0, 1));
	KUNIT_EXPECT_EQ(test, 0,
			xbb_validate_range(&limits, BLKIF_OP_FLUSH_DISKCACHE,
					   0, 0));
}

/* ---- responses -------------------------------------------------------- */

static void encode_every_byte_is_ours(struct kunit *test)
{
	const struct xbb_layout *l = param(test);
	u8 out[XBB_RESPONSE_BYTES], want[XBB_RESPONSE_BYTES];
	u64 id = ID;
	s16 status = BLKIF_RSP_OKAY;
	size_t n;

	memset(out, 0xee, sizeof(out));
	memset(want, 0, sizeof(want));
	memcpy(want, &id, 8);
	want[8] = BLKIF_OP_WRITE;
	memcpy(want + 10, &status, 2);

	n = xbb_layout_encode(l, ID, BLKIF_OP_WRITE, 0, out);
	KUNIT_EXPECT_EQ(test, n, is_32(l) ? 12 : 16);
	KUNIT_EXPECT_MEMEQ(test, out, want, sizeof(want));
}

static void encode_status(struct kunit *test)
{
	static const struct {
		int error;
		s16 status;
	} rows[] = {
		{ 0, BLKIF_RSP_OKAY },
		{ -EOPNOTSUPP, BLKIF_RSP_EOPNOTSUPP },
		{ -EIO, BLKIF_RSP_ERROR },
		{ -EINVAL, BLKIF_RSP_ERROR },
		{ -EROFS, BLKIF_RSP_ERROR },
		{ -ERANGE, BLKIF_RSP_ERROR },
		{ -ETIMEDOUT, BLKIF_RSP_ERROR },
		{ -EPERM, BLKIF_RSP_ERROR },
		{ -ENOENT, BLKIF_RSP_ERROR },
		{ -4095, BLKIF_RSP_ERROR },
	};
	const struct xbb_layout *l = param(test);
	u8 out[XBB_RESPONSE_BYTES];
	s16 status;
	int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		xbb_layout_encode(l, ID, BLKIF_OP_READ, rows[i].error, out);
		memcpy(&status, out + 10, 2);
		KUNIT_EXPECT_EQ(test, status, rows[i].status);
	}
}

/* A discard goes where discards go, whole blocks of the disk, with a length. */
static void discards_of_a_disk(struct kunit *test)
{
	static const struct {
		bool discard, secure_erase, readonly, secure;
		u64 sector, nr_sectors;
		int err;
	} rows[] = {
		{ 1, 0, 0, 0, 8, 16, 0 },
		{ 1, 0, 0, 0, 0, 800, 0 },
		{ 0, 0, 0, 0, 8, 16, -EOPNOTSUPP },
		{ 0, 1, 0, 0, 8, 16, -EOPNOTSUPP },
		{ 1, 0, 0, 1, 8, 16, -EOPNOTSUPP },
		{ 1, 1, 0, 1, 8, 16, 0 },
		{ 1, 0, 0, 0, 8, 0, -EINVAL },
		{ 1, 0, 1, 0, 8, 16, -EROFS },
		{ 1, 0, 0, 0, 8, 800, -ERANGE },
		{ 1, 0, 0, 0, U64_MAX, 8, -ERANGE },
		{ 1, 0, 0, 0, 8, U64_MAX, -ERANGE },
		{ 1, 0, 0, 0, 4, 16, -EINVAL },
		{ 1, 0, 0, 0, 8, 4, -EINVAL },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct xbb_limits limits = {
			.capacity = 800,
			.block_sectors = 8,
			.readonly = rows[i].readonly,
			.discard = rows[i].discard,
			.secure_erase = rows[i].secure_erase,
		};
		struct xbb_cmd cmd = {
			.op = BLKIF_OP_DISCARD,
			.secure = rows[i].secure,
			.sector = rows[i].sector,
			.nr_sectors = rows[i].nr_sectors,
		};

		KUNIT_EXPECT_EQ(test, xbb_validate_discard(&limits, &cmd),
				rows[i].err);
	}
}

static struct kunit_case proto_cases[] = {
	KUNIT_CASE(layout_names),
	KUNIT_CASE(layout_x86_32),
	KUNIT_CASE(layout_64),
	KUNIT_CASE_PARAM(decode_read_and_write, layout_gen_params),
	KUNIT_CASE_PARAM(decode_leaves_segments_where_they_are,
			 layout_gen_params),
	KUNIT_CASE_PARAM(decode_too_many_segments, layout_gen_params),
	KUNIT_CASE_PARAM(decode_no_segments, layout_gen_params),
	KUNIT_CASE_PARAM(decode_all_operations, layout_gen_params),
	KUNIT_CASE_PARAM(decode_indirect, layout_gen_params),
	KUNIT_CASE_PARAM(decode_indirect_wrong_count, layout_gen_params),
	KUNIT_CASE_PARAM(decode_indirect_wrong_operation, layout_gen_params),
	KUNIT_CASE_PARAM(decode_noise, layout_gen_params),
	KUNIT_CASE(segments_all),
	KUNIT_CASE(ranges_of_a_disk),
	KUNIT_CASE(readonly_disk_is_only_read),
	KUNIT_CASE(discards_of_a_disk),
	KUNIT_CASE_PARAM(encode_every_byte_is_ours, layout_gen_params),
	KUNIT_CASE_PARAM(encode_status, layout_gen_params),
	{}
};

static struct kunit_suite proto_suite = {
	.name = "blkback_proto",
	.test_cases = proto_cases,
};

kunit_test_suite(proto_suite);
