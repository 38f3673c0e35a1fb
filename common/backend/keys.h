/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keys of xenstore, in the backend's own directory, by which a toolstack, its
 * scripts or an admin set something of a device while it runs. A bad value
 * leaves the old one as it is, and is said in the node "limits-error" there and
 * in the log; the device is served on. No frontend can write there.
 */
#ifndef XGH_KEYS_H
#define XGH_KEYS_H

#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/types.h>

#include <xen/xenbus.h>

/* Most keys of a device. */
#define XGH_KEYS_MAX	8

struct xgh_keys;

/**
 * struct xgh_key - one of them; constant
 */
struct xgh_key {
	/** @node: its path below our directory */
	const char *node;
	/** @unset: what it is when nobody has set it */
	const char *unset;
};

/**
 * struct xgh_key_table - the keys of a kind of device; constant
 */
struct xgh_key_table {
	/** @dir: where all of them are below our directory, NULL for there */
	const char *dir;
	/** @keys: the keys; their numbers are those of the driver's enum */
	const struct xgh_key *keys;
	/** @nr: how many there are, up to XGH_KEYS_MAX */
	unsigned int nr;
	/**
	 * @set: take over a value without space around it; the keys' lock is
	 * held, and the device's perhaps; may sleep. Returns 0, or a negative
	 * errno if nothing has changed
	 */
	int (*set)(struct xgh_keys *keys, unsigned int key, const char *value);
};

/**
 * struct xgh_keys - what is known of the keys of a device
 */
struct xgh_keys {
	/** @table: which there are */
	const struct xgh_key_table *table;
	/** @written: bits of keys to be read; anyone sets */
	unsigned long written;
	/**
	 * @lock: what a key stands for is set or seen. Inside the device's,
	 * and never held while a guest, or xenstored, is waited for: while
	 * somebody is in a file xenwatch cannot say that the device leaves
	 */
	struct mutex lock;
	/** @log: bounds the lines about bad values */
	struct ratelimit_state log;
	/** @present: bits of those that are there; under the device's lock */
	unsigned long present;
	/** @errors: why a key was not taken, or 0; likewise */
	int errors[XGH_KEYS_MAX];
};

void xgh_keys_init(struct xgh_keys *keys, const struct xgh_key_table *table);
int xgh_keys_set(struct xgh_keys *keys, unsigned int key, const char *text);
unsigned long xgh_keys_named(const struct xgh_key_table *table,
			     const struct xenbus_watch *watch,
			     const char *path);
void xgh_keys_mark(struct xgh_keys *keys, unsigned long written);
unsigned long xgh_keys_follow(struct xgh_keys *keys,
			      const struct xenbus_device *xdev);

#endif /* XGH_KEYS_H */
