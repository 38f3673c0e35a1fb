// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what an admin can set of a disk, and the keys of xenstore that say so.
 * They lie in our own directory, which no frontend can write. A bad value
 * leaves the old one as it is, and is said in the node "limits-error" there and
 * in the log; the disk is served on.
 */
#include "knobs.h"
#include "backend/log.h"
#include "backend/xenstore.h"
#include "limits/ioprio.h"
#include "vbd.h"

#include <linux/bitops.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/stringify.h>

#include <xen/xenbus.h>

#define XBB_KNOBS_DIR	"limits"
#define XBB_KNOBS_ERROR	"limits-error"

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

/* Its key in xenstore, what it is when nobody has set it, how it is set. */
static const struct {
	const char *key;
	const char *unset;
	int (*set)(struct xbb_vbd *vbd, const char *word);
} xbb_knobs[] = {
	[XBB_KNOB_IOPS] = { "iops", "0", xbb_knobs_set_iops },
	[XBB_KNOB_BANDWIDTH] = { "bandwidth", "0", xbb_knobs_set_bandwidth },
	[XBB_KNOB_BURST] = { "burst-ms", __stringify(XBB_QOS_BURST_DEFAULT),
			     xbb_knobs_set_burst },
	[XBB_KNOB_PAGES] = { "max-pages", "0", xbb_knobs_set_pages },
	[XBB_KNOB_IOPRIO] = { "ioprio", "none", xbb_knobs_set_ioprio },
	[XBB_KNOB_CGROUP] = { "cgroup", "none", xbb_knobs_set_cgroup },
};

#define XBB_KNOBS_ALL	(BIT(XBB_NR_KNOBS) - 1)

/**
 * xbb_knobs_init() - begin: all keys are to be read
 * @knobs: all zero
 *
 * Context: Any.
 */
void xbb_knobs_init(struct xbb_knobs *knobs)
{
	knobs->written = XBB_KNOBS_ALL;
	xgh_log_init(&knobs->log);
}

/**
 * xbb_knobs_set() - set one of them, at once
 * @vbd: the vbd
 * @knob: which
 * @text: to what; space around it does not count
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: 0 or a negative errno, then nothing has changed.
 */
int xbb_knobs_set(struct xbb_vbd *vbd, enum xbb_knob knob, const char *text)
{
	char *copy = kstrdup(text, GFP_NOIO);
	int err;

	if (!copy)
		return -ENOMEM;
	err = xbb_knobs[knob].set(vbd, strim(copy));
	kfree(copy);
	/* A queue may sleep for the old limit, or have the old cgroup. */
	if (!err && xgh_life_is_linked(&vbd->life))
		xbb_rings_wake(&vbd->rings);
	return err;
}

/**
 * xbb_knobs_named() - which keys are meant?
 * @below: what follows our directory in a path of xenstore
 *
 * Context: Any.
 * Return: bits of enum xbb_knob; none for any other node.
 */
unsigned long xbb_knobs_named(const char *below)
{
	size_t len = str_has_prefix(below, "/" XBB_KNOBS_DIR);
	unsigned int i;

	if (!len)
		return 0;
	if (!below[len])
		return XBB_KNOBS_ALL;
	if (below[len] != '/')
		return 0;
	for (i = 0; i < XBB_NR_KNOBS; i++)
		if (!strcmp(below + len + 1, xbb_knobs[i].key))
			return BIT(i);
	return 0;
}

/**
 * xbb_knobs_mark() - somebody has written keys, or removed them
 * @knobs: the knobs; whoever calls schedules the vbd afterwards
 * @written: bits of enum xbb_knob
 *
 * Context: Any.
 */
void xbb_knobs_mark(struct xbb_knobs *knobs, unsigned long written)
{
	unsigned long bit;

	for_each_set_bit(bit, &written, XBB_NR_KNOBS)
		set_bit(bit, &knobs->written);
}

/* What was never there leaves alone what was written to a file. */
static int xbb_knobs_remove(struct xbb_vbd *vbd, enum xbb_knob knob)
{
	int err = 0;

	if (test_bit(knob, &vbd->knobs.present))
		err = xbb_knobs_set(vbd, knob, xbb_knobs[knob].unset);
	if (!err)
		__clear_bit(knob, &vbd->knobs.present);
	return err;
}

