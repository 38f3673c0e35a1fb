/* SPDX-License-Identifier: GPL-2.0 */
/* Checksums that a guest has left blank; see txcsum.c. */
#ifndef XNB_TXCSUM_H
#define XNB_TXCSUM_H

#include <linux/types.h>

/* VLAN tags behind which a checksum, or segments, are looked for. */
#define XNB_CSUM_TAGS		2

struct xdp_buff;

__sum16 *xnb_txcsum_find(const struct xdp_buff *xdp);
bool xnb_txcsum_fill(struct xdp_buff *xdp, const __sum16 *blank);

#endif /* XNB_TXCSUM_H */
