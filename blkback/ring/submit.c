// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the bios: every request becomes one, and the block layer splits and
 * merges as it must.
 */
#include "submit.h"
#include "disk/bdev.h"
#include "queue.h"
#include "request.h"
#include "rings.h"

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/math64.h>

/* As many as the block layer lets one plug collect. */
#define XBB_PLUG_IOS		32u

static blk_opf_t xbb_submit_opf(const struct xbb_req *req)
{
	switch (req->op) {
	case BLKIF_OP_READ:
		return REQ_OP_READ;
	case BLKIF_OP_DISCARD:
		return req->secure ? REQ_OP_SECURE_ERASE : REQ_OP_DISCARD;
	case BLKIF_OP_WRITE:
		return REQ_OP_WRITE | REQ_SYNC | REQ_IDLE;
	default:
		/*
		 * What a flush carries must itself be safe when it is done. The
		 * guest waits for it, so it is not throttled as write-back is.
		 */
		return REQ_OP_WRITE | REQ_PREFLUSH | REQ_SYNC | REQ_IDLE |
		       (req->nr_segs ? REQ_FUA : 0);
	}
}

static void xbb_submit_end(struct bio *bio)
{
	struct xbb_req *req = container_of(bio, struct xbb_req, bio);

	if (bio->bi_status)
		req->error = blk_status_to_errno(bio->bi_status);
	/* What it holds of its cgroup, lest that never goes. */
	bio_uninit(bio);
	xbb_req_done(req);
}

/*
 * As much as the device takes at once, up to the end of one of its units, which
 * some do not tell.
 */
static sector_t xbb_submit_discard_piece(struct block_device *bdev,
					 const struct xbb_req *req)
{
	u32 unit = max(bdev_discard_granularity(bdev),
		       bdev_logical_block_size(bdev)) >> SECTOR_SHIFT;
	sector_t most = req->secure ? bdev_max_secure_erase_sectors(bdev) :
				      bdev_max_discard_sectors(bdev);
	sector_t end;
	u32 past;

	most = clamp_t(sector_t, most, 1, UINT_MAX >> SECTOR_SHIFT);
	if (req->discard_left <= most)
		return req->discard_left;
	end = req->sector + most;
	div_u64_rem(end, unit, &past);
	if (end - past > req->sector)
		end -= past;
	return end - req->sector;
}

static void xbb_submit_fill_discard(struct bio *bio, struct xbb_req *req)
{
	sector_t piece = xbb_submit_discard_piece(bio->bi_bdev, req);

	bio->bi_iter.bi_size = piece << SECTOR_SHIFT;
	req->sector += piece;
	req->discard_left -= piece;
}

/* Without a scheduler, nothing but its own sweep can be merged with it. */
static bool xbb_submit_is_alone(const struct bio *bio,
				const struct xbb_req *req)
{
	struct request_queue *q = bdev_get_queue(bio->bi_bdev);

	return req->alone && queue_is_mq(q) && !q->elevator;
}

static void xbb_submit_fill(struct bio *bio, const struct xbb_req *req)
{
	bio->bi_vcnt = req->nr_pages;
	bio->bi_iter.bi_size = req->nr_sectors * XBB_SECTOR_SIZE;
	if (xbb_submit_is_alone(bio, req))
		bio->bi_opf |= REQ_NOMERGE;
}

/**
 * xbb_submit_plug() - hold requests back until all are there
 * @plug: filled in; blk_finish_plug() sends them
 * @nr_ios: how many there will be that cannot be merged; a guess
 *
 * Context: The queue's thread.
 */
void xbb_submit_plug(struct blk_plug *plug, unsigned int nr_ios)
{
	blk_start_plug(plug);
	plug->nr_ios = min(nr_ios, XBB_PLUG_IOS);
}

/**
 * xbb_submit() - send a request to the disk
 * @req: the request; its data is in place
 *
 * Ends in xbb_req_done(), perhaps before it returns. Of a discard it sends the
 * next piece: calling it again until nothing is left keeps a large one from
 * flooding the disk. Each frame has a bio_vec of its own: neighbours here need
 * not be neighbours in the machine (XSA-229). It is charged to the cgroup that
 * the thread has taken on.
 *
 * Context: The queue's thread, or the work that sends discards; under a plug.
 * May sleep.
 */
void xbb_submit(struct xbb_req *req)
{
	const struct xbb_rings *rings = req->queue->rings;
	struct bio *bio = &req->bio;

	req->state = XBB_REQ_SUBMITTED;
	/* Without data its vectors are those of some request before. */
	bio_init(bio, xbb_bdev_block(rings->backing),
		 req->nr_pages ? req->vecs : NULL, req->nr_pages,
		 xbb_submit_opf(req));
	bio->bi_ioprio = READ_ONCE(rings->owner.ioprio);
	bio->bi_iter.bi_sector = req->sector;
	bio->bi_end_io = xbb_submit_end;

	if (req->op == BLKIF_OP_DISCARD)
		xbb_submit_fill_discard(bio, req);
	else
		xbb_submit_fill(bio, req);
	submit_bio(bio);
}
