/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest's grant table itself, past its kernel: entries of version 1, as
 * xen/interface/grant_table.h has them. What is changed here the kernel does
 * not know of, so put it back before pages are unshared.
 */
#ifndef GRANTS_H
#define GRANTS_H

#include "front.h"

#include <stdbool.h>
#include <stdint.h>

enum grant_flags { GRANT_NONE, GRANT_PERMIT = 1, GRANT_READONLY = 4,
		   GRANT_READING = 8, GRANT_WRITING = 16 };

struct grant {
	uint16_t flags;
	uint16_t domid;
	uint32_t frame;
};

/* How it is said that there is none. */
#define GRANTS_NO_WAY	"no way to this guest's grant table"

/* NULL if this guest has no way to it. */
volatile struct grant *grants_open(void);
void grants_save(volatile struct grant *table, const struct pages *pages,
		 struct grant *saved);
void grants_put_back(volatile struct grant *table, const struct pages *pages,
		     const struct grant *saved);
/* Has anybody mapped one of them, or is copying it? */
bool grants_are_used(volatile struct grant *table, const uint32_t *refs,
		     unsigned int nr);

#endif /* GRANTS_H */
