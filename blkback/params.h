/* SPDX-License-Identifier: GPL-2.0 */
/* Module parameters, as the admin set them. */
#ifndef XBB_PARAMS_H
#define XBB_PARAMS_H

#include <linux/types.h>

/* More rings than this only get in each other's way. */
#define XBB_QUEUES_LIMIT	64u
/* Most that a queue's requests may hold, of either kind, in units of 4 KiB. */
#define XBB_QUEUE_PAGES		4096u
/* Window of waits in the hypervisor, and the longest one, in microseconds. */
#define XBB_POLL_DEFAULT	400u
#define XBB_POLL_LIMIT		10000u

unsigned int xbb_param_max_queues(void);
unsigned int xbb_param_max_order(void);
unsigned int xbb_param_max_persist(void);
unsigned int xbb_param_persist_unused(void);
unsigned int xbb_param_domain_pages(void);
unsigned int xbb_param_buffer_pages(void);
unsigned long xbb_param_squeeze(void);
unsigned int xbb_param_poll_us(void);
bool xbb_param_claim(void);
bool xbb_param_log_stats(void);
bool xbb_param_persistent(void);

#endif /* XBB_PARAMS_H */
