// SPDX-License-Identifier: GPL-2.0
/*
 * Writes, reads back and compares, for ever, with little CPU time; after each
 * round its number is in a file. What a victim does while others attack.
 */
#include "steady.h"
#include "blkif.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK		(16 * FRAME)
#define CHUNKS		16

static void store(const char *path, unsigned int round)
{
	char tmp[256];
	FILE *file;

	snprintf(tmp, sizeof(tmp), "%s.new", path);
	file = fopen(tmp, "w");
	if (!file || fprintf(file, "%u\n", round) < 0 || fclose(file) ||
	    rename(tmp, path))
		die("cannot write %s", path);
}

static void one_round(int fd, uint8_t *data, unsigned int round)
{
	unsigned int i;
	uint64_t nr = CHUNK / SECTOR;

	for (i = 0; i < CHUNKS; i++) {
		blk_fill(data, i * nr, nr, round);
		if (pwrite(fd, data, CHUNK, (off_t)i * CHUNK) != CHUNK)
			die("write failed: %m");
	}
	for (i = 0; i < CHUNKS; i++) {
		memset(data, 0, CHUNK);
		if (pread(fd, data, CHUNK, (off_t)i * CHUNK) != CHUNK)
			die("read failed: %m");
		if (!blk_same(data, i * nr, nr, round))
			die("round %u, chunk %u: other data", round, i);
	}
}

int steady(const char *device, const char *rounds)
{
	int fd = open(device, O_RDWR | O_DIRECT);
	unsigned int round;
	void *data;

	what = "steady";
	if (fd < 0 || posix_memalign(&data, FRAME, CHUNK))
		die("cannot open %s: %m", device);
	for (round = 1; ; round++) {
		one_round(fd, data, round);
		store(rounds, round);
		nap(10000);
	}
	return 0;
}