static int xbb_knobs_read(struct xbb_vbd *vbd, enum xbb_knob knob)
{
	char node[32], *text;
	int err;

	snprintf(node, sizeof(node), XBB_KNOBS_DIR "/%s", xbb_knobs[knob].key);
	text = xenbus_read(XBT_NIL, vbd->xdev->nodename, node, NULL);
	if (text == ERR_PTR(-ENOENT))
		return xbb_knobs_remove(vbd, knob);
	if (IS_ERR(text))
		return PTR_ERR(text);
	__set_bit(knob, &vbd->knobs.present);
	err = xbb_knobs_set(vbd, knob, text);
	kfree(text);
	return err;
}

/* It is no fault of the value: it is to be read again. */
static bool xbb_knobs_is_passing(int err)
{
	return err == -ENOMEM || err == -EAGAIN || err == -EINTR || err == -EIO;
}

static void xbb_knobs_take(struct xbb_vbd *vbd, enum xbb_knob knob)
{
	struct xbb_knobs *knobs = &vbd->knobs;

	knobs->errors[knob] = xbb_knobs_read(vbd, knob);
	if (xbb_knobs_is_passing(knobs->errors[knob]))
		set_bit(knob, &knobs->written);
	if (knobs->errors[knob] && __ratelimit(&knobs->log))
		dev_warn(&vbd->xdev->dev,
			 "%d %s/%s is not taken, the old value stays\n",
			 -knobs->errors[knob], XBB_KNOBS_DIR,
			 xbb_knobs[knob].key);
}

/* The first that is wrong, in the form of the device's error node. */
static void xbb_knobs_report(struct xbb_vbd *vbd)
{
	unsigned int i;

	for (i = 0; i < XBB_NR_KNOBS; i++) {
		int err = vbd->knobs.errors[i];

		if (!err)
			continue;
		xgh_xenstore_printf(vbd->xdev, XBB_KNOBS_ERROR,
				    "%d %s/%s is not taken", -err,
				    XBB_KNOBS_DIR, xbb_knobs[i].key);
		return;
	}
	xgh_xenstore_remove(vbd->xdev, XBB_KNOBS_ERROR);
}

/*
 * Most disks have none: one question instead of one for each. Returns -ENOENT
 * then, 0 if there are some, or why that is not known.
 */
static int xbb_knobs_find(struct xbb_vbd *vbd)
{
	char *text = xenbus_read(XBT_NIL, vbd->xdev->nodename, XBB_KNOBS_DIR,
				 NULL);

	if (IS_ERR(text))
		return PTR_ERR(text);
	kfree(text);
	return 0;
}

static void xbb_knobs_take_all(struct xbb_vbd *vbd, unsigned long written)
{
	struct xbb_knobs *knobs = &vbd->knobs;
	int err = xbb_knobs_find(vbd);
	unsigned long bit;

	if (err && err != -ENOENT) {
		xbb_knobs_mark(knobs, written);
		return;
	}
	/* The last driver may have left word of what is gone by now. */
	if (!err || knobs->present)
		for_each_set_bit(bit, &written, XBB_NR_KNOBS)
			xbb_knobs_take(vbd, bit);
	else
		memset(knobs->errors, 0, sizeof(knobs->errors));
	xbb_knobs_report(vbd);
}

/**
 * xbb_knobs_follow() - take over what was written to xenstore
 * @vbd: the vbd; our directory in xenstore is its own
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: in how many jiffies to come back, XGH_LIFE_NEVER if there is no need.
 */
unsigned long xbb_knobs_follow(struct xbb_vbd *vbd)
{
	struct xbb_knobs *knobs = &vbd->knobs;

	if (likely(!READ_ONCE(knobs->written)))
		return XGH_LIFE_NEVER;
	/* A barrier: what is written after that marks it again. */
	xbb_knobs_take_all(vbd, xchg(&knobs->written, 0));
	return READ_ONCE(knobs->written) ? HZ : XGH_LIFE_NEVER;
}
