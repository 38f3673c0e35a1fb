// SPDX-License-Identifier: GPL-2.0
/*
 * What a network backend must do for a frontend that plays by the rules. dom0
 * answers pings on the vif.
 */
#include "conform.h"
#include "netif.h"

#include <string.h>

static const struct net_conf plain;

/* One echo, in slots of the given sizes. */
static void echo_in(struct net_queue *queue, const unsigned int *sizes,
		    unsigned int nr, uint16_t flags)
{
	static uint16_t number = 0x1000;
	struct pages pages = pages_share(queue->front, 18, true);
	unsigned int i, len = 0;

	for (i = 0; i < nr; i++)
		len += sizes[i];
	net_make_echo(pages.addr, len - 42, ++number);
	net_send(queue, &pages, sizes, nr, flags);
	net_expect_tx(queue, nr, NET_OKAY);
	net_await_echo(queue, len - 42, number);
	pages_unshare(queue->front, &pages);
}

static void case_sizes(struct net *net)
{
	static const unsigned int payloads[] = { 0, 1, 18, 56, 100, 1000, 1472,
						 4000, 8000 };
	unsigned int i;

	net_connect(net, &plain);
	for (i = 0; i < ARRAY_SIZE(payloads); i++)
		net_echo(&net->queues[0], payloads[i]);
	net_close(net);
}

/* The same packet in ever more slots, headers cut anywhere (XSA-423). */
static void case_slots(struct net *net)
{
	static const unsigned int cuts[][18] = {
		{ 14, 20, 8, 100 },
		{ 1, 1, 1, 1, 1, 1, 1, 1, 200 },
		{ 13, 2, 19, 2, 5, 300 },
		{ 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 500 },
		{ 100, 3996, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
		  16 },
		{ 500, 0, 100, 0, 0, 50 },
	};
	unsigned int i, nr;

	net_connect(net, &plain);
	for (i = 0; i < ARRAY_SIZE(cuts); i++) {
		for (nr = 18; !cuts[i][nr - 1]; nr--)
			;
		echo_in(&net->queues[0], cuts[i], nr, 0);
	}
	net_close(net);
}

static void case_validated(struct net *net)
{
	static const unsigned int sizes[] = { 100 };

	net_connect(net, &plain);
	echo_in(&net->queues[0], sizes, 1, DATA_VALIDATED);
	net_close(net);
}

static void case_split(struct net *net)
{
	struct net_conf conf = { .split = true };
	unsigned int i;

	net_connect(net, &conf);
	for (i = 0; i < 10; i++)
		net_echo(&net->queues[0], 100 * i);
	net_close(net);
}

static void case_wrap(struct net *net)
{
	struct net_conf conf = { .start = 0xffffffc0 };
	unsigned int i;

	net_connect(net, &conf);
	for (i = 0; i < 200; i++)
		net_echo(&net->queues[0], 10 + i);
	net_close(net);
}

/* Replies come back on any queue, so each is asked alone. */
static void case_queues(struct net *net)
{
	unsigned int max, nr, i;

	front_reset(&net->front);
	max = front_offer(&net->front, "multi-queue-max-queues", 1);
	if (max > NET_MAX_QUEUES)
		max = NET_MAX_QUEUES;
	for (nr = 1; nr <= max; nr++) {
		struct net_conf conf = { .queues = nr, .split = nr % 2 };
		struct pages pages;
		unsigned int size[1];

		net_connect(net, &conf);
		pages = pages_share(&net->front, 1, true);
		for (i = 0; i < nr; i++) {
			uint16_t number = 0x7000 + nr * NET_MAX_QUEUES + i;

			size[0] = net_make_echo(pages.addr, 64, number);
			net_send(&net->queues[i], &pages, size, 1, 0);
			net_expect_tx(&net->queues[i], 1, NET_OKAY);
			net_await_any(net, 64, number, 1);
		}
		pages_unshare(&net->front, &pages);
		net_close(net);
	}
	say("# up to %u queue(s)", max);
}

/* Extra infos get responses that say nothing. */
static void case_extras(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	struct net_extra_info extra = {
		.type = EXTRA_MCAST_ADD, .u = { 1, 0, 0x5e, 1, 2, 3 },
	};
	struct net_tx tx = { .flags = EXTRA_INFO };
	unsigned int i;

	net_connect(net, &plain);
	for (i = 0; i < 4; i++) {
		extra.type = i % 2 ? EXTRA_MCAST_DEL : EXTRA_MCAST_ADD;
		net_put_tx(queue, &tx);
		net_put_extra(queue, &extra);
		net_push(queue, &queue->tx);
		net_expect_tx(queue, 1, NET_OKAY);
		net_expect_tx(queue, 1, NET_NULL);
	}
	net_echo(queue, 64);
	net_close(net);
}

