// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the way to the grant table. A guest whose memory is translated finds
 * it where the device tree says, outside of its RAM, so that /dev/mem lets
 * root have it; one that is not asks Xen for the frames.
 */
#include "grants.h"
#include "front.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xen/xen.h>
#include <xen/grant_table.h>
#include <xen/sys/privcmd.h>

/* Frames to look at: more grants than any of our attacks makes. */
#define GRANT_FRAMES	16u

/* The first region of the node is for the grant table. */
static uint64_t table_address(void)
{
	static const char node[] = "/proc/device-tree/hypervisor/reg";
	uint64_t address = 0;
	uint8_t reg[8];
	unsigned int i;
	int fd = open(node, O_RDONLY);

	if (fd < 0)
		return 0;
	if (read(fd, reg, sizeof(reg)) == sizeof(reg))
		for (i = 0; i < sizeof(reg); i++)
			address = address << 8 | reg[i];
	close(fd);
	return address;
}

static void *map_physical(uint64_t address)
{
	int fd = open("/dev/mem", O_RDWR | O_SYNC);
	void *table = MAP_FAILED;

	if (fd >= 0) {
		table = mmap(NULL, GRANT_FRAMES * FRAME, PROT_READ | PROT_WRITE,
			     MAP_SHARED, fd, address);
		close(fd);
	}
	return table;
}

#if defined(__x86_64__)
/* The buffer of a hypercall has to be there when Xen looks at it. */
static int frames_of_table(int fd, xen_pfn_t *frames)
{
	static struct gnttab_setup_table setup;
	privcmd_hypercall_t call = {
		.op = __HYPERVISOR_grant_table_op,
		.arg = { GNTTABOP_setup_table, (uintptr_t)&setup, 1 },
	};
	int err;

	mlockall(MCL_CURRENT | MCL_FUTURE);
	memset(frames, 0, GRANT_FRAMES * sizeof(*frames));
	setup.dom = DOMID_SELF;
	setup.nr_frames = GRANT_FRAMES;
	setup.frame_list = frames;
	err = ioctl(fd, IOCTL_PRIVCMD_HYPERCALL, &call);
	if (!err)
		err = setup.status;
	munlockall();
	return err;
}
#endif

static void *map_machine(void)
{
	void *table = MAP_FAILED;
#if defined(__x86_64__)
	static xen_pfn_t frames[GRANT_FRAMES];
	static int errors[GRANT_FRAMES];
	privcmd_mmapbatch_v2_t batch = {
		.num = GRANT_FRAMES, .dom = DOMID_SELF, .arr = frames,
		.err = errors,
	};
	int fd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);

	if (fd < 0 || frames_of_table(fd, frames))
		return MAP_FAILED;
	table = mmap(NULL, GRANT_FRAMES * FRAME, PROT_READ | PROT_WRITE,
		     MAP_SHARED, fd, 0);
	if (table == MAP_FAILED)
		return table;
	batch.addr = (uintptr_t)table;
	if (ioctl(fd, IOCTL_PRIVCMD_MMAPBATCH_V2, &batch) || errors[0])
		return MAP_FAILED;
#endif
	return table;
}

volatile struct grant *grants_open(void)
{
	uint64_t address = table_address();
	void *table = address ? map_physical(address) : map_machine();

	if (table != MAP_FAILED)
		return table;
	say("skipped: no way to this guest's grant table");
	return NULL;
}
