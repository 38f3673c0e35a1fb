/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel as the pure sources of blkback see it. The user-space tests
 * replace this one file and compile the same sources.
 */
#ifndef XBB_INTERNAL_H
#define XBB_INTERNAL_H

#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/ioprio.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include <xen/interface/grant_table.h>
#include <xen/interface/io/blkif.h>
#include <xen/interface/io/protocols.h>

#endif /* XBB_INTERNAL_H */
