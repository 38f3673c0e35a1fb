// SPDX-License-Identifier: GPL-2.0
/* Owns the writing of xenstore's nodes, and how many do it at a time. */
#include "write.h"
#include "faults.h"
#include "read.h"

#include <linux/errno.h>
#include <linux/mutex.h>

#include <xen/xenbus.h>

/* Innermost of all locks: who has it waits for nobody but xenstored. */
static DEFINE_MUTEX(xgh_write_gate);

/* A directory that has gone would come back, and nobody would remove it. */
static int xgh_write_check(struct xenbus_transaction xbt,
			   const struct xgh_write *write)
{
	int state, err;

	err = xgh_faults_read() ?:
	      xenbus_scanf(xbt, write->dir, "state", "%d", &state);
	if (err < 0)
		return err == -ERANGE ? -ENOENT : err;
	if (write->own != XenbusStateUnknown && write->own != state)
		return -ENOENT;
	if (write->spare != XenbusStateUnknown && write->spare == state)
		return -ESTALE;
	return 0;
}

static int xgh_write_node(struct xenbus_transaction xbt, const char *dir,
			  const struct xgh_node *node)
{
	if (node->text)
		return xenbus_printf(xbt, dir, node->name, "%s", node->text);
	return xenbus_printf(xbt, dir, node->name, "%llu", node->value);
}

/* Ends the transaction: -EAGAIN means that all of it has to be done again. */
static int xgh_write_nodes(struct xenbus_transaction xbt,
			   const struct xgh_write *write)
{
	int err = xgh_write_check(xbt, write);
	unsigned int i;
	int end;

	for (i = 0; i < write->nr && !err; i++)
		err = xgh_write_node(xbt, write->dir, &write->nodes[i]);
	end = xenbus_transaction_end(xbt, err);
	return err ?: end;
}

static int xgh_write_try(const struct xgh_write *write, bool *started)
{
	struct xenbus_transaction xbt;
	int err;

	mutex_lock(&xgh_write_gate);
	err = xgh_faults_start() ?: xenbus_transaction_start(&xbt);
	*started = !err;
	if (!err)
		err = xgh_write_nodes(xbt, write);
	mutex_unlock(&xgh_write_gate);
	return err;
}

/*
 * Nothing that we ask for can be wrong about a start: xenstored refuses it, in
 * whatever words, because others of this domain have all that it may have.
 */
static bool xgh_write_may_pass(int err, bool started, unsigned int *tries)
{
	return err && xgh_read_may_pass(started ? err : -EAGAIN, tries);
}

/**
 * xgh_write() - write nodes, all at once
 * @write: what
 *
 * Context: Process. May sleep, for a second if xenstored refuses.
 * Return: 0; -ENOENT if the directory has gone or another state stands there
 * than the one that must; -ESTALE if the one stands there that must not; or
 * another negative errno.
 */
int xgh_write(const struct xgh_write *write)
{
	unsigned int tries = 0;
	bool started;
	int err;

	do {
		err = xgh_write_try(write, &started);
	} while ((started && err == -EAGAIN) ||
		 xgh_write_may_pass(err, started, &tries));
	return err;
}
