/* SPDX-License-Identifier: GPL-2.0 */
/* Module parameters, as the admin set them. */
#ifndef XNB_PARAMS_H
#define XNB_PARAMS_H

#include <linux/types.h>

/* Most queues of a vif, whatever the admin says. */
#define XNB_QUEUES_LIMIT	64u

unsigned int xnb_param_max_queues(void);
unsigned int xnb_param_fatal_slots(void);
unsigned long xnb_param_drain_timeout(void);
unsigned long xnb_param_stall_timeout(void);
bool xnb_param_split_channels(void);
bool xnb_param_xdp_headroom(void);

#endif /* XNB_PARAMS_H */
