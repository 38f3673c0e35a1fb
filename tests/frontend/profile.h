/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frontends that exist, as data: what each of them does that a backend can see,
 * taken from its public source. Nothing here needs Xen's headers, so that
 * page/page.c makes Documentation/frontends.md of the same tables.
 *
 * The order of states is a script, read from left to right:
 *
 *	4	it writes this state
 *	<56	it waits until the backend is in one of these
 *	=6	it waits for exactly this; a state behind it is a failure
 *	!2	it waits as long as the backend is in this one
 *	+	rings, event channels and all that it writes are published
 *	b	receive buffers are posted
 *	-	what it removes is removed
 *	.	a pause of 0.2 s
 *
 * Lists of nodes are words: "feature-sg=1". PAGES and QUEUES as a value stand
 * for those of the connection; PAGES is not written for a ring of one page.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include <stddef.h>

/**
 * enum blk_trait - what else a block frontend does
 * @BLK_ONE: one page, one request at a time
 * @BLK_ZERO_ID: the id of each request is 0
 * @BLK_SLOT_ID: the id of a request is its slot; otherwise a pointer
 * @BLK_ALWAYS: an event for each request, whether one is wanted or not
 * @BLK_LAST: asks for an event with the last response alone
 * @BLK_BARRIER: sends barriers with data
 * @BLK_FLUSH: sends flushes of no segment
 * @BLK_STALE: with whatever else was in the slot of the ring
 * @BLK_DISCARD: sends discards
 * @BLK_EMPTIES: what it removes it leaves behind empty
 */
enum blk_trait {
	BLK_ONE = 1, BLK_ZERO_ID = 2, BLK_SLOT_ID = 4, BLK_ALWAYS = 8,
	BLK_LAST = 16, BLK_BARRIER = 32, BLK_FLUSH = 64, BLK_STALE = 128,
	BLK_DISCARD = 256, BLK_EMPTIES = 512,
};

/**
 * struct blk_profile - a block frontend
 * @name: of the row, as commands have it
 * @source: what was read: repository, file, commit
 * @order: largest ring, as log2 of pages, if the backend can have it
 * @queues: most queues
 * @segs: most segments of a request, in indirect ones if more than 11
 * @traits: of &enum blk_trait
 * @writes: nodes besides those of rings, event channels and the protocol
 * @needs: nodes of the backend without which it gives up
 * @reads: other nodes of the backend that it looks at
 * @removes: its own nodes that it takes back
 * @connect: script; it may be on the ring when that has ended
 * @close: script for closing by itself; NULL: it never does
 * @told: script for the backend's state 5; NULL: nothing happens
 * @note: anything else, and what was not found
 */
struct blk_profile {
	const char *name, *source;
	unsigned int order, queues, segs, traits;
	const char *writes, *needs, *reads, *removes;
	const char *connect, *close, *told, *note;
};

/**
 * enum net_trait - what else a network frontend does
 * @NET_SPLIT: two event channels if the backend offers that
 * @NET_CTRL: a control ring if the backend offers that
 * @NET_IN_ORDER: takes the TX response in a slot for that to its request
 */
enum net_trait { NET_SPLIT = 1, NET_CTRL = 2, NET_IN_ORDER = 4 };

/**
 * struct net_profile - a network frontend
 * @name: of the row, as commands have it
 * @source: what was read: repository, file, commit
 * @queues: most queues
 * @buffers: receive buffers that it posts at first
 * @batch: it posts more when that many are free, at least
 * @tx: most requests that it has in its TX ring
 * @traits: of &enum net_trait
 * @writes: nodes besides those of rings and event channels
 * @needs: nodes of the backend without which it gives up
 * @reads: other nodes of the backend that it looks at
 * @removes: its own nodes that it takes back
 * @connect: script; it may be on the rings when that has ended
 * @close: script for closing by itself; NULL: it never does
 * @told: script for the backend's state 5; NULL: nothing happens
 * @note: anything else, and what was not found
 */
struct net_profile {
	const char *name, *source;
	unsigned int queues, buffers, batch, tx, traits;
	const char *writes, *needs, *reads, *removes;
	const char *connect, *close, *told, *note;
};

/**
 * struct order - an order of states that nobody has, and that is allowed
 * @name: of the row
 * @connect: script for connecting
 * @close: script for closing
 */
struct order {
	const char *name, *connect, *close;
};

/* Each ends with a row without a name. */
extern const struct blk_profile blk_profiles[];
extern const struct net_profile net_profiles[];
extern const struct order orders[];

#endif /* PROFILE_H */
