/* SPDX-License-Identifier: GPL-2.0 */
/* Module parameters, as the admin set them. */
#ifndef XBB_MAIN_H
#define XBB_MAIN_H

unsigned int xbb_param_max_queues(void);
unsigned int xbb_param_max_order(void);

#endif /* XBB_MAIN_H */
