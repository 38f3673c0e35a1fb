# SPDX-License-Identifier: GPL-2.0
"""Which points differ between two results by more than noise."""
from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

from xbtb_lib.util import Failure

# metric: how it is got from a point, and whether more is better.
METRICS = {
    "dom0": (lambda p: p.get("dom0_per_unit"), False),
    "guest": (lambda p: p.get("guest_per_unit"), False),
    "rate": (lambda p: p.get("iops") or p.get("pps") or
             p.get("bits_per_second"), True),
    "p50": (lambda p: latency(p, "p50"), False),
    "p99": (lambda p: latency(p, "p99"), False),
    "p999": (lambda p: latency(p, "p999"), False),
}
OK, REGRESSION, UNUSABLE = 0, 1, 2


def latency(point: dict[str, Any], name: str) -> float | None:
    """The worse direction's percentile."""
    found = [side[name] for side in point.get("latency_us", {}).values()
             if name in side]
    return max(found) if found else None


@dataclass
class Change:
    """One metric of one point, before and after."""
    arch: str
    point: str
    metric: str
    before: float
    after: float
    more_is_better: bool

    @property
    def percent(self) -> float:
        return 100 * (self.after / self.before - 1)

    @property
    def worse(self) -> float:
        """By how many percent it is worse; negative if it is better."""
        return -self.percent if self.more_is_better else self.percent


def load(path: Path) -> dict[str, Any]:
    """Results by their file, or by the directory they lie in."""
    if path.is_dir():
        path = path / "results.json"
    try:
        return json.loads(path.read_text())
    except (OSError, json.JSONDecodeError) as error:
        raise Failure(f"{path}: {error}") from error


def pick(results: dict[str, Any], arm: str | None) -> dict[str, dict]:
    """The run of each architecture, of the arm asked for or the only one."""
    found: dict[str, dict] = {}
    for run in results["runs"]:
        if arm and run["arm"] != arm:
            continue
        if run["arch"] in found:
            raise Failure("several arms there: name one "
                          "(--arm, or --arm-a and --arm-b)")
        found[run["arch"]] = run
    return found


def changes(a: dict[str, dict], b: dict[str, dict],
            metrics: list[str]) -> Iterator[Change]:
    """Every metric that both have."""
    for arch in sorted(set(a) & set(b)):
        before, after = a[arch]["points"], b[arch]["points"]
        for name in sorted(set(before) & set(after)):
            for metric in metrics:
                get, more = METRICS[metric]
                x, y = get(before[name]), get(after[name])
                if x and y and x > 0 and y > 0:
                    yield Change(arch, name, metric, x, y, more)


def lost(a: dict[str, dict], b: dict[str, dict]) -> list[str]:
    """Points that A has and B lacks: they cannot be called unharmed."""
    return [f"{arch} {name}" for arch in sorted(set(a) & set(b))
            for name in sorted(set(a[arch]["points"]) -
                               set(b[arch]["points"]))]


def different(a: dict[str, dict], b: dict[str, dict]) -> list[str]:
    """What else is not the same in the two runs."""
    found = []
    for arch in sorted(set(a) & set(b)):
        for key in ("mode", "dom0_kernel", "guest_kernel", "xen"):
            x, y = a[arch].get(key), b[arch].get(key)
            if x != y:
                found.append(f"{arch}: {key} was {x}, is {y}")
    return found


def report(found: list[Change], noise: float, limit: float) -> list[str]:
    """A line for each change above the noise, the worst first."""
    moved = [c for c in found if abs(c.percent) > noise]
    lines = []
    for c in sorted(moved, key=lambda c: -c.worse):
        word = "REGRESSION" if c.worse > limit else \
            "worse" if c.worse > 0 else "better"
        lines.append(f"{c.arch} {c.point:32} {c.metric:6} "
                     f"{c.before:14.1f} -> {c.after:14.1f} "
                     f"{c.percent:+7.2f} %  {word}")
    return lines


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="compare", description="Say which points moved by more than the "
        "noise from A to B. Exit status: 0, 1 for a regression beyond the "
        "limit or a lost point, 2 if they cannot be compared.")
    parser.add_argument("a", metavar="A", type=Path,
                        help="results.json, or its directory")
    parser.add_argument("b", metavar="B", type=Path)
    parser.add_argument("--noise", type=float, default=1.0, metavar="PERCENT",
                        help="smaller changes are not told (default 1)")
    parser.add_argument("--limit", type=float, default=2.0, metavar="PERCENT",
                        help="worse by more is a regression (default 2)")
    parser.add_argument("--metrics", default="dom0,rate", metavar="LIST",
                        help=f"of {','.join(METRICS)} (default dom0,rate)")
    parser.add_argument("--arm", help="compare this arm of both")
    parser.add_argument("--arm-a", help="the arm of A")
    parser.add_argument("--arm-b", help="the arm of B")
    return parser


def _metrics(text: str) -> list[str]:
    names = text.split(",")
    unknown = [n for n in names if n not in METRICS]
    if unknown:
        raise Failure(f"no metric {unknown[0]}, only {', '.join(METRICS)}")
    return names


def compare(args: argparse.Namespace) -> int:
    a = pick(load(args.a), args.arm_a or args.arm)
    b = pick(load(args.b), args.arm_b or args.arm)
    for line in different(a, b):
        print(f"note: {line}")
    found = list(changes(a, b, _metrics(args.metrics)))
    if not found:
        raise Failure("they have no point in common")
    missing = lost(a, b)
    for name in missing:
        print(f"LOST {name}: not measured in B")
    lines = report(found, args.noise, args.limit)
    print("\n".join([*lines, f"{len(found)} figures compared, {len(lines)} "
                     f"moved by more than {args.noise:g} %"]))
    bad = any(c.worse > max(args.limit, args.noise) for c in found)
    return REGRESSION if bad or missing else OK


def main(argv: list[str]) -> int:
    args = _parser().parse_args(argv)
    try:
        return compare(args)
    except Failure as error:
        print(f"compare: {error}", file=sys.stderr)
        return UNUSABLE
