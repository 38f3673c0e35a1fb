/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing nodes of xenstore, all at once or not at all.
 *
 * Each write is a transaction. xenstored lets a domain other than dom0 have ten
 * of them open (its quota "transactions"), with all its drivers and tools, and
 * refuses more with ENOSPC. Devices of ours run side by side, a hundred if need
 * be: so here they go one after the other, whatever the driver. What is refused
 * none the less is tried again.
 */
#ifndef XGH_WRITE_H
#define XGH_WRITE_H

#include <linux/types.h>

#include <xen/interface/io/xenbus.h>

/**
 * struct xgh_node - what is to be written to a node
 */
struct xgh_node {
	/** @name: of the node, in the backend's directory */
	const char *name;
	/** @value: what it shall hold, in decimal */
	u64 value;
	/** @text: what it shall hold instead, unless it is NULL */
	const char *text;
};

/**
 * struct xgh_write - what is to be written, and into what
 */
struct xgh_write {
	/** @dir: a device's directory; it must be there, with a state */
	const char *dir;
	/** @own: that must be the state there; Unknown for any */
	enum xenbus_state own;
	/** @spare: that must not be the state there; Unknown for none */
	enum xenbus_state spare;
	/** @nodes: what is to be written */
	const struct xgh_node *nodes;
	/** @nr: how many nodes */
	unsigned int nr;
};

int xgh_write(const struct xgh_write *write);

#endif /* XGH_WRITE_H */
