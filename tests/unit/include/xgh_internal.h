/* SPDX-License-Identifier: GPL-2.0 */
/* Stands in for common/gnttab-helpers/xgh_internal.h. */
#ifndef XGH_INTERNAL_H
#define XGH_INTERNAL_H

#include "custom.h"

#include <xen/interface/io/ring.h>

#ifndef S32_MAX
#define S32_MAX			((int)(~0U >> 1))
#endif
#define div64_u64(n, d)		((n) / (d))
#define div64_u64_rem(n, d, r)	(*(r) = (n) % (d), (n) / (d))

#endif /* XGH_INTERNAL_H */
