/* SPDX-License-Identifier: GPL-2.0 */
/* Verified I/O through a block device of the guest's own kernel. */
#ifndef STEADY_H
#define STEADY_H

int steady(const char *device, const char *rounds);

#endif /* STEADY_H */
