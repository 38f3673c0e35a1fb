// SPDX-License-Identifier: GPL-2.0
/* Block frontends that exist: a row each. See profile.h. */
#include "profile.h"

#define BASIC	"sectors info sector-size"

const struct blk_profile blk_profiles[] = {
	{ .name = "linux-2.6.18-xen",
	  .source = "bronson/linux-2.6.18.8-ovz-xen "
		    "drivers/xen/blkfront/blkfront.c fd47d8b8adc3",
	  .queues = 1, .segs = 11, .traits = BLK_SLOT_ID | BLK_BARRIER,
	  .needs = BASIC, .reads = "feature-barrier",
	  .connect = "+3<4 4", .close = "5<5 6", .told = "6",
	  .note = "does not wait for 2; told to close while it is open it "
		  "writes an error and closes at the last close; its shutdown "
		  "was not read, that of 6.12 stands here" },
	{ .name = "linux-3.2",
	  .source = "AndreiLux/Perseus-UNIVERSAL5410 "
		    "drivers/block/xen-blkfront.c 2f5955b20b6a",
	  .queues = 1, .segs = 11,
	  .traits = BLK_SLOT_ID | BLK_FLUSH | BLK_DISCARD,
	  .needs = BASIC,
	  .reads = "feature-barrier feature-flush-cache feature-discard "
		   "discard-granularity discard-alignment discard-secure",
	  .connect = "+3<4 4", .close = "5<5 6", .told = "6",
	  .note = "what was read is a 3.4 with a patch for larger rings, which "
		  "is left out; does not wait for 2; told to close while it "
		  "is open it writes 5; its shutdown was not read" },
	{ .name = "linux-4.9",
	  .source = "AlphaDroid-devices/kernel_xiaomi_grus "
		    "drivers/block/xen-blkfront.c b384bc76465f",
	  .queues = 4, .segs = 32,
	  .traits = BLK_SLOT_ID | BLK_FLUSH | BLK_DISCARD,
	  .writes = "feature-persistent=1", .needs = BASIC,
	  .reads = "max-ring-page-order multi-queue-max-queues "
		   "discard-granularity discard-alignment discard-secure",
	  .connect = "<2+3<4 4", .close = "5<5 6", .told = "6",
	  .note = "looks at multi-queue-max-queues before it waits for 2; "
		  "limits of queues and segments are those of 6.12, what was "
		  "read does not show them; its shutdown was not read" },
	{ .name = "linux-5.10",
	  .source = "0day-ci/linux drivers/block/xen-blkfront.c 046e5b3cecb7",
	  .queues = 4, .segs = 32,
	  .traits = BLK_SLOT_ID | BLK_FLUSH | BLK_DISCARD,
	  .writes = "feature-persistent=1", .needs = BASIC,
	  .reads = "max-ring-page-order multi-queue-max-queues "
		   "physical-sector-size feature-barrier feature-flush-cache "
		   "feature-discard feature-persistent "
		   "feature-max-indirect-segments",
	  .connect = "<2+3<4 4", .close = "5<5 6", .told = "6",
	  .note = "what was read is a later 5.x; its shutdown was not read" },
	{ .name = "linux-6.12",
	  .source = "Debian linux-source-6.12 6.12.118-1 "
		    "drivers/block/xen-blkfront.c, drivers/xen/xenbus/",
	  .queues = 4, .segs = 32,
	  .traits = BLK_SLOT_ID | BLK_FLUSH | BLK_DISCARD,
	  .writes = "feature-persistent=1", .needs = BASIC,
	  .reads = "max-ring-page-order multi-queue-max-queues "
		   "physical-sector-size feature-barrier feature-flush-cache "
		   "feature-discard feature-persistent "
		   "feature-max-indirect-segments",
	  .connect = "<2+3<4 4", .close = "5<5 6", .told = "6",
	  .note = "at its shutdown it waits 5 s for 5, and not for 6; told to "
		  "close it does so even while it is open; a kernel that was "
		  "started by kexec resets a device that is still connected, "
		  "step by step" },
	{ .name = "freebsd",
	  .source = "freebsd/freebsd-src sys/dev/xen/blkfront/blkfront.c "
		    "c5699a8de956",
	  .order = 5, .queues = 1, .segs = 11,
	  .traits = BLK_SLOT_ID | BLK_BARRIER | BLK_FLUSH,
	  .writes = "num-ring-pages=PAGES", .needs = BASIC,
	  .reads = "max-ring-page-order max-ring-pages feature-barrier "
		   "feature-flush-cache",
	  .connect = "1<2+3<4 4", .told = "5 6",
	  .note = "told to close it writes 5 and at once 6, if nobody has it "
		  "open; later versions have indirect requests, which were not "
		  "read" },
	{ .name = "netbsd",
	  .source = "NetBSD/src sys/arch/xen/xen/xbd_xenbus.c 618e4a456f7a",
	  .queues = 1, .segs = 11,
	  .traits = BLK_SLOT_ID | BLK_FLUSH | BLK_STALE,
	  .needs = BASIC, .reads = "feature-flush-cache",
	  .connect = "+3<4 4", .close = "5<5 6<6", .told = "6",
	  .note = "does not wait for 2; panics if the backend is 7 or 8; does "
		  "not fill a flush in" },
	{ .name = "openbsd",
	  .source = "openbsd/src sys/dev/pv/xbf.c a454aff3d36b",
	  .order = 3, .queues = 1, .segs = 11,
	  .traits = BLK_SLOT_ID | BLK_ALWAYS | BLK_LAST | BLK_FLUSH,
	  .writes = "num-ring-pages=PAGES", .needs = "sectors sector-size",
	  .reads = "type dev max-ring-page-order max-ring-pages "
		   "feature-barrier feature-flush-cache",
	  .connect = "+3<4 4",
	  .note = "does not wait for 2, and 10 s for 4; sees no state any more "
		  "after that; a detach writes none" },
	{ .name = "windows",
	  .source = "xcp-ng/win-xenvbd src/xenvbd/ 583bd7fee4cc",
	  .order = 4, .queues = 4, .segs = 256,
	  .traits = BLK_FLUSH | BLK_DISCARD,
	  .writes = "multi-queue-num-queues=QUEUES feature-surprise-remove=1 "
		    "feature-online-resize=1 feature-large-sector-size=1",
	  .needs = BASIC,
	  .reads = "max-ring-page-order multi-queue-max-queues "
		   "feature-max-indirect-segments feature-persistent "
		   "feature-barrier feature-flush-cache feature-discard "
		   "discard-enable discard-granularity discard-alignment "
		   "discard-secure",
	  .connect = "1!6!1<2+3!2!1!3<4 4", .close = "5<56 6<6",
	  .told = "6<6",
	  .note = "a queue for each CPU, here up to 4; as many segments as the "
		  "backend has; reads feature-persistent and never writes it; "
		  "writes 5 again each time that the backend's state changes "
		  "to anything but 5 and 6" },
	{ .name = "mini-os",
	  .source = "sysml/mini-os blkfront.c 50cfef196566",
	  .queues = 1, .segs = 11, .traits = BLK_FLUSH,
	  .needs = "mode " BASIC,
	  .reads = "feature-barrier feature-flush-cache",
	  .removes = "ring-ref event-channel",
	  .connect = "+4<45678", .close = "5<5678 6<678 1<2345-",
	  .note = "4 with the rings, whatever the backend is doing; sees no "
		  "state while it runs" },
	{ .name = "u-boot",
	  .source = "u-boot/u-boot drivers/xen/pvblock.c 17c96f885134",
	  .queues = 1, .segs = 11, .traits = BLK_ONE,
	  .needs = "mode " BASIC,
	  .reads = "feature-barrier feature-flush-cache",
	  .removes = "ring-ref event-channel",
	  .connect = "+4<45678", .close = "5<5678 6<678 1<2345-",
	  .note = "as Mini-OS, of which it is; closes before it starts a "
		  "kernel; the version that was read has no reads and writes "
		  "yet: that it does one at a time was not read" },
	{ .name = "ovmf",
	  .source = "tianocore/edk2 OvmfPkg/XenPvBlkDxe/BlockFront.c "
		    "193e632e3c68",
	  .queues = 1, .segs = 11, .needs = BASIC,
	  .reads = "feature-barrier feature-flush-cache",
	  .removes = "ring-ref event-channel protocol",
	  .connect = "+4=4", .close = "5=5 6=6 1<012678-",
	  .note = "gives up if the backend is behind the state that it waits "
		  "for; may leave before the backend is at 2 again; polls for "
		  "responses" },
	{ .name = "grub",
	  .source = "rhboot/grub2 grub-core/disk/xen/xendisk.c 351c9c2fd0bc",
	  .queues = 1, .segs = 11,
	  .traits = BLK_ONE | BLK_ZERO_ID | BLK_ALWAYS | BLK_EMPTIES,
	  .needs = "sectors sector-size", .reads = "dev",
	  .removes = "ring-ref event-channel",
	  .connect = "+3!2", .close = "6<6-1",
	  .note = "never writes 4; takes anything but 2 for connected; no 5 "
		  "when it closes, and 1 after its nodes are empty; one page "
		  "for all requests" },
	{ .name = "mirageos",
	  .source = "mirage/mirage-block-xen lib/front/blkfront.ml "
		    "07ed0c74713b",
	  .order = 2, .queues = 1, .segs = 512,
	  .needs = "sectors sector-size mode",
	  .reads = "max-ring-page-order feature-max-indirect-segments",
	  .connect = "+4<4", .close = "5<56 6<6 1<2345",
	  .note = "4 with the rings; as many segments as the backend has, up "
		  "to a page of them; protocol always x86_64-abi, here the "
		  "machine's own; its ids are grants" },
	{}
};
