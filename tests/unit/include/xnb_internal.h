/* SPDX-License-Identifier: GPL-2.0 */
/* Stands in for netback/xnb_internal.h. */
#ifndef XNB_INTERNAL_H
#define XNB_INTERNAL_H

#include "custom.h"

#include <xen/interface/io/netif.h>

#ifndef S32_MAX
#define S32_MAX			((int)(~0U >> 1))
#endif
#define div_u64(n, d)		((n) / (d))
#define div64_u64(n, d)		((n) / (d))

#endif /* XNB_INTERNAL_H */
