# SPDX-License-Identifier: GPL-2.0
"""The command line of scripts/bench/run."""
from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from . import agree, compare, goals, grid, host, plugin, report
from xbtb_lib import matrix
from xbtb_lib.util import CHECKOUT, Failure

ARCHES = ("arm64", "amd64")


def _list(allowed: tuple[str, ...]):
    def parse(text: str) -> list[str]:
        names = text.split(",")
        if set(names) - set(allowed):
            raise argparse.ArgumentTypeError(
                f"only {', '.join(allowed)}")
        return names
    return parse


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run", description=(
        "Measure our backends beside the in-tree ones, in the testbed's "
        "deterministic mode."))
    parser.add_argument("--grid", choices=("quick", "broad", "full"),
                        default="full", help="the points with goals; all "
                        "tests, but of the block grid those; all")
    parser.add_argument("--arch", type=_list(ARCHES), default=list(ARCHES),
                        metavar="LIST", help="arm64,amd64")
    parser.add_argument("--arms", type=_list(grid.ARMS), metavar="LIST",
                        help="intree,ours,qdisk: the last is QEMU's backend, "
                        "for disks on amd64 (default: of the quick grid the "
                        "first two, else all)")
    for who in ("dom0", "guest"):
        parser.add_argument(f"--{who}-kernel", choices=matrix.KERNELS,
                            default=matrix.SUITES[plugin.SUITE].kernel)
    parser.add_argument("--only", metavar="REGEX",
                        help=f"tests among {', '.join(grid.FULL)}")
    parser.add_argument("--scale", type=int, default=100, metavar="PERCENT",
                        help="of the requests a point has (default 100)")
    parser.add_argument("--pairs", type=int, default=0, metavar="N",
                        help="wall-clock rates instead: threads of the host, "
                        "2 CPUs, the arms in turn N times, medians")
    parser.add_argument("--jobs", type=int, metavar="N",
                        default=max(1, min(4, (os.cpu_count() or 1))),
                        help="machines at a time (default: as many as CPUs, "
                        "at most 4); not with --pairs")
    parser.add_argument("--no-count", dest="count", action="store_false",
                        help="without the plugin that counts events")
    parser.add_argument("--results", metavar="DIR", help="default "
                        "build/bench/TIME")
    parser.add_argument("--report", action="store_true", help="make the "
                        "tables and plots of --results again, run nothing")
    real = parser.add_argument_group("on a real Xen host, run in dom0")
    real.add_argument("--host", action="store_true",
                      help="no testbed: the jobs of scripts/bench/jobs in a "
                      "guest that exists")
    real.add_argument("--guest", metavar="NAME")
    real.add_argument("--ssh", metavar="USER@ADDRESS", help="how to reach it; "
                      "without, through xl console, where a root shell must "
                      "be logged in")
    real.add_argument("--disk", metavar="DEVICE",
                      help="the guest's name of the disk to read")
    real.add_argument("--overwrite", action="store_true",
                      help="write to it as well: its contents are lost")
    real.add_argument("--server", metavar="ADDRESS",
                      help="where `iperf3 -s` runs, as the guest sees it")
    return parser


def _host(args: argparse.Namespace, top: Path) -> int:
    try:
        print(host.table(host.run_host(args, top)))
    except Failure as error:
        print(f"run: {error}", file=sys.stderr)
        return 1
    print(f"\nresults.json: {top}")
    return 0


def main(argv: list[str]) -> int:
    args = _parser().parse_args(argv)
    if args.pairs:
        args.jobs = 1
    args.arms = args.arms or grid.default_arms(args)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    top = Path(args.results or CHECKOUT / f"build/bench/{stamp}").resolve()
    top.mkdir(parents=True, exist_ok=True)
    if args.host:
        return _host(args, top)
    try:
        if not args.report:
            if (top / "results.json").exists():
                raise Failure(f"{top} has the results of another run")
            results = grid.run_grid(args, top)
        else:
            results = compare.load(top)
        print(report.write(results, top))
    except Failure as error:
        print(f"run: {error}", file=sys.stderr)
        return 1
    print(f"\nresults.json, summary.md, summary.csv and plots: {top}")
    bad = [t for r in results["runs"] for t in r["tests"]
           if t["result"] == "FAIL"]
    wrong = [f"{r['arch']} {text}" for r in results["runs"]
             if r["arm"] == "ours" for text in agree.check(r)[1]]
    for text in wrong:
        print(f"run: counted twice, and not the same: {text}",
              file=sys.stderr)
    wanted = [goal for arch, arms in report.by_arch(results).items()
              for goal in goals.of(arch, arms)]
    if wanted:
        print("\n" + goals.table(wanted))
    return int(bool(bad or wrong))
