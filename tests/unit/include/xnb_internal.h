/* SPDX-License-Identifier: GPL-2.0 */
/* Stands in for netback/xnb_internal.h. */
#ifndef XNB_INTERNAL_H
#define XNB_INTERNAL_H

#include "custom.h"

#include <xen/interface/io/netif.h>

#endif /* XNB_INTERNAL_H */
