/* SPDX-License-Identifier: GPL-2.0 */
/* Stands in for blkback/xbb_internal.h. */
#ifndef XBB_INTERNAL_H
#define XBB_INTERNAL_H

#include "custom.h"

#include <stdio.h>

#include <linux/ioprio.h>

#include <xen/interface/io/blkif.h>
#include <xen/interface/io/protocols.h>

#define div64_u64(n, d)		((n) / (d))

#endif /* XBB_INTERNAL_H */
