# SPDX-License-Identifier: GPL-2.0
"""What ours is to cost at most, and which of that is reached."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterator

from .compare import METRICS

ARCHES = ("amd64", "arm64")
# Point: dom0's cost as a ratio of the in-tree driver's, for each of ARCHES.
RATIOS = {
    "persistent/4k/randread/1": (0.45, 0.60),
    "persistent/4k/randread/16": (0.56, 0.57),
    "persistent/4k/randwrite/16": (0.56, 0.57),
    "persistent/32k/randread/16": (0.47, 0.42),
    "persistent/128k/read/16": (0.28, 0.28),
    "persistent/128k/write/16": (0.28, 0.28),
    "grants/4k/randread/1": (0.50, 0.60),
    "grants/4k/randread/16": (0.56, 0.58),
    "grants/4k/randwrite/16": (0.56, 0.58),
    "grants/32k/randread/16": (0.60, 0.60),
    "grants/128k/read/16": (0.58, 0.57),
    "grants/128k/write/16": (0.58, 0.57),
    "tcp/out/1": (0.59, 0.62),
    "tcp/in/1": (0.91, 0.86),
    "tcp/push/1": (0.91, 0.86),
    "pktgen/out/60": (0.82, 0.82),
    "pktgen/out/1500": (0.48, 0.45),
    "pktgen/guests/60": (0.82, 0.82),
}
# Single figure: the most that it may be.
CEILINGS = {"vbd-order0/memory": 64 << 10}


@dataclass(frozen=True)
class Goal:
    """One of them, and what was measured."""
    arch: str
    name: str
    most: float
    found: float

    @property
    def reached(self) -> bool:
        """As exactly as goals are written down."""
        return round(self.found, 2) <= self.most


def ratio(arch: str, name: str) -> float | None:
    """The one that is wanted for a point, where one is."""
    if name not in RATIOS or arch not in ARCHES:
        return None
    return RATIOS[name][ARCHES.index(arch)]


def _cost(run: dict[str, Any], name: str) -> float | None:
    return METRICS["dom0"][0](run["points"].get(name, {}))


def of(arch: str, arms: dict[str, dict[str, Any]]) -> Iterator[Goal]:
    """All goals for which the arms of an architecture have figures."""
    if not {"intree", "ours"} <= set(arms):
        return
    for name in RATIOS:
        theirs, ours = (_cost(arms[arm], name) for arm in ("intree", "ours"))
        most = ratio(arch, name)
        if theirs and ours and most:
            yield Goal(arch, name, most, ours / theirs)
    for name, ceiling in CEILINGS.items():
        value = arms["ours"]["values"].get(name)
        # What is free in dom0 moves by itself: less than nothing is no figure.
        if value and value["value"] > 0:
            yield Goal(arch, name, ceiling, value["value"])


def table(goals: list[Goal]) -> str:
    """A line for each, with a mark; and how many are reached."""
    lines = [f"{'reached' if goal.reached else '      -'}  {goal.arch}  "
             f"{goal.name:28}{goal.found:>10,.4g}  at most {goal.most:,g}"
             for goal in goals]
    count = sum(goal.reached for goal in goals)
    return "\n".join([*lines, f"{count} of {len(goals)} goals reached"])
