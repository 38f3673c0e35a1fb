/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest's grant table itself, past its kernel: entries of version 1, as
 * xen/interface/grant_table.h has them. What is changed here the kernel does
 * not know of, so put it back before pages are unshared.
 */
#ifndef GRANTS_H
#define GRANTS_H

#include <stdint.h>

enum grant_flags { GRANT_NONE, GRANT_PERMIT = 1, GRANT_READONLY = 4 };

struct grant {
	uint16_t flags;
	uint16_t domid;
	uint32_t frame;
};

/* NULL if this guest has no way to it, which is then printed. */
volatile struct grant *grants_open(void);

#endif /* GRANTS_H */
