# SPDX-License-Identifier: GPL-2.0
"""Histograms of latencies, as debugfs has them: slot n counts requests that took
2^(n-1) to 2^n units of 1024 ns, and the last one all that took longer."""
from __future__ import annotations

import math
from typing import Optional, Sequence

KINDS = ("read", "write", "flush", "discard")
UNIT_US = 1.024


def upper_us(slot: int) -> float:
    """Above what a slot counts, in µs."""
    return float(1 << slot) * UNIT_US


def percentile(slots: Sequence[int], part: float) -> Optional[float]:
    """Below which time this part of the requests was, in µs: the upper end of the
    slot, so at most twice what is true. The last slot has none, and so it is
    infinite. None without requests."""
    wanted = sum(slots) * part
    if not wanted:
        return None
    seen = 0
    for slot, count in enumerate(slots):
        seen += count
        if seen >= wanted:
            break
    return round(upper_us(slot), 1) if slot < len(slots) - 1 else math.inf
