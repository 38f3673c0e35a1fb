// SPDX-License-Identifier: GPL-2.0
/* Owns what we write about a disk to our directory of xenstore. */
#include "publish.h"
#include "backend/xenstore.h"
#include "disk/bdev.h"
#include "frontend.h"
#include "vbd.h"

#include <linux/kdev_t.h>

/**
 * xbb_publish_active() - tell the toolstack which disk is in use
 * @vbd: the vbd, still on the bus
 * @num: its number
 * @diskseq: and its sequence number
 *
 * Context: Process; the vbd's lock is held. May sleep.
 */
void xbb_publish_active(struct xbb_vbd *vbd, dev_t num, u64 diskseq)
{
	xgh_xenstore_printf(vbd->xdev, "active-physical-device", "%x:%x@%llx",
			    MAJOR(num), MINOR(num), diskseq);
}

/**
 * xbb_publish_offer() - tell a frontend what it may ask for
 * @vbd: the vbd
 *
 * Context: Process; probe. May sleep.
 * Return: 0 or a negative errno.
 */
int xbb_publish_offer(struct xbb_vbd *vbd)
{
	const struct xgh_node nodes[] = {
		{ "max-ring-page-order", vbd->max_order },
		{ "multi-queue-max-queues", vbd->max_queues },
		{ "feature-max-indirect-segments", XBB_INDIRECT_SEGS },
	};

	return xgh_xenstore_write(vbd->xdev, nodes, ARRAY_SIZE(nodes));
}

static unsigned int xbb_publish_info(const struct xbb_vbd *vbd,
				     const struct xbb_geometry *geometry)
{
	unsigned int info = 0;

	if (geometry->cdrom || xbb_frontend_has_cdrom(vbd))
		info |= XBB_INFO_CDROM;
	if (geometry->removable)
		info |= XBB_INFO_REMOVABLE;
	if (vbd->rings.limits.readonly)
		info |= XBB_INFO_READONLY;
	return info;
}

/**
 * xbb_publish_disk() - tell the frontend what the disk is like
 * @vbd: the vbd
 * @geometry: the disk's
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: 0 or a negative errno.
 */
int xbb_publish_disk(struct xbb_vbd *vbd, const struct xbb_geometry *geometry)
{
	const struct xgh_node nodes[] = {
		{ "feature-persistent", vbd->rings.policy.persistent },
		{ "feature-flush-cache", geometry->flush },
		{ "feature-barrier", geometry->flush },
		{ "sectors", geometry->sectors },
		{ "info", xbb_publish_info(vbd, geometry) },
		{ "sector-size", geometry->block_size },
		{ "physical-sector-size", geometry->physical_block_size },
		{ "feature-discard", geometry->discard },
		{ "discard-secure",
		  geometry->discard && geometry->secure_erase },
		/* These two only with discard; the others tell of none, too. */
		{ "discard-granularity", geometry->discard_granularity },
		{ "discard-alignment", geometry->discard_alignment },
	};
	unsigned int nr = ARRAY_SIZE(nodes) - (geometry->discard ? 0 : 2);

	return xgh_xenstore_write(vbd->xdev, nodes, nr);
}

/**
 * xbb_publish_size() - tell the frontend that the size has changed
 * @vbd: a connected vbd, still on the bus
 * @sectors: its size in units of 512 bytes
 *
 * Frontends watch our state and read the size again when it is written.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: 0, -ENOENT if the toolstack has written another state, or another
 * negative errno.
 */
int xbb_publish_size(struct xbb_vbd *vbd, u64 sectors)
{
	const struct xgh_node nodes[] = {
		{ "sectors", sectors },
		{ "state", XenbusStateConnected },
	};

	return xgh_xenstore_write_while(vbd->xdev, XenbusStateConnected, nodes,
					ARRAY_SIZE(nodes));
}
