// SPDX-License-Identifier: GPL-2.0
/* common/backend/hist.h: every value is counted, in its slot. */
#include "prove.h"

#include "backend/hist.h"

void proof_add(void)
{
	struct xgh_hist hist = { { 0 } };
	u64 value = ANY(u64);
	unsigned int slot = ANY(unsigned int);

	xgh_hist_add(&hist, value);
	ASSUME(slot < XGH_HIST_SLOTS);
	PROVE(hist.n[slot] == (value >= xgh_hist_floor(slot) &&
			       (slot == XGH_HIST_SLOTS - 1 ||
				value < xgh_hist_floor(slot + 1))));
}
