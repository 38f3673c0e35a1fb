// SPDX-License-Identifier: GPL-2.0
/* Owns a connection to a network backend: its rings and what is in them. */
#include "netif.h"
#include "steps.h"

#include <stdio.h>
#include <string.h>

void net_open(struct net *net, unsigned int devid)
{
	memset(net, 0, sizeof(*net));
	front_open(&net->front, "vif", devid);
}

static void ring_init(struct net *net, struct net_ring *ring,
		      unsigned int slot_size, uint32_t start)
{
	ring->pages = pages_share(&net->front, 1, true);
	ring->s = (void *)ring->pages.addr;
	ring->slot_size = slot_size;
	ring->nr_slots = NET_SLOTS;
	ring->prod = start;
	ring->pushed = start;
	ring->cons = start;
	ring->s->req_prod = start;
	ring->s->rsp_prod = start;
	ring->s->req_event = start + 1;
	ring->s->rsp_event = start + 1;
}

static void offer(struct net *net, const char *prefix, const char *key,
		  unsigned int value)
{
	char path[64];

	snprintf(path, sizeof(path), "%s%s", prefix, key);
	front_write(&net->front, path, "%u", value);
}

static void offer_queue(struct net *net, unsigned int index, bool split)
{
	struct net_queue *queue = &net->queues[index];
	char prefix[32] = "";

	if (net->nr_queues > 1)
		snprintf(prefix, sizeof(prefix), "queue-%u/", index);
	offer(net, prefix, "tx-ring-ref", queue->tx.pages.refs[0]);
	offer(net, prefix, "rx-ring-ref", queue->rx.pages.refs[0]);
	if (split) {
		offer(net, prefix, "event-channel-tx", queue->tx.port);
		offer(net, prefix, "event-channel-rx", queue->rx.port);
	} else {
		offer(net, prefix, "event-channel", queue->tx.port);
	}
}

static void queue_init(struct net *net, struct net_queue *queue,
		       const struct net_conf *conf)
{
	queue->front = &net->front;
	ring_init(net, &queue->tx, sizeof(struct net_tx), conf->start);
	ring_init(net, &queue->rx, sizeof(struct net_rx), conf->start);
	queue->tx.port = port_open(&net->front);
	queue->rx.port = conf->split ? port_open(&net->front) :
				       queue->tx.port;
	queue->buffers = pages_share(&net->front, conf->buffers > NET_BUFFERS ?
				     conf->buffers : NET_BUFFERS, true);
	queue->batch = conf->batch;
	queue->keeps = conf->keeps ?: NET_SLOTS;
	queue->rx.quiet = conf->no_notify;
}

static const char *wish_of(const char *wish, bool sg,
			   const struct net_conf *conf)
{
	if (conf->no_sg && sg)
		return "0";
	return conf->no_notify && !strcmp(wish, "feature-rx-notify") ? "0" :
								       "1";
}

static void offer_features(struct net *net, const struct net_conf *conf)
{
	static const char *const wishes[] = {
		"request-rx-copy", "feature-rx-notify",
		"feature-ipv6-csum-offload",
		/* from here on: packets of many slots */
		"feature-sg", "feature-gso-tcpv4", "feature-gso-tcpv6",
	};
	enum { SG_WISHES = 3 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wishes); i++) {
		if (conf->writes)
			front_remove(&net->front, wishes[i]);
		else
			front_write(&net->front, wishes[i], "%s",
				    wish_of(wishes[i], i >= SG_WISHES, conf));
	}
	front_remove(&net->front, "feature-no-csum-offload");
	steps_write(&net->front, conf->writes, 1, net->nr_queues);
}

/* Make rings and publish them, without saying that they are there. */
void net_offer_rings(struct net *net, const struct net_conf *conf)
{
	static const char *const gone[] = {
		"event-channel", "event-channel-tx", "event-channel-rx",
		"multi-queue-num-queues",
	};
	unsigned int i;

	net->nr_queues = conf->queues ? conf->queues : 1;
	for (i = 0; i < ARRAY_SIZE(gone); i++)
		front_remove(&net->front, gone[i]);
	offer_features(net, conf);
	if (net->nr_queues > 1)
		front_write(&net->front, "multi-queue-num-queues", "%u",
			    net->nr_queues);
	for (i = 0; i < net->nr_queues; i++) {
		queue_init(net, &net->queues[i], conf);
		offer_queue(net, i, conf->split);
	}
}

void net_post_buffers(struct net *net, const struct net_conf *conf)
{
	unsigned int i, q;

	for (q = 0; q < net->nr_queues; q++) {
		struct net_queue *queue = &net->queues[q];

		for (i = 0; i < (conf->buffers ?: NET_BUFFERS); i++)
			net_put_rx(queue, i, queue->buffers.refs[i]);
		net_push(queue, &queue->rx);
	}
}

void net_connect(struct net *net, const struct net_conf *conf)
{
	unsigned int q;

	front_reset(&net->front);
	net_offer_rings(net, conf);
	if (!conf->deaf && !conf->late)
		net_post_buffers(net, conf);
	front_state(&net->front, CONNECTED);
	front_wait(&net->front, 1u << CONNECTED);
	if (!conf->deaf && conf->late)
		net_post_buffers(net, conf);
	for (q = 0; q < net->nr_queues; q++)
		net_notify(&net->queues[q], &net->queues[q].rx);
}

