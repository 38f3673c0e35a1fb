/* SPDX-License-Identifier: GPL-2.0 */
/* What the thread of a queue does from its first request to its end. */
#ifndef XBB_THREAD_H
#define XBB_THREAD_H

int xbb_thread(void *data);

#endif /* XBB_THREAD_H */
