/* SPDX-License-Identifier: GPL-2.0 */
/*
 * I/O priorities as an admin writes them: "rt/2", "be/4" (class and level, 0 is
 * the highest of eight), "idle", or "none" for what the block layer makes of
 * it. The words are those of ionice(1).
 */
#ifndef XBB_IOPRIO_H
#define XBB_IOPRIO_H

#include <linux/types.h>

int xbb_ioprio_parse(const char *text, u16 *ioprio);
int xbb_ioprio_print(char *buf, size_t size, u16 ioprio);

#endif /* XBB_IOPRIO_H */
