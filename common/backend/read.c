// SPDX-License-Identifier: GPL-2.0
/* Owns the reading of xenstore's nodes outside of transactions. */
#include "read.h"
#include "faults.h"

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <xen/xenbus.h>

/* How often a node is asked for that could not be read, and how soon again. */
#define XGH_READ_TRIES		20
#define XGH_READ_PAUSE_MS	50

static char *xgh_read_once(const char *dir, const char *node)
{
	int err = xgh_faults_read();

	return err ? ERR_PTR(err) : xenbus_read(XBT_NIL, dir, node, NULL);
}

/**
 * xgh_read_may_pass() - wait for a while if a failure is passing
 * @err: negative errno
 * @tries: how often that was so; begins with 0
 *
 * Context: Process. Sleeps if so.
 * Return: whether to try again; a second in all.
 */
bool xgh_read_may_pass(int err, unsigned int *tries)
{
	if (!xgh_read_is_passing(err) || ++*tries == XGH_READ_TRIES)
		return false;
	msleep(XGH_READ_PAUSE_MS);
	return true;
}

/**
 * xgh_read() - read a node
 * @dir: its directory
 * @node: its name, or path below that
 *
 * Context: Process. May sleep, for a second if xenstore cannot be read.
 * Return: the text, to be freed, or an ERR_PTR: -ENOENT if it is not there.
 */
char *xgh_read(const char *dir, const char *node)
{
	unsigned int tries = 0;
	char *text;

	do {
		text = xgh_read_once(dir, node);
	} while (IS_ERR(text) && xgh_read_may_pass(PTR_ERR(text), &tries));
	return text;
}
EXPORT_SYMBOL_GPL(xgh_read);

/**
 * xgh_read_scanf() - read what is in a node
 * @dir: its directory
 * @node: its name
 * @fmt: what is to be found there, and where to put it
 *
 * Context: Process. May sleep, for a second if xenstore cannot be read.
 * Return: how many were found, -ENOENT if the node is not there, -ERANGE if it
 * has something else, or another negative errno.
 */
int xgh_read_scanf(const char *dir, const char *node, const char *fmt, ...)
{
	char *text = xgh_read(dir, node);
	va_list args;
	int found;

	if (IS_ERR(text))
		return PTR_ERR(text);
	va_start(args, fmt);
	found = vsscanf(text, fmt, args);
	va_end(args);
	kfree(text);
	return found > 0 ? found : -ERANGE;
}
EXPORT_SYMBOL_GPL(xgh_read_scanf);

/**
 * xgh_read_uint() - read a node that is a number, and nothing else
 * @dir: its directory
 * @node: its name
 * @number: where to put it
 *
 * Neither what it would be without its upper bits nor what it begins with.
 *
 * Context: Process. May sleep, for a second if xenstore cannot be read.
 * Return: 0, -ENOENT if the node is not there, -ERANGE or -EINVAL if it has
 * something else, or another negative errno.
 */
int xgh_read_uint(const char *dir, const char *node, unsigned int *number)
{
	char *text = xgh_read(dir, node);
	int err;

	if (IS_ERR(text))
		return PTR_ERR(text);
	err = kstrtouint(strim(text), 10, number);
	kfree(text);
	return err;
}
EXPORT_SYMBOL_GPL(xgh_read_uint);

/**
 * xgh_read_required() - read a number that must be there
 * @dir: its directory
 * @node: its name
 * @number: where to put it
 *
 * Context: Process. May sleep, for a second if xenstore cannot be read.
 * Return: 0, -EINVAL if the node is not there or has something else, or another
 * negative errno, which says nothing of the node.
 */
int xgh_read_required(const char *dir, const char *node, unsigned int *number)
{
	int err = xgh_read_uint(dir, node, number);

	return err == -ENOENT || err == -ERANGE ? -EINVAL : err;
}
EXPORT_SYMBOL_GPL(xgh_read_required);

/**
 * xgh_read_optional() - read a number that must be one if it is there
 * @dir: its directory
 * @node: its name
 * @missing: what it is if it is not there
 * @number: where to put it
 *
 * For what says how something is laid out: whoever has written it believes to
 * have said something.
 *
 * Context: Process. May sleep, for a second if xenstore cannot be read.
 * Return: 0, -EINVAL if the node has something else, or another negative errno.
 */
int xgh_read_optional(const char *dir, const char *node, unsigned int missing,
		      unsigned int *number)
{
	int err = xgh_read_uint(dir, node, number);

	if (err == -ENOENT) {
		*number = missing;
		return 0;
	}
	return err == -ERANGE ? -EINVAL : err;
}
EXPORT_SYMBOL_GPL(xgh_read_optional);

/**
 * xgh_read_unsigned() - read a number
 * @dir: its directory
 * @node: its name
 * @missing: what it is if there is none
 *
 * For what is a wish, or a hint: something else is none.
 *
 * Context: Process. May sleep, for a second if xenstore cannot be read.
 * Return: the number, or @missing.
 */
unsigned int xgh_read_unsigned(const char *dir, const char *node,
			       unsigned int missing)
{
	unsigned int number;

	return xgh_read_uint(dir, node, &number) ? missing : number;
}
EXPORT_SYMBOL_GPL(xgh_read_unsigned);

/**
 * xgh_read_state() - read what one end of a device says it does
 * @dir: its directory
 *
 * Context: Process. May sleep, for a second if xenstore cannot be read.
 * Return: the number that is there, XenbusStateUnknown if it has gone or is no
 * number.
 */
enum xenbus_state xgh_read_state(const char *dir)
{
	char *text = xgh_read(dir, "state");
	int state, err;

	if (IS_ERR(text))
		return XenbusStateUnknown;
	err = kstrtoint(strim(text), 10, &state);
	kfree(text);
	return err ? XenbusStateUnknown : state;
}
EXPORT_SYMBOL_GPL(xgh_read_state);