/* Without a word to the backend that an event is wanted. */
static void poll_one(struct net_queue *queue)
{
	struct net_tx_rsp rsp;
	unsigned int i;

	for (i = 0; i < patience_s() * 5000; i++) {
		if (net_poll_tx(queue, &rsp)) {
			if (rsp.status != NET_OKAY)
				die("TX response with status %d", rsp.status);
			return;
		}
		nap(200);
	}
	die("no response");
}

/* Of responses, with nothing in the other direction. */
static void tx_events(struct net *net, const struct pages *pages)
{
	struct net_queue *queue = &net->queues[0];
	unsigned int size[1], i, got = 0;

	size[0] = net_make_echo(pages->addr, 64, 0x7100);
	while (port_wait(&net->front, 20))
		;
	for (i = 0; i < 40; i++) {
		queue->tx.s->rsp_event = queue->tx.cons + 1000;
		net_send(queue, pages, size, 1, 0);
		poll_one(queue);
		got += port_wait(&net->front, 5);
	}
	if (got)
		die("%u events that nobody asked for", got);
	for (i = 0; i < 40; i++) {
		struct net_tx_rsp rsp;

		queue->tx.s->rsp_event = queue->tx.cons + 1;
		net_send(queue, pages, size, 1, 0);
		if (!port_wait(&net->front, patience_s() * 1000))
			die("no event, though it was asked for");
		if (!net_poll_tx(queue, &rsp))
			die("an event without a response");
		if (rsp.status != NET_OKAY)
			die("TX response with status %d", rsp.status);
	}
}

/*
 * Ask for an event for the next packet, once nothing lies there that it would
 * come behind. True if that reply was among what did.
 */
static bool ask_for_next(struct net_queue *queue, uint16_t number)
{
	uint32_t cons;

	do {
		cons = queue->rx.cons;
		queue->rx.s->rsp_event = cons + 1;
		mb();
		if (net_take_echo(queue, 64, number))
			return true;
	} while (queue->rx.cons != cons);
	return false;
}

/*
 * Of packets, while none is asked for the responses to what is sent. dom0 may
 * send something of its own: only what came after an event counts.
 */
static void rx_events(struct net *net, const struct pages *pages)
{
	struct net_queue *queue = &net->queues[0];
	unsigned int size[1], i;

	for (i = 0; i < 40; i++) {
		uint16_t number = 0x7200 + i;

		size[0] = net_make_echo(pages->addr, 64, number);
		queue->tx.s->rsp_event = queue->tx.cons + 1000;
		while (port_wait(&net->front, i ? 0 : 20))
			;
		ask_for_next(queue, number);
		net_send(queue, pages, size, 1, 0);
		poll_one(queue);
		do {
			if (!port_wait(&net->front, patience_s() * 1000))
				die("no event for a packet, though asked for");
		} while (!ask_for_next(queue, number));
	}
}

static void events(struct net *net, bool split)
{
	struct net_conf conf = { .split = split, .deaf = true };
	struct pages pages;

	net_connect(net, &conf);
	pages = pages_share(&net->front, 1, true);
	tx_events(net, &pages);
	net_close(net);
	conf.deaf = false;
	net_connect(net, &conf);
	rx_events(net, &pages);
	pages_unshare(&net->front, &pages);
	net_close(net);
}

/*
 * An event when it was asked for, and none when it was not (XSA-391), in both
 * directions, each with a channel of its own and with one for both.
 */
static void case_events(struct net *net)
{
	events(net, true);
	events(net, false);
}

static void case_reconnect(struct net *net)
{
	unsigned int i;

	for (i = 0; i < 5; i++) {
		struct net_conf conf = { .split = i % 2 };

		net_connect(net, &conf);
		net_echo(&net->queues[0], 100);
		net_close(net);
	}
}

static void reconfigure(struct net *net)
{
	front_state(&net->front, RECONFIGURING);
	front_wait(&net->front, 1u << RECONFIGURED);
}

/* Linux waits for the answer for ever, also if there is no connection. */
static void case_reconfigure(struct net *net)
{
	front_reset(&net->front);
	reconfigure(net);
	net_connect(net, &plain);
	reconfigure(net);
	front_state(&net->front, CONNECTED);
	front_wait(&net->front, 1u << CONNECTED);
	net_echo(&net->queues[0], 100);
	net_close(net);
}

static void expect_headroom(struct net_queue *queue, unsigned int bytes)
{
	unsigned int i;

	for (i = 0; i < patience_s() * 10; i++) {
		net_echo(queue, 100);
		if (queue->headroom == bytes)
			return;
		nap(10000);
	}
	die("headroom %u, not %u", queue->headroom, bytes);
}

static void switch_headroom(struct net *net, const char *bytes)
{
	reconfigure(net);
	front_write(&net->front, "xdp-headroom", "%s", bytes);
	front_state(&net->front, CONNECTED);
}

