/* SPDX-License-Identifier: GPL-2.0 */
/* Stands in for common/gnttab-helpers/xgh_internal.h. */
#ifndef XGH_INTERNAL_H
#define XGH_INTERNAL_H

#include "custom.h"

#include <xen/interface/io/ring.h>

#endif /* XGH_INTERNAL_H */
