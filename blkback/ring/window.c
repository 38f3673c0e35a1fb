// SPDX-License-Identifier: GPL-2.0
/* Decides from past waits whether the CPU is kept in the next one. Pure. */
#include "window.h"
#include "xbb_internal.h"

/**
 * xbb_window_ended() - a wait that was tried is over
 * @window: the state, open
 * @paid: whether what was waited for came in time
 *
 * Context: Any; owner of the window.
 */
void xbb_window_ended(struct xbb_window *window, bool paid)
{
	if (paid) {
		window->penalty /= 2;
		return;
	}
	window->penalty = min(2 * window->penalty + 1, XBB_WINDOW_SKIP_MAX);
	window->skip = window->penalty;
}

/**
 * xbb_window_pass() - a wait was not tried
 * @window: the state, open or not
 *
 * Context: Any; owner of the window.
 */
void xbb_window_pass(struct xbb_window *window)
{
	if (window->skip)
		window->skip--;
}
