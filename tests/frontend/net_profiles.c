// SPDX-License-Identifier: GPL-2.0
/* Network frontends that exist: a row each. See profile.h. */
#include "profile.h"

#define LINUX	"request-rx-copy=1 feature-rx-notify=1 feature-sg=1 " \
		"feature-gso-tcpv4=1"
#define LATER	LINUX " feature-gso-tcpv6=1 feature-ipv6-csum-offload=1 " \
		"multi-queue-num-queues=QUEUES"
#define OFFERS	"feature-sg feature-gso-tcpv4"
#define MORE	OFFERS " feature-gso-tcpv6 feature-ipv6-csum-offload " \
		"multi-queue-max-queues feature-split-event-channels"

const struct net_profile net_profiles[] = {
	{ .name = "linux-2.6.18-xen",
	  .source = "bronson/linux-2.6.18.8-ovz-xen "
		    "drivers/xen/netfront/netfront.c a63dbc8d100c",
	  .queues = 1, .buffers = 64, .batch = 32, .tx = 256,
	  .writes = LINUX " feature-no-csum-offload=0",
	  .reads = "feature-rx-copy feature-rx-flip " OFFERS,
	  .connect = "<2+b4", .close = "5<5 6", .told = "6",
	  .note = "64 buffers are posted at first; when fewer than a quarter "
		  "of them are left, twice as many, up to 256; posts half of "
		  "them at once; has pages transferred if the backend can; "
		  "its shutdown was not read, that of 6.12 stands here" },
	{ .name = "linux-3.2",
	  .source = "AICP/kernel_samsung_exynos5410 "
		    "drivers/net/xen-netfront.c 55c629ecba78",
	  .queues = 1, .buffers = 64, .batch = 32, .tx = 256,
	  .writes = LINUX, .needs = "feature-rx-copy", .reads = OFFERS,
	  .connect = "<2+b4", .close = "5<5 6", .told = "6",
	  .note = "what was read is a 3.4; buffers as 2.6.18-xen; its shutdown "
		  "was not read" },
	{ .name = "linux-4.9",
	  .source = "AndDiSa/android_kernel_google_msm-4.9 "
		    "drivers/net/xen-netfront.c 4c23b081af2b",
	  .queues = 8, .buffers = 256, .batch = 1, .tx = 256,
	  .traits = NET_SPLIT, .writes = LATER, .needs = "feature-rx-copy",
	  .reads = MORE,
	  .connect = "<2+b4", .close = "5<56 6<6", .told = "6",
	  .note = "a queue for each CPU, up to 8; waits in its close as 6.12 "
		  "does, of which only the names were read" },
	{ .name = "linux-5.10",
	  .source = "torvalds/linux drivers/net/xen-netfront.c 008f05a72d32",
	  .queues = 8, .buffers = 256, .batch = 1, .tx = 256,
	  .traits = NET_SPLIT, .writes = LATER " xdp-headroom=0",
	  .needs = "feature-rx-copy", .reads = MORE " feature-xdp-headroom",
	  .connect = "1<2345+b4", .close = "5<56 6<6", .told = "6",
	  .note = "what was read is a 5.18" },
	{ .name = "linux-6.12",
	  .source = "Debian linux-source-6.12 6.12.118-1 "
		    "drivers/net/xen-netfront.c",
	  .queues = 8, .buffers = 256, .batch = 1, .tx = 256,
	  .traits = NET_SPLIT, .writes = LATER " xdp-headroom=0",
	  .needs = "feature-rx-copy", .reads = MORE " feature-xdp-headroom",
	  .connect = "1<2345+b4", .close = "5<56 6<6", .told = "6",
	  .note = "writes 1, 5 and 6 again every 6 s until the backend has "
		  "answered; told to close it does so when it sees 5, or 6 if "
		  "it has missed that" },
	{ .name = "freebsd",
	  .source = "freebsd/freebsd-src sys/dev/xen/netfront/netfront.c "
		    "6a21cddf81c7",
	  .queues = 1, .buffers = 32, .batch = 16, .tx = 256,
	  .writes = LINUX, .reads = "feature-rx-copy feature-rx-flip",
	  .connect = "1<2+b4", .told = "6",
	  .note = "32 buffers are posted at first, then as 2.6.18-xen; later "
		  "versions have several queues, which were not read" },
	{ .name = "netbsd",
	  .source = "NetBSD/src sys/arch/xen/xen/if_xennet_xenbus.c "
		    "002e4a728cbf",
	  .queues = 1, .buffers = 256, .batch = 1, .tx = 256,
	  .writes = "vifname=xennet0 request-rx-copy=1 feature-rx-notify=1 "
		    "feature-ipv6-csum-offload=1 feature-sg=1",
	  .needs = "feature-rx-copy",
	  .reads = "feature-ipv6-csum-offload feature-sg",
	  .connect = "<2+b4", .close = "5<5 6", .told = "6",
	  .note = "panics if the backend is 0, 6, 7 or 8 while it runs; that "
		  "it posts more buffers as soon as one is free was not read" },
	{ .name = "openbsd",
	  .source = "openbsd/src sys/dev/pv/if_xnf.c 02808233fed8",
	  .queues = 1, .buffers = 256, .batch = 1, .tx = 256,
	  .traits = NET_IN_ORDER,
	  .writes = "request-rx-copy=1 feature-rx-notify=1 feature-sg=1 "
		    "feature-ipv6-csum-offload=1",
	  .reads = "feature-sg feature-no-csum-offload "
		   "feature-ipv6-csum-offload feature-multicast-control "
		   "feature-split-event-channels multi-queue-max-queues",
	  .connect = "b+4",
	  .note = "waits for no state, and sees none; never closes; takes "
		  "responses to be in the order of requests; does nothing "
		  "with what it reads of queues, channels and multicast" },
	{ .name = "windows",
	  .source = "xcp-ng/win-xenvif src/xenvif/ 14892e74d448",
	  .queues = 4, .buffers = 256, .batch = 1, .tx = 256,
	  .traits = NET_SPLIT | NET_CTRL,
	  .writes = LATER " feature-no-csum-offload=0 "
		    "request-multicast-control=1",
	  .reads = "multi-queue-max-queues feature-split-event-channels "
		   "feature-ctrl-ring feature-dynamic-multicast-control " OFFERS
		   " feature-gso-tcpv6 feature-no-csum-offload "
		   "feature-ipv6-csum-offload",
	  .connect = "1!6!1<2+4!2!3<4b", .close = "5<56 6<6",
	  .told = "6<6",
	  .note = "a queue for each CPU, here up to 4; posts buffers when the "
		  "backend is connected; spins while the backend is 1 or 3" },
	{ .name = "mini-os",
	  .source = "mirage/mini-os netfront.c 1855e8b2e884",
	  .queues = 1, .buffers = 256, .batch = 1, .tx = 256,
	  .writes = "request-rx-copy=1",
	  .removes = "tx-ring-ref rx-ring-ref event-channel request-rx-copy",
	  .connect = "b+4<45678", .close = "5<5678 6<678 1<2345-",
	  .note = "4 with the rings; asks for nothing, not even for events "
		  "when it waits for buffers; sysml/mini-os writes "
		  "feature-rx-notify and may have two channels" },
	{ .name = "ipxe",
	  .source = "ipxe/ipxe src/drivers/net/netfront.c 0c4e8c47bcc3",
	  .queues = 1, .buffers = 18, .batch = 1, .tx = 16,
	  .writes = "request-rx-copy=1 feature-sg=1 "
		    "feature-no-csum-offload=1 feature-rx-notify=1",
	  .removes = "feature-rx-notify feature-no-csum-offload feature-sg "
		     "request-rx-copy event-channel rx-ring-ref tx-ring-ref",
	  .connect = "+4<4b", .close = "6<6 1<2-",
	  .note = "closes the device before it begins if the backend is not at "
		  "2; no 5 when it closes; posts buffers when the backend is "
		  "connected, 18 because of a fault of Linux 3.18 to 4.2" },
	{ .name = "mirageos",
	  .source = "mirage/mirage-net-xen lib/xenstore.ml, lib/netif.ml "
		    "050aed3c0be5",
	  .queues = 1, .buffers = 256, .batch = 1, .tx = 256,
	  .writes = "feature-sg=1 feature-gso-tcpv4=1 request-rx-copy=1 "
		    "feature-rx-flip=0 feature-rx-notify=1 "
		    "feature-smart-poll=0",
	  .reads = "feature-rx-copy feature-rx-flip feature-rx-notify "
		   "feature-smart-poll " OFFERS,
	  .connect = "+4<4b",
	  .note = "does not wait for 2; never closes; posts buffers when "
		  "somebody listens" },
	{}
};

/* For both kinds. */
const struct order orders[] = {
	{ "at-once", "<2+b4", "5<56 6<6 1<2" },
	{ "plain", "<2+b3<4 4", "5<56 6<6 1<2" },
	{ "early", "+b4<4", "5<56 6<6 1" },
	{ "earlier", "1+b4<4", "5<56 6<6 1<2" },
	{ "late", "1<2.+.b.4<4.", ".5<56.6<6.1<2" },
	{ "twice", "1 1<2+b4 4<4 4", "5 5<56 6 6<6 6 1 1<2" },
	{ "no-closing", "<2+b4<4", "6<6 1<2" },
	{ "no-closed", "<2+b4<4", "5<56 1<2" },
	{ "no-waiting", "<2+b4<4", "5 6 1<2" },
	{ "nothing", "<2+b4<4", "1<2" },
	{ "closed-first", "5<56 6<6 1<2+b4<4", "5<56 6<6 1<2" },
	{ "two-steps", "1<2+3.b4<4", "5<56 6<6 1<2" },
	{}
};
