/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does it pay to wait for what comes next with the CPU kept? It does if that
 * comes soon and nobody else wants the CPU, and what was so lately will be so
 * again: each wait that was in vain has more of the next ones not tried. Pure.
 */
#ifndef XBB_WINDOW_H
#define XBB_WINDOW_H

#include <linux/types.h>

/* Most waits that are not tried after one that was in vain. */
#define XBB_WINDOW_SKIP_MAX	255u

/**
 * struct xbb_window - what the last waits say about the next one
 *
 * All zeroes is where it begins.
 */
struct xbb_window {
	/** @penalty: waits not to be tried when another one is in vain */
	u32 penalty;
	/** @skip: those that are left of them */
	u32 skip;
};

void xbb_window_ended(struct xbb_window *window, bool paid);
void xbb_window_pass(struct xbb_window *window);

/**
 * xbb_window_is_open() - shall the next wait be tried?
 * @window: the state
 *
 * Context: Any; owner of the window.
 * Return: whether.
 */
static inline bool xbb_window_is_open(const struct xbb_window *window)
{
	return !window->skip;
}

#endif /* XBB_WINDOW_H */
