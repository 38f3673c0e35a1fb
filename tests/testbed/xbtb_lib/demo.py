# SPDX-License-Identifier: GPL-2.0
"""The demo: one guest's day with our backends, and with the in-tree ones."""
from __future__ import annotations

import argparse
from pathlib import Path

from . import commands, progress
from .protocol import FAIL, Result
from .util import TESTBED

ARMS = {"ours": "ours", "intree": "in-tree"}
POINT = "POINT "
RATE = "RATE "

Figures = dict[str, tuple[int, int, int]]


def figures(output: str) -> Figures:
    """label: (IOPS, p50, p99) of each fio job, latencies in µs."""
    found: Figures = {}
    for line in output.splitlines():
        if line.startswith(POINT):
            label, iops, p50, p99 = line.split()[1:]
            found[label] = (int(iops), int(p50), int(p99))
    return found


def rates(output: str) -> dict[str, float]:
    """label: Mbit/s of each iperf3 run."""
    return {label: float(mbits) for label, mbits in
            (line.split()[1:] for line in output.splitlines()
             if line.startswith(RATE))}


def _rest(output: str) -> str:
    return "\n".join(line for line in output.splitlines()
                     if not line.startswith((POINT, RATE)))


def comparison(ours: Figures, intree: Figures) -> str:
    """A table of both arms, point by point."""
    lines = [f"{'':24}{'IOPS':>9}{'p50 µs':>9}{'p99 µs':>9}"]
    for label in ours:
        lines.append(label.replace("-", " "))
        for name, arm in (("ours", ours), ("in-tree", intree)):
            if label in arm:
                iops, p50, p99 = arm[label]
                lines.append(f"  {name:22}{iops:9}{p50:9}{p99:9}")
    return "\n".join(lines)


def rate_comparison(ours: dict[str, float], intree: dict[str, float]) -> str:
    """A line for each direction, both arms in it."""
    lines = [f"{'Mbit/s':24}{'ours':>9}{'in-tree':>9}"]
    for label, mbits in ours.items():
        other = f"{intree[label]:9.0f}" if label in intree else ""
        lines.append(f"{label.replace('-', ' '):24}{mbits:9.0f}{other}")
    return "\n".join(lines)


def _run_arm(args: argparse.Namespace, arm: str,
             where: Path) -> tuple[list[Result], str]:
    args.modules = arm
    tests = commands.find_tests(["demo"], TESTBED / "demo")
    where.mkdir(parents=True, exist_ok=True)
    results = commands.execute(args, tests, where)
    for result in results:
        result.name = f"{result.name} ({ARMS[arm]})"
    output = where / "logs/demo/output.log"
    return results, output.read_text() if output.exists() else ""


def demo(args: argparse.Namespace) -> int:
    """Run both arms one after the other and show them to people."""
    where = commands.results_dir(args)
    results: list[Result] = []
    outputs: dict[str, str] = {}
    for arm in ARMS:
        done, outputs[arm] = _run_arm(args, arm, where / arm)
        results += done
    print(_rest(outputs["ours"]))
    print("\n== the same fio through both backends, one after the other")
    print(comparison(figures(outputs["ours"]), figures(outputs["intree"])))
    print("\n== the same iperf3")
    print(rate_comparison(rates(outputs["ours"]), rates(outputs["intree"])))
    print("(emulated CPUs: compare the two, do not take them for real ones)\n")
    print(progress.table(results))
    print(f"logs: {where}")
    return int(any(r.verdict == FAIL for r in results))