void net_free_rings(struct net *net)
{
	unsigned int i;

	for (i = 0; i < net->nr_queues; i++) {
		struct net_queue *queue = &net->queues[i];

		xenevtchn_unbind(net->front.evt, queue->tx.port);
		if (queue->rx.port != queue->tx.port)
			xenevtchn_unbind(net->front.evt, queue->rx.port);
		pages_unshare(&net->front, &queue->tx.pages);
		pages_unshare(&net->front, &queue->rx.pages);
		pages_unshare(&net->front, &queue->buffers);
		memset(queue, 0, sizeof(*queue));
	}
	net->nr_queues = 0;
}

void net_close(struct net *net)
{
	front_state(&net->front, CLOSING);
	front_wait(&net->front, 1u << CLOSING | 1u << CLOSED);
	front_state(&net->front, CLOSED);
	front_wait(&net->front, 1u << CLOSED);
	net_free_rings(net);
}

void *net_slot(struct net_ring *ring, uint32_t index)
{
	return ring->pages.addr + sizeof(struct shared_ring) +
	       (size_t)(index % ring->nr_slots) * ring->slot_size;
}

void net_notify(struct net_queue *queue, struct net_ring *ring)
{
	xenevtchn_notify(queue->front->evt, ring->port);
}

/* Show all requests that were put; an event if the backend asked for one. */
void net_push(struct net_queue *queue, struct net_ring *ring)
{
	uint32_t old = ring->pushed;

	mb();
	ring->s->req_prod = ring->prod;
	ring->pushed = ring->prod;
	mb();
	if (ring->port && !ring->quiet &&
	    ring->prod - ring->s->req_event < ring->prod - old)
		net_notify(queue, ring);
}

/* Its id is not the caller's, so that it is nobody else's. */
void net_put_tx(struct net_queue *queue, const struct net_tx *tx)
{
	struct net_tx copy = *tx;

	copy.id = queue->tx.prod;
	ids_add(&queue->ids, copy.id);
	memcpy(net_slot(&queue->tx, queue->tx.prod++), &copy, sizeof(copy));
}

void net_put_extra(struct net_queue *queue, const struct net_extra_info *extra)
{
	uint8_t *slot = net_slot(&queue->tx, queue->tx.prod++);

	queue->extras++;
	memset(slot, 0xee, sizeof(struct net_tx));
	memcpy(slot, extra, sizeof(*extra));
}

/* Take a response if there is one. */
static const void *poll_ring(struct net_ring *ring)
{
	if (ring->s->rsp_prod == ring->cons)
		return NULL;
	if (ring->s->rsp_prod - ring->cons > ring->pushed - ring->cons)
		die("more responses (%u) than requests (%u)",
		    ring->s->rsp_prod, ring->pushed);
	mb();
	return net_slot(ring, ring->cons++);
}

/* Those to extra infos have no id. */
static void check_id(struct net_queue *queue, const struct net_tx_rsp *rsp)
{
	if (queue->ids.unknown)
		return;
	if (rsp->status != NET_NULL)
		ids_take(&queue->ids, rsp->id);
	else if (queue->extras)
		queue->extras--;
	else
		die("a response to an extra info that is not there");
}

bool net_poll_tx(struct net_queue *queue, struct net_tx_rsp *rsp)
{
	const void *slot = poll_ring(&queue->tx);

	if (!slot)
		return false;
	memcpy(rsp, slot, sizeof(*rsp));
	check_id(queue, rsp);
	return true;
}

/* Wait for the next response to what was sent. */
void net_next_tx(struct net_queue *queue, struct net_tx_rsp *rsp)
{
	uint64_t end = now_us() + patience_s() * 1000000ull;

	while (!net_poll_tx(queue, rsp)) {
		queue->tx.s->rsp_event = queue->tx.cons + 1;
		mb();
		if (net_poll_tx(queue, rsp))
			return;
		port_wait(queue->front, 100);
		if (now_us() > end)
			die("no TX response %u to requests up to %u",
			    queue->tx.cons, queue->tx.pushed);
	}
}

void net_put_rx(struct net_queue *queue, uint16_t id, uint32_t gref)
{
	struct net_rx rx = { .id = id, .gref = gref };

	queue->rx_ids[queue->rx.prod % NET_SLOTS] = id;
	memcpy(net_slot(&queue->rx, queue->rx.prod++), &rx, sizeof(rx));
}

/* Those that were put, if they are enough to be worth it. */
void net_push_rx(struct net_queue *queue)
{
	if (queue->rx.prod - queue->rx.pushed >= queue->batch)
		net_push(queue, &queue->rx);
}

bool net_poll_rx(struct net_queue *queue, struct net_rx_rsp *rsp)
{
	const void *slot = poll_ring(&queue->rx);

	if (slot)
		memcpy(rsp, slot, sizeof(*rsp));
	return slot;
}
