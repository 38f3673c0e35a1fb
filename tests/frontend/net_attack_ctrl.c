// SPDX-License-Identifier: GPL-2.0
/* Attacks through the control ring of a vif. */
#include "net_attack.h"
#include "net_ctrl.h"

#include <string.h>

static void attack_ctrl_producer(struct net *net)
{
	struct net_ctrl ctrl;

	front_reset(&net->front);
	net_ctrl_open(&ctrl, net);
	net_connect(net, &net_plain);
	net_echo(&net->queues[0], 64);
	ctrl.ring.s->req_prod = ctrl.ring.nr_slots + 1;
	net_notify(&net->queues[0], &ctrl.ring);
	front_stopped(&net->front);
	net_ctrl_close(&ctrl);
}

static void attack_ctrl_born(struct net *net)
{
	struct net_ctrl ctrl;

	front_reset(&net->front);
	net_ctrl_open(&ctrl, net);
	net_offer_rings(net, &net_plain);
	ctrl.ring.s->req_prod = 5000;
	front_state(&net->front, CONNECTED);
	front_stopped(&net->front);
	net_ctrl_close(&ctrl);
}

struct hammer {
	struct net_ctrl *ctrl;
	volatile bool stop, stopped;
};

/* Slots, keys and tables change while they are read. */
static void *hammer_ctrl(void *arg)
{
	struct hammer *hammer = arg;
	struct net_ctrl *ctrl = hammer->ctrl;
	uint32_t n = 3;

	while (!hammer->stop) {
		volatile struct net_ctrl_req *req;
		volatile uint32_t *page = (void *)ctrl->page.addr;

		n = n * 1664525 + 1013904223;
		req = net_slot(&ctrl->ring, n >> 20);
		req->data[1] = n >> 30 ? (n >> 12) % 140 : n;
		req->data[2] = n >> 31 ? (n >> 9) % 130 : n << 3;
		page[(n >> 8) % 1024] = n >> 29 ? 0 : n;
	}
	hammer->stopped = true;
	return NULL;
}

static void any_request(struct net_ctrl *ctrl, uint32_t n)
{
	struct net_ctrl_req req = {
		.id = ctrl->ring.prod, .type = (n >> 10) % 12,
		.data = { n >> 31 ? ctrl->page.refs[0] : n >> 28,
			  (n >> 3) % 150, (n >> 17) % 150 },
	};

	if (req.type == SET_ALGORITHM || req.type == SET_FLAGS)
		req.data[0] = n >> 27;
	memcpy(net_slot(&ctrl->ring, ctrl->ring.prod++), &req, sizeof(req));
}

/* Full rings of requests of all kinds (XSA-155, XSA-270), and packets. */
static void attack_ctrl_noise(struct net *net)
{
	struct net_ctrl ctrl;
	struct hammer hammer = { &ctrl };
	struct net_ctrl_rsp rsp;
	unsigned int round, i;
	uint32_t n = 11;

	front_reset(&net->front);
	net_ctrl_open(&ctrl, net);
	net_connect(net, &net_plain);
	thread_start(hammer_ctrl, &hammer);
	for (round = 0; round < often(5); round++) {
		for (i = 0; i < ctrl.ring.nr_slots; i++) {
			n = n * 1664525 + 1013904223;
			any_request(&ctrl, n);
		}
		net_push(&net->queues[0], &ctrl.ring);
		net_echo(&net->queues[0], 200);
		for (i = 0; i < ctrl.ring.nr_slots; i++) {
			net_ctrl_await(&ctrl, &rsp);
			if (rsp.status > CTRL_OVERFLOW)
				die("status %u", rsp.status);
			if (rsp.id != (uint16_t)(ctrl.ring.cons - 1))
				die("an answer to %u after %u", rsp.id,
				    ctrl.ring.cons - 1);
		}
	}
	hammer.stop = true;
	while (!hammer.stopped)
		nap(1000);
	net_close(net);
	net_ctrl_close(&ctrl);
}

/* Events without a request, and requests while the vif goes. */
static void attack_ctrl_storm(struct net *net)
{
	unsigned int round, i;

	for (round = 0; round < 5; round++) {
		struct net_ctrl ctrl;

		front_reset(&net->front);
		net_ctrl_open(&ctrl, net);
		net_connect(net, &net_plain);
		for (i = 0; i < often(500); i++)
			net_notify(&net->queues[0], &ctrl.ring);
		for (i = 0; i < ctrl.ring.nr_slots; i++)
			any_request(&ctrl, i << 20 | 7 << 10);
		net_push(&net->queues[0], &ctrl.ring);
		nap(round * 500);
		net_close(net);
		net_ctrl_close(&ctrl);
	}
}

const struct net_attack net_ctrl_attacks[] = {
	{ "ctrl-producer", "XSA-39", NET_STOPPED, attack_ctrl_producer },
	{ "ctrl-born", "XSA-39", NET_STOPPED, attack_ctrl_born },
	{ "ctrl-noise", "XSA-155,XSA-270", NET_ANSWERED, attack_ctrl_noise },
	{ "ctrl-storm", "XSA-332,CVE-2024-49936", NET_ANSWERED,
	  attack_ctrl_storm },
};

const unsigned int net_nr_ctrl_attacks = ARRAY_SIZE(net_ctrl_attacks);
