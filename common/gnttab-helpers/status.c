// SPDX-License-Identifier: GPL-2.0
/* Translates the hypervisor's status codes. Pure. */
#include "status.h"
#include "xgh_internal.h"

/**
 * xgh_status_to_errno() - errno for the status of a grant operation
 * @status: GNTST_* (xen/interface/grant_table.h)
 *
 * Context: Any.
 * Return: 0 for GNTST_okay, else a negative errno. -ETIMEDOUT for a frame
 * that stayed away while it was to be copied (GNTST_eagain; for a map the
 * kernel makes GNTST_bad_page of it), -ENOSPC if the hypervisor has no room for
 * another mapping, -EACCES where the grant does not allow the operation and
 * -EIO for everything else.
 */
int xgh_status_to_errno(s16 status)
{
	switch (status) {
	case GNTST_okay:
		return 0;
	case GNTST_eagain:
		return -ETIMEDOUT;
	case GNTST_no_device_space:
		return -ENOSPC;
	case GNTST_bad_gntref:
	case GNTST_bad_domain:
	case GNTST_permission_denied:
		return -EACCES;
	default:
		return -EIO;
	}
}
EXPORT_SYMBOL_GPL(xgh_status_to_errno);
