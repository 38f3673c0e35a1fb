// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the block device: the only file that opens one or builds bios. Every
 * request becomes one bio; the block layer splits and merges as it must.
 */
#include "backing.h"
#include "device/conf.h"
#include "ring/proto.h"
#include "ring/request.h"

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/math64.h>
#include <linux/slab.h>

/* As many as the block layer lets one plug collect. */
#define XBB_PLUG_IOS		32u

struct xbb_backing {
	struct file *file;
	struct block_device *bdev;
};

/* Its address claims devices for all vbds together. */
static const char xbb_backing_holder[] = "xen-blkback";

/* A drive whose medium was changed is still the drive that was meant. */
static bool xbb_backing_is_another(const struct xbb_backing *backing,
				   const struct xbb_disk_conf *conf)
{
	if (conf->presumed &&
	    backing->bdev->bd_disk->flags & GENHD_FL_REMOVABLE)
		return false;
	return conf->diskseq && conf->diskseq != xbb_backing_diskseq(backing);
}

/**
 * xbb_backing_open() - open a device
 * @conf: which one, and what for
 *
 * A device that is to be written and not shared is claimed, so that nobody
 * in this domain mounts it or makes it part of something else meanwhile.
 * Two vbds may have the same device; that is the toolstack's business.
 *
 * Numbers are used again when a disk has gone; its sequence number never is.
 *
 * Context: Process. May sleep, for ever if the disk hangs.
 * Return: the open device, -ESTALE if it is not the disk that was meant, or
 * another ERR_PTR.
 */
struct xbb_backing *xbb_backing_open(const struct xbb_disk_conf *conf)
{
	blk_mode_t mode = BLK_OPEN_READ | (conf->write ? BLK_OPEN_WRITE : 0);
	void *holder = conf->write && !conf->shared ?
		       (void *)xbb_backing_holder : NULL;
	struct xbb_backing *backing = kzalloc(sizeof(*backing), GFP_KERNEL);
	int err;

	if (!backing)
		return ERR_PTR(-ENOMEM);

	backing->file = bdev_file_open_by_dev(conf->num, mode, holder, NULL);
	if (IS_ERR(backing->file)) {
		err = PTR_ERR(backing->file);
		kfree(backing);
		return ERR_PTR(err);
	}
	backing->bdev = file_bdev(backing->file);
	if (xbb_backing_is_another(backing, conf)) {
		xbb_backing_close(backing);
		return ERR_PTR(-ESTALE);
	}
	return backing;
}

/**
 * xbb_backing_close() - close it
 * @backing: the device, without I/O in flight
 *
 * Context: Process. May sleep.
 */
void xbb_backing_close(struct xbb_backing *backing)
{
	bdev_fput(backing->file);
	kfree(backing);
}

/**
 * xbb_backing_settle() - let nothing of the disk be left in dom0's page cache
 * @backing: the device
 *
 * A guest's I/O goes past that cache. What somebody in dom0 has written before,
 * and what stays dirty while others keep the device open, would hide from the
 * guest, and then overwrite what it has written itself.
 *
 * Context: Process. May sleep, for ever if the disk hangs.
 * Return: 0 or a negative errno: something could not be written back.
 */
int xbb_backing_settle(const struct xbb_backing *backing)
{
	int err = sync_blockdev(backing->bdev);

	invalidate_bdev(backing->bdev);
	return err;
}

/**
 * xbb_backing_diskseq() - which of all disks since boot is it?
 * @backing: the device
 *
 * Context: Any.
 * Return: its sequence number, also of a partition's disk.
 */
u64 xbb_backing_diskseq(const struct xbb_backing *backing)
{
	return backing->bdev->bd_disk->diskseq;
}

/**
 * xbb_backing_is_readonly() - has dom0 said that nobody may write to it?
 * @backing: the device
 *
 * It may say so at any time. The block layer lets writes pass none the less.
 *
 * Context: Any.
 * Return: whether it, or all of its disk, is read-only now.
 */
bool xbb_backing_is_readonly(const struct xbb_backing *backing)
{
	return bdev_read_only(backing->bdev);
}

/**
 * xbb_backing_is_stable() - must data not change while it is written?
 * @backing: the device
 *
 * So it is where a checksum is sent with the data, or a second copy is made of
 * it. What it says may change when a storage network connects again.
 *
 * Context: Any.
 * Return: whether the device asks for pages that nobody changes.
 */
bool xbb_backing_is_stable(const struct xbb_backing *backing)
{
	return bdev_stable_writes(backing->bdev);
}

/**
 * xbb_backing_sectors() - how large is it now?
 * @backing: the device
 *
 * Context: Any.
 * Return: its capacity in units of 512 bytes.
 */
u64 xbb_backing_sectors(const struct xbb_backing *backing)
{
	return bdev_nr_sectors(backing->bdev);
}

/**
 * xbb_backing_geometry() - what a frontend is to be told
 * @backing: the device
 * @geometry: filled in
 *
 * Context: Process.
 */
void xbb_backing_geometry(const struct xbb_backing *backing,
			  struct xbb_geometry *geometry)
{
	struct block_device *bdev = backing->bdev;

