// SPDX-License-Identifier: GPL-2.0
/*
 * xbfront: a PV frontend in user space.
 *
 * usage: xbfront blk-conform DEVID [CASE...]
 *        xbfront blk-attack DEVID [ATTACK [persistent] [PROTOCOL]]
 *        xbfront blk-garbage DEVID [count]
 *        xbfront blk-hoard DEVID QUEUES ORDER ROUNDS [persistent|barriers]...
 *        xbfront blk-load DEVID REQUESTS DEPTH [SEGMENTS [persistent]]
 *        xbfront blk-lives DEVID ROLE...
 *        xbfront blk-profile 0 | DEVID NAME [crash] | DEVID orders [NAME]
 *        xbfront net-conform DEVID [CASE]
 *        xbfront net-attack DEVID [ATTACK]
 *        xbfront net-garbage DEVID [count]
 *        xbfront net-lives DEVID ROLE...
 *        xbfront net-profile 0 | DEVID NAME [crash] | DEVID orders [NAME]
 *        xbfront net-buffers DEVID NUMBER[-LATER]...
 *        xbfront steady DEVICE ROUNDS-FILE
 *        xbfront close TYPE DEVID...
 *
 * By the name of pv-conform it is a tool for any guest: see conform.c.
 */
#include "blkif.h"
#include "conform.h"
#include "life.h"
#include "netif.h"
#include "steady.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Leave devices as a frontend does that has nothing to do with them. */
static int close_devices(const char *type, int argc, char **argv)
{
	struct front front;
	int i;

	for (i = 0; i < argc; i++) {
		front_open(&front, type, atoi(argv[i]));
		front_state(&front, CLOSING);
		front_state(&front, CLOSED);
		front_close(&front);
	}
	return 0;
}

static const struct {
	const char *name;
	int (*run)(unsigned int devid, int argc, char **argv);
} commands[] = {
	{ "blk-conform", blk_conform },
	{ "blk-attack", blk_attack },
	{ "blk-garbage", blk_garbage },
	{ "blk-hoard", blk_hoard },
	{ "blk-load", blk_load },
	{ "blk-lives", blk_lives },
	{ "blk-profile", blk_profile },
	{ "net-conform", net_conform },
	{ "net-attack", net_attack },
	{ "net-garbage", net_garbage },
	{ "net-lives", net_lives },
	{ "net-profile", net_profile },
	{ "net-buffers", net_buffers },
};

int main(int argc, char **argv)
{
	unsigned int i;

	if (!strcmp(program_invocation_short_name, "pv-conform"))
		return pv_conform(argc, argv);
	only_rules = getenv("XBFRONT_LOOSE");
	if (argc < 3) {
		fprintf(stderr, "usage: xbfront COMMAND DEVID [...]\n");
		return 2;
	}
	if (!strcmp(argv[1], "steady") && argc > 3)
		return steady(argv[2], argv[3]);
	if (!strcmp(argv[1], "close"))
		return close_devices(argv[2], argc - 3, argv + 3);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(atoi(argv[2]), argc - 3,
					       argv + 3);
	fprintf(stderr, "xbfront: no command %s\n", argv[1]);
	return 2;
}
