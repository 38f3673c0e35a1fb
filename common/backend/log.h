/* SPDX-License-Identifier: GPL-2.0 */
/* Bounds what a frontend can make a backend say in the log. */
#ifndef XGH_LOG_H
#define XGH_LOG_H

#include <linux/jiffies.h>
#include <linux/ratelimit.h>

/* A guest that connects again and again gets a line now and then. */
#define XGH_LOG_INTERVAL	(60 * HZ)
#define XGH_LOG_BURST		10

/**
 * xgh_log_init() - begin to bound the lines of a device
 * @log: asked with __ratelimit() before each line that a frontend can cause
 *
 * What was left out is not told each time that it ends, for a guest would make
 * lines of that.
 *
 * Context: Any.
 */
static inline void xgh_log_init(struct ratelimit_state *log)
{
	ratelimit_state_init(log, XGH_LOG_INTERVAL, XGH_LOG_BURST);
	ratelimit_set_flags(log, RATELIMIT_MSG_ON_RELEASE);
}

#endif /* XGH_LOG_H */