	geometry->sectors = xbb_backing_sectors(backing);
	geometry->block_size = bdev_logical_block_size(bdev);
	geometry->physical_block_size = bdev_physical_block_size(bdev);
	geometry->flush = bdev_write_cache(bdev);
	geometry->cdrom = disk_to_cdi(bdev->bd_disk);
	geometry->removable = bdev->bd_disk->flags & GENHD_FL_REMOVABLE;
	geometry->discard = bdev_max_discard_sectors(bdev);
	geometry->secure_erase = bdev_max_secure_erase_sectors(bdev);
	geometry->discard_granularity = bdev_discard_granularity(bdev);
	geometry->discard_alignment = bdev_discard_alignment(bdev);
}

static blk_opf_t xbb_bio_opf(const struct xbb_req *req)
{
	switch (req->op) {
	case BLKIF_OP_READ:
		return REQ_OP_READ;
	case BLKIF_OP_DISCARD:
		return req->secure ? REQ_OP_SECURE_ERASE : REQ_OP_DISCARD;
	case BLKIF_OP_WRITE:
		return REQ_OP_WRITE | REQ_SYNC | REQ_IDLE;
	default:
		/* What a flush carries must itself be safe when it is done. */
		return REQ_OP_WRITE | REQ_PREFLUSH |
		       (req->nr_segs ? REQ_FUA : 0);
	}
}

/* With us, -EAGAIN means that frames of the guest are paged out. */
static int xbb_bio_error(const struct bio *bio)
{
	int err = blk_status_to_errno(bio->bi_status);

	return err == -EAGAIN ? -EIO : err;
}

static void xbb_bio_end(struct bio *bio)
{
	struct xbb_req *req = container_of(bio, struct xbb_req, bio);

	if (bio->bi_status)
		req->error = xbb_bio_error(bio);
	xbb_req_done(req);
}

/* As much as the device takes at once, up to the end of one of its units. */
static sector_t xbb_discard_piece(struct block_device *bdev,
				  const struct xbb_req *req)
{
	u32 unit = bdev_discard_granularity(bdev) >> SECTOR_SHIFT;
	sector_t most = req->secure ? bdev_max_secure_erase_sectors(bdev) :
				      bdev_max_discard_sectors(bdev);
	sector_t end;
	u32 past;

	most = clamp_t(sector_t, most, 1, UINT_MAX >> SECTOR_SHIFT);
	if (req->discard_left <= most)
		return req->discard_left;
	end = req->sector + most;
	div_u64_rem(end, max(unit, 1u), &past);
	if (end - past > req->sector)
		end -= past;
	return end - req->sector;
}

static void xbb_bio_fill_discard(struct bio *bio, struct xbb_req *req)
{
	sector_t piece = xbb_discard_piece(bio->bi_bdev, req);

	bio->bi_iter.bi_size = piece << SECTOR_SHIFT;
	req->sector += piece;
	req->discard_left -= piece;
}

/* Without a scheduler, nothing but its own sweep can be merged with it. */
static bool xbb_bio_is_alone(const struct bio *bio, const struct xbb_req *req)
{
	struct request_queue *q = bdev_get_queue(bio->bi_bdev);

	return req->alone && queue_is_mq(q) && !q->elevator;
}

static void xbb_bio_fill(struct bio *bio, const struct xbb_req *req)
{
	bio->bi_vcnt = req->nr_pages;
	bio->bi_iter.bi_size = req->nr_sectors * XBB_SECTOR_SIZE;
	if (xbb_bio_is_alone(bio, req))
		bio->bi_opf |= REQ_NOMERGE;
}

/**
 * xbb_backing_plug() - hold requests back until all are there
 * @plug: filled in; blk_finish_plug() sends them
 * @nr_ios: how many there will be that cannot be merged; a guess
 *
 * Context: The queue's thread.
 */
void xbb_backing_plug(struct blk_plug *plug, unsigned int nr_ios)
{
	blk_start_plug(plug);
	plug->nr_ios = min(nr_ios, XBB_PLUG_IOS);
}

/**
 * xbb_backing_submit() - send a request to the disk
 * @backing: the disk
 * @req: the request; its data is in place
 *
 * Ends in xbb_req_done(), perhaps before it returns. Of a discard it sends the
 * next piece: calling it again until nothing is left keeps a large one from
 * flooding the disk. Each frame has a bio_vec
 * of its own: neighbours here need not be neighbours in the machine (XSA-229).
 *
 * Context: The queue's thread, under its plug. May sleep.
 */
void xbb_backing_submit(struct xbb_backing *backing, struct xbb_req *req)
{
	struct bio *bio = &req->bio;

	bio_init(bio, backing->bdev, req->vecs, req->nr_pages,
		 xbb_bio_opf(req));
	bio->bi_iter.bi_sector = req->sector;
	bio->bi_end_io = xbb_bio_end;

	if (req->op == BLKIF_OP_DISCARD)
		xbb_bio_fill_discard(bio, req);
	else
		xbb_bio_fill(bio, req);
	submit_bio(bio);
}