/* In Linux's order: how much it is to be comes after the state. */
static void case_headroom(struct net *net)
{
	struct net_queue *queue = &net->queues[0];

	front_remove(&net->front, "xdp-headroom");
	net_connect(net, &plain);
	expect_headroom(queue, 0);
	switch_headroom(net, "256");
	front_wait(&net->front, 1u << CONNECTED);
	net_echo(queue, 100);
	if (queue->headroom != 256)
		die("headroom %u when connected again", queue->headroom);
	/* Taken back and given again in haste. */
	switch_headroom(net, "0");
	switch_headroom(net, "512");
	expect_headroom(queue, 512);
	/* Later than anything that the state tells. */
	front_write(&net->front, "xdp-headroom", "128");
	expect_headroom(queue, 128);
	front_remove(&net->front, "xdp-headroom");
	expect_headroom(queue, 0);
	net_close(net);
}

#define BURST		40u
#define BURSTS		5u

/* All replies to bursts come; returns how long that takes, in us. */
static uint64_t bursts(struct net_queue *queue)
{
	struct pages pages = pages_share(queue->front, BURST, true);
	uint64_t begin = now_us();
	unsigned int i, burst;

	for (burst = 0; burst < BURSTS; burst++) {
		uint16_t first = 0x2000 + burst * BURST;

		for (i = 0; i < BURST; i++) {
			struct net_tx tx = { .gref = pages.refs[i] };

			tx.size = net_make_echo(pages.addr + i * FRAME, 1000,
						first + i);
			net_put_tx(queue, &tx);
		}
		net_push(queue, &queue->tx);
		net_expect_tx(queue, BURST, NET_OKAY);
		net_await_echoes(queue, 1000, first, BURST);
	}
	begin = now_us() - begin;
	pages_unshare(queue->front, &pages);
	return begin;
}

/* As boot loaders and old kernels do: iPXE has 8, others fewer than 64. */
static void case_few_buffers(struct net *net)
{
	static const unsigned int numbers[] = { NET_BUFFERS, 64, 63, 32, 20, 8,
						3, 2, 1 };
	uint64_t took, usual = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct net_conf conf = { .buffers = numbers[i] };

		net_connect(net, &conf);
		took = bursts(&net->queues[0]);
		usual = usual ?: took;
		say("# %u buffers: %u us", numbers[i], (unsigned int)took);
		if (numbers[i] >= 8 && took > 8 * usual)
			die("%u buffers are slow", numbers[i]);
		if (numbers[i] >= 3)
			net_echo(&net->queues[0], 8000);
		net_close(net);
	}
}

/* A boot loader; what comes after it takes large packets again. */
static void case_no_sg(struct net *net)
{
	struct net_conf conf = { .no_sg = true };

	net_connect(net, &conf);
	net_echo(&net->queues[0], 1000);
	net_close(net);
	net_connect(net, &plain);
	net_echo(&net->queues[0], 8000);
	net_close(net);
}

static const struct {
	const char *name;
	/* "-": a promise of ours */
	const char *source;
	void (*run)(struct net *net);
} cases[] = {
	{ "sizes", "netif.h: size", case_sizes },
	{ "slots", "netif.h: XEN_NETTXF_more_data", case_slots },
	{ "validated", "netif.h: XEN_NETTXF_data_validated", case_validated },
	{ "split", "netif.h: feature-split-event-channels", case_split },
	{ "wrap", "ring.h: free-running indices", case_wrap },
	{ "queues", "netif.h: multi-queue-num-queues", case_queues },
	{ "extras", "netif.h: XEN_NETIF_EXTRA_TYPE_MCAST_ADD", case_extras },
	{ "events", "ring.h: rsp_event, XSA-391", case_events },
	{ "reconnect", "xenbus.h: states", case_reconnect },
	{ "reconfigure", "xenbus.h: states", case_reconfigure },
	{ "headroom", "netif.h: xdp-headroom", case_headroom },
	{ "no-sg", "netif.h: feature-sg", case_no_sg },
	{ "few-buffers", "-", case_few_buffers },
	{ "ctrl", "netif.h: feature-ctrl-ring", net_case_ctrl },
};

int net_conform(unsigned int devid, int argc, char **argv)
{
	struct net net;
	unsigned int i, done = 0;

	net_open(&net, devid);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (argc && strcmp(argv[0], cases[i].name))
			continue;
		what = cases[i].name;
		cases[i].run(&net);
		say("ok %s", what);
		done++;
	}
	what = "conform";
	if (!done)
		die("no such case");
	front_reset(&net.front);
	say("passed %u", done);
	return 0;
}

static bool get_case(unsigned int nr, struct conform_case *found)
{
	if (nr >= ARRAY_SIZE(cases))
		return false;
	conform_name(found, cases[nr].name, cases[nr].source);
	return true;
}

static void run_case(unsigned int devid, unsigned int nr)
{
	struct net net;

	net_open(&net, devid);
	what = cases[nr].name;
	cases[nr].run(&net);
}

const struct suite net_conform_suite = { "conform", get_case, run_case };
