// SPDX-License-Identifier: GPL-2.0
/*
 * What network frontends of the table do, for play.c: which rings they have,
 * how they send and receive, and how they leave the device when they crash.
 */
#include "net_ctrl.h"
#include "play.h"
#include "profile.h"

#include <string.h>

#define DEPTH		16u

/* Of the one device that this process has. */
static struct net net;
static const struct net_profile *profile;
static struct net_conf conf;
static struct net_ctrl ctrl;
static struct pages packets;
static uint16_t number;

static bool has(enum net_trait trait)
{
	return profile->traits & trait;
}

static bool offers(const char *key)
{
	return front_offer(&net.front, key, 0) == 1;
}

static void publish(void)
{
	uint64_t most = front_offer(&net.front, "multi-queue-max-queues", 1);

	if (net.nr_queues)
		return;
	conf = (struct net_conf){
		.queues = most < profile->queues ? most : profile->queues,
		.split = has(NET_SPLIT) &&
			 offers("feature-split-event-channels"),
		.buffers = profile->buffers, .batch = profile->batch,
		.writes = profile->writes,
	};
	if (has(NET_CTRL) && offers("feature-ctrl-ring"))
		net_ctrl_open(&ctrl, &net);
	net_offer_rings(&net, &conf);
}

/* Some have their buffers in a ring that nobody knows of yet. */
static void post(void)
{
	unsigned int i;

	publish();
	net_post_buffers(&net, &conf);
	for (i = 0; i < net.nr_queues; i++)
		net_notify(&net.queues[i], &net.queues[i].rx);
}

static struct steps steps = { .front = &net.front, .publish = publish,
			      .post = post };

static void expect_tx(struct net_queue *queue, unsigned int nr)
{
	struct net_tx_rsp rsp;

	while (nr--) {
		uint16_t slot = queue->tx.cons;

		net_next_tx(queue, &rsp);
		if (rsp.status != NET_OKAY)
			die("TX response with status %d", rsp.status);
		if (has(NET_IN_ORDER) && rsp.id != slot)
			die("TX response %u in the place of %u", rsp.id, slot);
	}
}

/* That many packets at once; all replies come, with what was sent. */
static void burst(struct net_queue *queue, unsigned int payload,
		  unsigned int nr)
{
	uint16_t first = number + 1;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		struct net_tx tx = { .gref = packets.refs[i] };

		tx.size = net_make_echo(packets.addr + i * FRAME, payload,
					++number);
		net_put_tx(queue, &tx);
	}
	net_push(queue, &queue->tx);
	expect_tx(queue, nr);
	net_await_any(&net, payload, first, nr);
}

/* One packet in several slots, as its pieces lie in memory. */
static void pieces(struct net_queue *queue, unsigned int payload)
{
	unsigned int len = net_make_echo(packets.addr, payload, ++number);
	unsigned int sizes[] = { 66, 200, len - 266 };

	net_send(queue, &packets, sizes, ARRAY_SIZE(sizes), 0);
	expect_tx(queue, ARRAY_SIZE(sizes));
	net_await_any(&net, payload, number, 1);
}

static void exchange(void)
{
	static const unsigned int payloads[] = { 18, 56, 500, 1472 };
	unsigned int i, q, nr = profile->tx < DEPTH ? profile->tx : DEPTH;

	for (q = 0; q < net.nr_queues; q++) {
		for (i = 0; i < ARRAY_SIZE(payloads); i++) {
			burst(&net.queues[q], payloads[i], nr);
			burst(&net.queues[q], payloads[i], 1);
		}
		if (strstr(profile->writes, "feature-sg=1"))
			pieces(&net.queues[q], 1000);
	}
}

static void begin(const char *script)
{
	steps_run(&steps, script);
	steps_need(&net.front, profile->needs);
	packets = pages_share(&net.front, DEPTH, true);
	exchange();
	front_wait(&net.front, 1u << CONNECTED);
}

static void free_all(void)
{
	if (ctrl.net)
		net_ctrl_close(&ctrl);
	memset(&ctrl, 0, sizeof(ctrl));
	net_free_rings(&net);
	pages_unshare(&net.front, &packets);
}

/* Rings and event channels go, in the middle of packets. */
static void crash(void)
{
	unsigned int i, q;

	for (q = 0; q < net.nr_queues; q++) {
		struct net_queue *queue = &net.queues[q];

		for (i = 0; i < DEPTH; i++) {
			struct net_tx tx = { .gref = packets.refs[i] };

			tx.size = net_make_echo(packets.addr + i * FRAME, 500,
						++number);
			net_put_tx(queue, &tx);
		}
		net_push(queue, &queue->tx);
		port_lose(&net.front, queue->tx.port);
		if (conf.split)
			port_lose(&net.front, queue->rx.port);
		pages_unshare(&net.front, &queue->tx.pages);
		pages_unshare(&net.front, &queue->rx.pages);
	}
}

static void take_part(unsigned int nr)
{
	profile = &net_profiles[nr];
	what = profile->name;
	steps.removes = profile->removes;
}

static void open_device(unsigned int devid)
{
	net_open(&net, devid);
}

static bool row(unsigned int nr, struct part *part)
{
	const struct net_profile *of = &net_profiles[nr];

	*part = (struct part){
		.name = of->name, .source = of->source,
		.connect = of->connect, .close = of->close, .told = of->told,
	};
	return of->name;
}

static const struct player player = {
	.steps = &steps,
	.row = row,
	.open = open_device,
	.take = take_part,
	.begin = begin,
	.work = exchange,
	.crash = crash,
	.free = free_all,
};

int net_profile(unsigned int devid, int argc, char **argv)
{
	return play(&player, devid, argc, argv);
}

static bool get_case(unsigned int nr, struct conform_case *found)
{
	return play_get(&player, nr, found);
}

static void run_case(unsigned int devid, unsigned int nr)
{
	play_run(&player, devid, nr);
}

static void run_order(unsigned int devid, unsigned int nr)
{
	play_run_order(&player, devid, nr);
}

const struct suite net_profile_suite = { "profile", get_case, run_case };
const struct suite net_order_suite = { "order", play_get_order, run_order };
