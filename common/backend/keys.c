// SPDX-License-Identifier: GPL-2.0
/* Owns the keys of xenstore that set something of a running device. */
#include "keys.h"
#include "life.h"
#include "log.h"
#include "read.h"
#include "xenstore.h"

#include <linux/bitops.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#define XGH_KEYS_ERROR	"limits-error"

static unsigned long xgh_keys_all(const struct xgh_key_table *table)
{
	return BIT(table->nr) - 1;
}

/**
 * xgh_keys_init() - begin: all keys are to be read
 * @keys: all zero
 * @table: which there are
 *
 * Context: Any.
 */
void xgh_keys_init(struct xgh_keys *keys, const struct xgh_key_table *table)
{
	keys->table = table;
	keys->written = xgh_keys_all(table);
	mutex_init(&keys->lock);
	xgh_log_init(&keys->log);
}
EXPORT_SYMBOL_GPL(xgh_keys_init);

/**
 * xgh_keys_set() - set what a key stands for, at once
 * @keys: the keys
 * @key: which
 * @text: to what; space around it does not count
 *
 * Context: Process; with the device's lock or without. May sleep.
 * Return: 0 or a negative errno, then nothing has changed.
 */
int xgh_keys_set(struct xgh_keys *keys, unsigned int key, const char *text)
{
	char *copy = kstrdup(text, GFP_NOIO);
	int err;

	if (!copy)
		return -ENOMEM;
	mutex_lock(&keys->lock);
	err = keys->table->set(keys, key, strim(copy));
	mutex_unlock(&keys->lock);
	kfree(copy);
	return err;
}
EXPORT_SYMBOL_GPL(xgh_keys_set);

/* Is the node that one, or a directory on the way to it? */
static bool xgh_keys_leads_to(const char *below, const char *node)
{
	size_t len = strlen(below);

	return !strncmp(node, below, len) && (!node[len] || node[len] == '/');
}

/**
 * xgh_keys_named() - which keys may have changed?
 * @table: the keys that there are
 * @watch: the watch on our own directory
 * @path: what it says has changed
 *
 * Context: Any.
 * Return: one bit for each; none for any other node.
 */
unsigned long xgh_keys_named(const struct xgh_key_table *table,
			     const struct xenbus_watch *watch, const char *path)
{
	size_t len = str_has_prefix(path, watch->node);
	unsigned long named = 0;
	unsigned int i;

	/* The first event of a watch stands for all that was before it. */
	if (len && !path[len])
		return xgh_keys_all(table);
	if (!len || path[len] != '/')
		return 0;
	for (i = 0; i < table->nr; i++)
		if (xgh_keys_leads_to(path + len + 1, table->keys[i].node))
			named |= BIT(i);
	return named;
}
EXPORT_SYMBOL_GPL(xgh_keys_named);

/**
 * xgh_keys_mark() - somebody has written keys, or removed them
 * @keys: the keys; whoever calls has the device look at them afterwards
 * @written: one bit for each
 *
 * Context: Any.
 */
void xgh_keys_mark(struct xgh_keys *keys, unsigned long written)
{
	unsigned long bit;

	for_each_set_bit(bit, &written, XGH_KEYS_MAX)
		set_bit(bit, &keys->written);
}
EXPORT_SYMBOL_GPL(xgh_keys_mark);

/* What was never there leaves alone what was set in another way. */
static int xgh_keys_remove(struct xgh_keys *keys, unsigned int key)
{
	int err = 0;

	if (test_bit(key, &keys->present))
		err = xgh_keys_set(keys, key, keys->table->keys[key].unset);
	if (!err)
		__clear_bit(key, &keys->present);
	return err;
}

static int xgh_keys_read(struct xgh_keys *keys, unsigned int key,
			 const struct xenbus_device *xdev)
{
	char *text = xgh_read(xdev->nodename, keys->table->keys[key].node);
	int err;

	if (text == ERR_PTR(-ENOENT))
		return xgh_keys_remove(keys, key);
	if (IS_ERR(text))
		return PTR_ERR(text);
	__set_bit(key, &keys->present);
	err = xgh_keys_set(keys, key, text);
	kfree(text);
	return err;
}

static void xgh_keys_take(struct xgh_keys *keys, unsigned int key,
			  const struct xenbus_device *xdev)
{
	int err = xgh_keys_read(keys, key, xdev);

	keys->errors[key] = err;
	if (xgh_read_is_passing(err))
		set_bit(key, &keys->written);
	if (err && __ratelimit(&keys->log))
		dev_warn(&xdev->dev, "%d %s is not taken, the old value stays\n",
			 -err, keys->table->keys[key].node);
}

/* The first that is wrong, in the form of the device's error node. */
static void xgh_keys_report(const struct xgh_keys *keys,
			    const struct xenbus_device *xdev)
{
	unsigned int i;

	for (i = 0; i < keys->table->nr; i++) {
		if (!keys->errors[i])
			continue;
		xgh_xenstore_printf(xdev, XGH_KEYS_ERROR, "%d %s is not taken",
				    -keys->errors[i],
				    keys->table->keys[i].node);
		return;
	}
	/* The last driver may have left word of what is gone by now. */
	xgh_xenstore_remove(xdev, XGH_KEYS_ERROR);
}

/*
 * Most devices have none: one question instead of one for each. Returns -ENOENT
 * then, 0 if there may be some, or why that is not known.
 */
static int xgh_keys_find(const struct xgh_keys *keys,
			 const struct xenbus_device *xdev)
{
	char *text;

	if (!keys->table->dir)
		return 0;
	text = xgh_read(xdev->nodename, keys->table->dir);
	if (IS_ERR(text))
		return PTR_ERR(text);
	kfree(text);
	return 0;
}

static void xgh_keys_take_all(struct xgh_keys *keys, unsigned long written,
			      const struct xenbus_device *xdev)
{
	int err = xgh_keys_find(keys, xdev);
	unsigned long bit;

	if (err && err != -ENOENT) {
		xgh_keys_mark(keys, written);
		return;
	}
	if (!err || keys->present)
		for_each_set_bit(bit, &written, keys->table->nr)
			xgh_keys_take(keys, bit, xdev);
	else
		memset(keys->errors, 0, sizeof(keys->errors));
	xgh_keys_report(keys, xdev);
}

/**
 * xgh_keys_follow() - take over what was written to xenstore
 * @keys: the keys
 * @xdev: their device; our directory in xenstore is its own
 *
 * Context: Process; the device's lock is held. May sleep.
 * Return: in how many jiffies to come back, XGH_LIFE_NEVER if there is no need.
 */
unsigned long xgh_keys_follow(struct xgh_keys *keys,
			      const struct xenbus_device *xdev)
{
	if (likely(!READ_ONCE(keys->written)))
		return XGH_LIFE_NEVER;
	/* A barrier: what is written after that marks it again. */
	xgh_keys_take_all(keys, xchg(&keys->written, 0), xdev);
	return READ_ONCE(keys->written) ? HZ : XGH_LIFE_NEVER;
}
EXPORT_SYMBOL_GPL(xgh_keys_follow);
