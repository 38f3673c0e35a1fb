// SPDX-License-Identifier: GPL-2.0
/* Garbage in a vbd's directory. */
#include "blk_attack.h"
#include "conform.h"
#include "garbage.h"

static const struct garbage blk_entries[] = {
	{ "multi-queue-num-queues", "0", REFUSED },
	{ "multi-queue-num-queues", "2", REFUSED },
	{ "multi-queue-num-queues", "4097", REFUSED },
	{ "multi-queue-num-queues", "4294967295", REFUSED },
	{ "multi-queue-num-queues", "-1", STRICT },
	{ "multi-queue-num-queues", "4294967297", STRICT },
	{ "multi-queue-num-queues", "1banana", STRICT },
	{ "multi-queue-num-queues", "banana", STRICT },
	{ "ring-page-order", "2", REFUSED },
	{ "ring-page-order", "5", REFUSED },
	{ "ring-page-order", "32", REFUSED },
	{ "ring-page-order", "4294967295", REFUSED },
	{ "ring-page-order", "4294967296", STRICT },
	{ "ring-page-order", "-1", STRICT },
	{ "ring-page-order", "banana", STRICT },
	{ "ring-ref", NULL, REFUSED },
	{ "ring-ref", "", REFUSED },
	{ "ring-ref", "banana", REFUSED },
	{ "ring-ref", "8176", REFUSED },
	{ "ring-ref", "4294967295", REFUSED },
	{ "ring-ref", "-1", REFUSED },
	{ "event-channel", NULL, REFUSED },
	{ "event-channel", "0", REFUSED },
	{ "event-channel", "1", REFUSED },
	{ "event-channel", "4095", REFUSED },
	{ "event-channel", "999999", REFUSED },
	{ "event-channel", "4294967295", REFUSED },
	{ "event-channel", "-1", REFUSED },
	{ "event-channel", "banana", REFUSED },
	{ "protocol", "x87-abi", REFUSED },
	{ "protocol", "", EITHER },
	{ "protocol", "%s%s%s%n%n", REFUSED },
	{ "protocol", GARBAGE_LONG, REFUSED },
	{ "feature-persistent", "4294967295", SERVED },
	{ "feature-persistent", "banana", SERVED },
	{ "device-type", "%n%n%n%n%n%n%n%n", SERVED },
};

static struct blk garbage_blk;

static struct front *blk_garbage_open(unsigned int devid)
{
	blk_open(&garbage_blk, devid);
	front_reset(&garbage_blk.front);
	blk_offer_rings(&garbage_blk, &blk_attack_conf);
	return &garbage_blk.front;
}

static void blk_garbage_free(void)
{
	blk_free_rings(&garbage_blk);
}

static const struct garbage_way way = {
	.entries = blk_entries,
	.nr = ARRAY_SIZE(blk_entries),
	.source = "blkif.h",
	.ready = INITIALISED,
	.open = blk_garbage_open,
	.free = blk_garbage_free,
};

int blk_garbage(unsigned int devid, int argc, char **argv)
{
	return garbage_run(&way, devid, argc, argv);
}

static bool get_case(unsigned int nr, struct conform_case *found)
{
	return garbage_get(&way, nr, found);
}

static void run_case(unsigned int devid, unsigned int nr)
{
	garbage_one(&way, devid, nr);
}

const struct suite blk_garbage_suite = { "garbage", get_case, run_case };
