// SPDX-License-Identifier: GPL-2.0
/*
 * The control ring of a network backend: hashes are set up through it as
 * xen/interface/io/netif.h has it, and dom0's answers then come on the queue
 * that the table says, with the hash that the key gives.
 */
#include "net_ctrl.h"

#include <string.h>

enum { NO_ALGORITHM, TOEPLITZ };
enum { HASH_IPV4 = 1, HASH_ALL = 15 };

#define KEY_BYTES	40u
#define MAP_MAX		128u
#define CTRL_SLOTS	128u

static const uint8_t key[KEY_BYTES] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2,
	0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0,
	0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4,
	0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c,
	0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

/* Bit by bit, as the header describes it. */
static uint32_t toeplitz(const uint8_t *data, unsigned int bytes)
{
	uint32_t value = 0;
	unsigned int bit, i;

	for (bit = 0; bit < 8 * bytes; bit++) {
		if (!(data[bit / 8] & (0x80 >> bit % 8)))
			continue;
		for (i = 0; i < 32; i++) {
			unsigned int k = bit + i;

			if (key[k / 8] & (0x80 >> k % 8))
				value ^= 0x80000000u >> i;
		}
	}
	return value;
}

void net_ctrl_open(struct net_ctrl *ctrl, struct net *net)
{
	struct net_ring *ring = &ctrl->ring;

	memset(ctrl, 0, sizeof(*ctrl));
	ctrl->net = net;
	ctrl->page = pages_share(&net->front, 1, false);
	ring->pages = pages_share(&net->front, 1, true);
	ring->s = (void *)ring->pages.addr;
	ring->slot_size = sizeof(struct net_ctrl_req);
	ring->nr_slots = CTRL_SLOTS;
	ring->s->req_event = 1;
	ring->s->rsp_event = 1;
	ring->port = port_open(&net->front);
	front_write(&net->front, "ctrl-ring-ref", "%u", ring->pages.refs[0]);
	front_write(&net->front, "event-channel-ctrl", "%u", ring->port);
}

void net_ctrl_close(struct net_ctrl *ctrl)
{
	front_remove(&ctrl->net->front, "ctrl-ring-ref");
	front_remove(&ctrl->net->front, "event-channel-ctrl");
	xenevtchn_unbind(ctrl->net->front.evt, ctrl->ring.port);
	pages_unshare(&ctrl->net->front, &ctrl->ring.pages);
	pages_unshare(&ctrl->net->front, &ctrl->page);
}

void net_ctrl_await(struct net_ctrl *ctrl, struct net_ctrl_rsp *rsp)
{
	struct net_ring *ring = &ctrl->ring;
	uint64_t end = now_us() + patience_s() * 1000000ull;

	while (ring->s->rsp_prod == ring->cons) {
		ring->s->rsp_event = ring->cons + 1;
		mb();
		port_wait(&ctrl->net->front, 20);
		if (now_us() > end)
			die("no answer to control request %u", ring->cons);
	}
	mb();
	memcpy(rsp, net_slot(ring, ring->cons++), sizeof(*rsp));
}

/* One request and its answer, which must have that status. */
static uint32_t ask(struct net_ctrl *ctrl, unsigned int type, uint32_t data0,
		    uint32_t data1, uint32_t data2, uint32_t status)
{
	struct net_ring *ring = &ctrl->ring;
	struct net_ctrl_req req = {
		.id = 0x4000 + ring->prod, .type = type,
		.data = { data0, data1, data2 },
	};
	struct net_ctrl_rsp rsp;

	memcpy(net_slot(ring, ring->prod++), &req, sizeof(req));
	net_push(&ctrl->net->queues[0], ring);
	net_ctrl_await(ctrl, &rsp);
	if (rsp.id != req.id || rsp.type != type)
		die("answer %#x/%u to %#x/%u", rsp.id, rsp.type, req.id, type);
	if (rsp.status != status)
		die("control request %u(%#x, %#x, %#x): status %u, not %u",
		    type, data0, data1, data2, rsp.status, status);
	return rsp.data;
}

static void set_key(struct net_ctrl *ctrl, uint32_t bytes, uint32_t status)
{
	memset(ctrl->page.addr, 0, FRAME);
	memcpy(ctrl->page.addr, key, sizeof(key));
	ask(ctrl, SET_KEY, ctrl->page.refs[0], bytes, 0, status);
}

static void set_map(struct net_ctrl *ctrl, uint32_t queue, uint32_t entries,
		    uint32_t offset, uint32_t status)
{
	uint32_t *map = (uint32_t *)ctrl->page.addr;
	unsigned int i;

	for (i = 0; i < FRAME / sizeof(*map); i++)
		map[i] = queue;
	ask(ctrl, SET_MAP, ctrl->page.refs[0], entries, offset, status);
}

