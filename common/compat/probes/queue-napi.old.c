// SPDX-License-Identifier: GPL-2.0
/* Nobody says which NAPI a queue has. */
#include <linux/netdevice.h>

/* An error if there is a function of that name. */
extern const struct napi_struct *netif_queue_set_napi;
