/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel as the pure sources of netback see it. The user-space tests
 * replace this one file and compile the same sources.
 */
#ifndef XNB_INTERNAL_H
#define XNB_INTERNAL_H

#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/if_ether.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include <xen/interface/grant_table.h>
#include <xen/interface/io/netif.h>
#include <xen/page.h>

#endif /* XNB_INTERNAL_H */