/* What must not be believed, and leaves everything as it was. */
static void refusals(struct net_ctrl *ctrl)
{
	unsigned int nr = ctrl->net->nr_queues, i;

	ask(ctrl, 0, 0, 0, 0, CTRL_UNSUPPORTED);
	/* Grants that stay mapped are not offered, to no queue. */
	for (i = 0; i <= nr; i++) {
		ask(ctrl, GET_GREF_SIZE, i, 0, 0, CTRL_UNSUPPORTED);
		ask(ctrl, ADD_GREFS, i, ctrl->page.refs[0], 1,
		    CTRL_UNSUPPORTED);
		ask(ctrl, ADD_GREFS, i, 0x7fffffff, ~0u, CTRL_UNSUPPORTED);
		ask(ctrl, DEL_GREFS, i, ctrl->page.refs[0], 1,
		    CTRL_UNSUPPORTED);
	}
	ask(ctrl, 0xffff, 1, 2, 3, CTRL_UNSUPPORTED);
	ask(ctrl, SET_ALGORITHM, 2, 0, 0, CTRL_INVALID);
	ask(ctrl, SET_FLAGS, 0x10, 0, 0, CTRL_INVALID);
	set_key(ctrl, KEY_BYTES + 1, CTRL_OVERFLOW);
	set_key(ctrl, ~0u, CTRL_OVERFLOW);
	ask(ctrl, SET_KEY, 0x7fffffff, KEY_BYTES, 0, CTRL_INVALID);
	ask(ctrl, SET_MAP_SIZE, MAP_MAX + 1, 0, 0, CTRL_INVALID);
	set_map(ctrl, 0, MAP_MAX + 1, 0, CTRL_INVALID);
	set_map(ctrl, 0, 1, MAP_MAX, CTRL_INVALID);
	set_map(ctrl, 0, ~0u, 1, CTRL_INVALID);
	set_map(ctrl, 0, 2, ~0u, CTRL_INVALID);
	set_map(ctrl, nr, 1, 0, CTRL_INVALID);
	ask(ctrl, SET_MAP, 0x7fffffff, 1, 0, CTRL_INVALID);
}

static void set_up(struct net_ctrl *ctrl)
{
	ask(ctrl, GET_FLAGS, 0, 0, 0, CTRL_UNSUPPORTED);
	ask(ctrl, SET_FLAGS, HASH_ALL, 0, 0, CTRL_INVALID);
	ask(ctrl, SET_ALGORITHM, TOEPLITZ, 0, 0, CTRL_OK);
	if (ask(ctrl, GET_FLAGS, 0, 0, 0, CTRL_OK) != HASH_ALL)
		die("not all hash types are supported");
	if (ask(ctrl, GET_MAP_SIZE, 0, 0, 0, CTRL_OK) != MAP_MAX)
		die("another table size");
	ask(ctrl, SET_FLAGS, HASH_ALL, 0, 0, CTRL_OK);
	set_key(ctrl, KEY_BYTES, CTRL_OK);
	ask(ctrl, SET_MAP_SIZE, MAP_MAX, 0, 0, CTRL_OK);
}

/* The hash that comes with a packet is that of its addresses. */
static void check_hash(const struct net_extra_info *extra, const uint8_t *ip)
{
	uint32_t want = toeplitz(ip + 12, 8), got;

	memcpy(&got, extra->u + 2, sizeof(got));
	if (extra->type != EXTRA_HASH || extra->u[0] != 0 ||
	    extra->u[1] != TOEPLITZ)
		die("extra info %u, hash type %u by %u", extra->type,
		    extra->u[0], extra->u[1]);
	if (got != want)
		die("hash %#x, not %#x", got, want);
}

static void await_on(struct net_queue *queue, bool hashed)
{
	uint64_t end = now_us() + patience_s() * 1000000ull;
	struct net_extra_info extra[2];
	struct net_rx_rsp rsp;

	while (!net_poll_rx(queue, &rsp)) {
		queue->rx.s->rsp_event = queue->rx.cons + 1;
		mb();
		port_wait(queue->front, 20);
		if (now_us() > end)
			die("the answer comes on another queue");
	}
	if (!(rsp.flags & EXTRA_INFO) != !hashed)
		die("flags %#x", rsp.flags);
	if (!hashed)
		return;
	if (!net_poll_rx(queue, (void *)extra))
		die("no extra info");
	check_hash(extra, queue->buffers.addr + rsp.id * FRAME + rsp.offset +
		   14);
}

/* Ask dom0 on the first queue, and expect the answer on another one. */
static void echo_on(struct net *net, unsigned int index, bool hashed)
{
	struct pages pages = pages_share(&net->front, 1, true);
	unsigned int size[1] = { net_make_echo(pages.addr, 64, 0x7200) };

	net_send(&net->queues[0], &pages, size, 1, 0);
	net_expect_tx(&net->queues[0], 1, NET_OKAY);
	await_on(&net->queues[index], hashed);
	pages_unshare(&net->front, &pages);
}

void net_case_ctrl(struct net *net)
{
	struct net_conf conf = { };
	struct net_ctrl ctrl;
	unsigned int i;

	front_reset(&net->front);
	if (!front_offer(&net->front, "feature-ctrl-ring", 0))
		unfit("no control ring is offered");
	conf.queues = front_offer(&net->front, "multi-queue-max-queues", 1);
	if (conf.queues > 4)
		conf.queues = 4;
	net_ctrl_open(&ctrl, net);
	net_connect(net, &conf);
	set_up(&ctrl);
	for (i = 0; i < net->nr_queues; i++) {
		set_map(&ctrl, i, MAP_MAX / 2, 0, CTRL_OK);
		set_map(&ctrl, i, MAP_MAX / 2, MAP_MAX / 2, CTRL_OK);
		echo_on(net, i, true);
		refusals(&ctrl);
		echo_on(net, i, true);
	}
	ask(&ctrl, SET_ALGORITHM, NO_ALGORITHM, 0, 0, CTRL_OK);
	say("# %u queue(s)", net->nr_queues);
	net_close(net);
	net_ctrl_close(&ctrl);
}
