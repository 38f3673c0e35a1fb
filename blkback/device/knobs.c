// SPDX-License-Identifier: GPL-2.0
/* Owns what an admin can set of a disk, in a file or in a key of xenstore. */
#include "knobs.h"
#include "limits/ioprio.h"
#include "vbd.h"

#include <linux/kstrtox.h>
#include <linux/stringify.h>

static int xbb_knobs_set_rate(struct xbb_vbd *vbd, enum xbb_limit limit,
			      const char *word)
{
	u64 rate;
	int err = kstrtou64(word, 0, &rate);

	if (err)
		return err;
	if (rate > XGH_RATE_MAX)
		return -ERANGE;
	xbb_qos_set_rate(&vbd->rings.qos, limit, rate);
	return 0;
}

static int xbb_knobs_set_iops(struct xbb_vbd *vbd, const char *word)
{
	return xbb_knobs_set_rate(vbd, XBB_LIMIT_IOPS, word);
}

static int xbb_knobs_set_bandwidth(struct xbb_vbd *vbd, const char *word)
{
	return xbb_knobs_set_rate(vbd, XBB_LIMIT_BYTES, word);
}

static int xbb_knobs_set_burst(struct xbb_vbd *vbd, const char *word)
{
	unsigned int burst;
	int err = kstrtouint(word, 0, &burst);

	if (!err)
		xbb_qos_set_burst(&vbd->rings.qos, burst);
	return err;
}

static int xbb_knobs_set_pages(struct xbb_vbd *vbd, const char *word)
{
	unsigned int max;
	int err = kstrtouint(word, 0, &max);

	if (!err)
		WRITE_ONCE(vbd->rings.budget.max, max);
	return err;
}

static int xbb_knobs_set_ioprio(struct xbb_vbd *vbd, const char *word)
{
	u16 ioprio;
	int err = xbb_ioprio_parse(word, &ioprio);

	if (!err)
		WRITE_ONCE(vbd->rings.owner.ioprio, ioprio);
	return err;
}

static int xbb_knobs_set_cgroup(struct xbb_vbd *vbd, const char *word)
{
	return xbb_owner_set_cgroup(&vbd->rings.owner, word);
}

static int (*const xbb_knobs_setters[])(struct xbb_vbd *vbd,
					const char *word) = {
	[XBB_KNOB_IOPS] = xbb_knobs_set_iops,
	[XBB_KNOB_BANDWIDTH] = xbb_knobs_set_bandwidth,
	[XBB_KNOB_BURST] = xbb_knobs_set_burst,
	[XBB_KNOB_PAGES] = xbb_knobs_set_pages,
	[XBB_KNOB_IOPRIO] = xbb_knobs_set_ioprio,
	[XBB_KNOB_CGROUP] = xbb_knobs_set_cgroup,
};

static int xbb_knobs_set(struct xgh_keys *keys, unsigned int knob,
			 const char *word)
{
	struct xbb_vbd *vbd = container_of(keys, struct xbb_vbd, knobs);
	int err = xbb_knobs_setters[knob](vbd, word);

	/*
	 * A queue may sleep for the old limit, or have the old cgroup. Which
	 * there are is the work's to know, that may wait for a guest's rings.
	 */
	if (!err) {
		WRITE_ONCE(vbd->knobs_turned, true);
		xbb_vbd_schedule(vbd);
	}
	return err;
}

static int xbb_knobs_print_cgroup(struct xbb_vbd *vbd, char *buf, size_t size)
{
	int len;

	mutex_lock(&vbd->knobs.lock);
	len = xbb_owner_print_cgroup(&vbd->rings.owner, buf, size);
	mutex_unlock(&vbd->knobs.lock);
	return len;
}

/**
 * xbb_knobs_print() - how a knob is set
 * @vbd: the vbd
 * @knob: which
 * @buf: filled in, in the form in which it is set
 * @size: of that
 *
 * Context: Process; the lock of the vbd's knobs is not held. May sleep.
 * Return: length of the text, less than @size, or a negative errno.
 */
int xbb_knobs_print(struct xbb_vbd *vbd, enum xbb_knob knob, char *buf,
		    size_t size)
{
	const struct xbb_rings *rings = &vbd->rings;
	const struct xgh_rate *limits = rings->qos.limits;

	switch (knob) {
	case XBB_KNOB_IOPS:
		return scnprintf(buf, size, "%llu",
				 READ_ONCE(limits[XBB_LIMIT_IOPS].units));
	case XBB_KNOB_BANDWIDTH:
		return scnprintf(buf, size, "%llu",
				 READ_ONCE(limits[XBB_LIMIT_BYTES].units));
	case XBB_KNOB_BURST:
		return scnprintf(buf, size, "%u", READ_ONCE(rings->qos.burst));
	case XBB_KNOB_PAGES:
		return scnprintf(buf, size, "%u", READ_ONCE(rings->budget.max));
	case XBB_KNOB_IOPRIO:
		return xbb_ioprio_print(buf, size,
					READ_ONCE(rings->owner.ioprio));
	case XBB_KNOB_CGROUP:
		return xbb_knobs_print_cgroup(vbd, buf, size);
	}
	return -EINVAL;
}

static const struct xgh_key xbb_knobs_keys[] = {
	[XBB_KNOB_IOPS] = { "limits/iops", "0" },
	[XBB_KNOB_BANDWIDTH] = { "limits/bandwidth", "0" },
	[XBB_KNOB_BURST] = { "limits/burst-ms",
			     __stringify(XBB_QOS_BURST_DEFAULT) },
	[XBB_KNOB_PAGES] = { "limits/max-pages", "0" },
	[XBB_KNOB_IOPRIO] = { "limits/ioprio", "none" },
	[XBB_KNOB_CGROUP] = { "limits/cgroup", "none" },
};

const struct xgh_key_table xbb_knobs = {
	.dir = "limits",
	.keys = xbb_knobs_keys,
	.nr = ARRAY_SIZE(xbb_knobs_keys),
	.set = xbb_knobs_set,
};
