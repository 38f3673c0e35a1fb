# SPDX-License-Identifier: GPL-2.0
"""Two ways to count the same, for our drivers: the code that the emulator
has seen executed, and what the drivers' own statistics say."""
from __future__ import annotations

from typing import Any, Iterator

# What is counted in dom0, and the statistics that add up to it.
PAIRS = {
    "grant_hypercalls": ("vbd.copy_calls", "vbd.map_calls",
                         "vbd.unmap_calls", "vif.tx_hypercalls",
                         "vif.rx_hypercalls"),
    "grant_maps": ("vbd.map_ops",),
    "grant_unmaps": ("vbd.unmap_ops",),
    "events_sent": ("vbd.notifies", "vif.tx_events", "vif.rx_events"),
}
# dom0 sends events of its own, for consoles and xenstore.
FEW = 12
# Of both, for what happens between the two looks at either.
SHARE = 0.002


def differences(point: dict[str, Any]) -> Iterator[tuple[str, int, int]]:
    """What was counted twice at a point: event, executed, own."""
    stats, events = point.get("stats"), point.get("events")
    if not stats or not events:
        return
    for event, names in PAIRS.items():
        own = sum(stats.get(name, 0) for name in names)
        again = event == "grant_hypercalls" and events["continuations"]
        yield event, events[event] - again, own


def is_same(executed: int, own: int) -> bool:
    return abs(executed - own) <= FEW + SHARE * max(executed, own)


def check(run: dict[str, Any]) -> tuple[int, list[str]]:
    """How many counts of a run were taken twice, and which do not agree."""
    count, bad = 0, []
    for name, point in run["points"].items():
        for event, executed, own in differences(point):
            count += 1
            if not is_same(executed, own):
                bad.append(f"{name}: {event}: executed {executed}, "
                           f"own statistics {own}")
    return count, bad
