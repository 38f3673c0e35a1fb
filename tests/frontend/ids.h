/* SPDX-License-Identifier: GPL-2.0 */
/* The ids of requests that no response has come to yet. */
#ifndef IDS_H
#define IDS_H

#include <stdbool.h>
#include <stdint.h>

/* More than any ring has slots. */
#define IDS_MAX		1024u

/**
 * struct ids - what may be answered
 * @unknown: this side changes ids, or responses, in the ring itself
 * @nr: how many there are, the oldest first; one may be there several times
 */
struct ids {
	bool unknown;
	unsigned int nr;
	uint64_t id[IDS_MAX];
};

void ids_add(struct ids *ids, uint64_t id);
/* Ends the program if nobody has asked with that id, or not so often. */
void ids_take(struct ids *ids, uint64_t id);

#endif /* IDS_H */
