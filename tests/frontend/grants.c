// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the way to the grant table. A guest on ARM finds it where the device
 * tree says, outside of its RAM, so that /dev/mem lets root have it. A PV guest
 * would have to ask Xen for the frames, which privcmd no longer lets it do.
 */
#include "grants.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

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

volatile struct grant *grants_open(void)
{
	static void *table;
	uint64_t address;

	if (table)
		return table;
	address = table_address();
	table = address ? map_physical(address) : MAP_FAILED;
	if (table != MAP_FAILED)
		return table;
	table = NULL;
	return NULL;
}

void grants_save(volatile struct grant *table, const struct pages *pages,
		 struct grant *saved)
{
	unsigned int i;

	for (i = 0; i < pages->nr; i++)
		saved[i] = table[pages->refs[i]];
	if (saved[0].flags % 2 != GRANT_PERMIT || saved[0].domid)
		die("this is not the grant table: flags %#x, domain %u",
		    saved[0].flags, saved[0].domid);
}

/* As the kernel had them: a page may be given back only as it was. */
void grants_put_back(volatile struct grant *table, const struct pages *pages,
		     const struct grant *saved)
{
	unsigned int i;

	for (i = 0; i < pages->nr; i++) {
		table[pages->refs[i]].frame = saved[i].frame;
		table[pages->refs[i]].domid = saved[i].domid;
		table[pages->refs[i]].flags = GRANT_PERMIT;
	}
}

bool grants_are_used(volatile struct grant *table, const uint32_t *refs,
		     unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (table[refs[i]].flags & (GRANT_READING | GRANT_WRITING))
			return true;
	return false;
}
