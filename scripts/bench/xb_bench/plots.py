# SPDX-License-Identifier: GPL-2.0
"""Plots of results by gnuplot, each as SVG and PNG."""
from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterable

from .compare import METRICS
from xbtb_lib.util import Failure

ARMS = ("intree", "ours", "qdisk")
# Parts of the system, as a bar shows them.
LAYERS = (("hypervisor", r"dom0:xen"),
          ("backend", r"dom0:(xen_blkback|xen_netback|xen_gnttab_helpers)"),
          ("kernel", r"dom0:kernel"),
          ("other modules", r"dom0:(?!user|xen_|xen$|kernel$).*"),
          ("user space", r"dom0:user"))
Series = dict[str, list[tuple[Any, float]]]


def _quote(text: str) -> str:
    return '"' + text.replace('"', "'").replace("_", " ") + '"'


def _blocks(series: Series) -> list[str]:
    """Data of a plot: one here-document for each line of it."""
    lines = []
    for nr, points in enumerate(series.values()):
        lines += [f"$d{nr} << EOD", *[f"{x} {y}" for x, y in points], "EOD"]
    return lines


def draw(script: Iterable[str], target: Path, width: int = 900) -> None:
    """Run gnuplot for both kinds of file."""
    body = "\n".join(script)
    for kind, terminal in (("svg", "svg size {w},480 dynamic enhanced"),
                           ("png", "png size {w},480")):
        head = (f"set terminal {terminal.format(w=width)}\n"
                f"set output '{target.with_suffix('.' + kind)}'\n")
        done = subprocess.run(["gnuplot"], input=head + body + "\n",
                              text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            raise Failure(f"gnuplot: {done.stdout.strip()}")


def lines(series: Series, title: str, xlabel: str, ylabel: str,
          target: Path) -> None:
    """Values over depth or number of guests."""
    script = [*_blocks(series), f"set title {_quote(title)}",
              f"set xlabel {_quote(xlabel)}", f"set ylabel {_quote(ylabel)}",
              "set logscale x 2", "set yrange [0:]", "set key outside",
              "set grid ytics"]
    plots = [f"$d{nr} with linespoints lw 2 title {_quote(name)}"
             for nr, name in enumerate(series)]
    draw([*script, "plot " + ", ".join(plots)], target)


def _over_depth(arms: dict[str, dict], metric: str, what: str) -> Series:
    """4K random requests over depth, each arm and kind of frontend."""
    series: Series = {}
    for arm in ARMS:
        for kind in ("persistent", "grants"):
            found = []
            for depth in (1, 4, 16, 32):
                point = arms.get(arm, {"points": {}})["points"].get(
                    f"{kind}/{what}/{depth}")
                value = METRICS[metric][0](point) if point else None
                if value:
                    found.append((depth, value))
            if len(found) > 2:
                series[f"{arm}, {kind}"] = found
    return series


def _over_guests(arms: dict[str, dict], what: str) -> Series:
    series: Series = {}
    for arm in ARMS:
        for persistent in ("1", "0"):
            found = []
            for guests in (1, 2, 4, 8):
                point = arms.get(arm, {"points": {}})["points"].get(
                    f"guests{guests}-p{persistent}/{what}")
                if point and point.get("iops"):
                    found.append((guests, point["iops"]))
            if len(found) > 1:
                kind = "persistent" if persistent == "1" else "grants"
                series[f"{arm}, {kind}"] = found
    return series


def _layers(point: dict[str, Any]) -> list[float]:
    """Instructions a unit by layer of LAYERS."""
    units = max(point["units"], 1)
    return [sum(n for part, n in point["parts"].items()
                if re.fullmatch(pattern, part)) / units
            for _, pattern in LAYERS]


def _bars(arms: dict[str, dict], chosen: list[str], title: str,
          target: Path) -> None:
    """Cost by layer, stacked, in-tree beside ours."""
    rows = []
    for name in chosen:
        for arm in ARMS:
            point = arms.get(arm, {"points": {}})["points"].get(name)
            if point and "parts" in point:
                label = f"{name} {arm}".replace("/", " ")
                rows.append(f'"{label}" ' + " ".join(
                    f"{v:.1f}" for v in _layers(point)))
    if not rows:
        return
    script = ["$d << EOD", *rows, "EOD", f"set title {_quote(title)}",
              "set style data histograms", "set style histogram rowstacked",
              "set style fill solid 0.8 border -1", "set boxwidth 0.8",
              "set xtics rotate by -40 font ',9'", "set yrange [0:]",
              "set key outside", "set grid ytics",
              'set ylabel "dom0 instructions"']
    plots = [f"$d using {nr + 2}" + (":xtic(1)" if not nr else "") +
             f" title {_quote(name)}" for nr, (name, _) in enumerate(LAYERS)]
    draw([*script, "plot " + ", ".join(plots)], target, 1200)


SMALL = ["4k/randread/1", "4k/randread/16", "4k/randwrite/16",
         "32k/randread/16"]
LARGE = ["128k/read/16", "128k/write/16"]
PACKETS = ["pktgen/out/60", "pktgen/out/512", "pktgen/out/1500",
           "pingpong/tcp/64", "pingpong/icmp/64"]


def _arch(arch: str, arms: dict[str, dict], top: Path) -> None:
    for what, name in (("4k/randread", "4K random reads"),
                       ("4k/randwrite", "4K random writes"),
                       ("128k/read", "128K reads")):
        slug = what.replace("/", "-")
        for metric, label in (("rate", "IOPS"), ("p99", "p99 latency, µs")):
            series = _over_depth(arms, metric, what)
            if series:
                lines(series, f"{arch}: {name}", "depth", label,
                      top / f"{arch}-{metric}-{slug}")
    for what in ("4k/randread/16", "128k/read/16"):
        series = _over_guests(arms, what)
        if series:
            lines(series, f"{arch}: {what}, all guests together", "guests",
                  "IOPS", top / f"{arch}-guests-{what.split('/')[0]}")
    for kind in ("persistent", "grants"):
        for size, names in (("small", SMALL), ("large", LARGE)):
            _bars(arms, [f"{kind}/{n}" for n in names],
                  f"{arch}: dom0 instructions a request, {kind}",
                  top / f"{arch}-cost-{kind}-{size}")
    _bars(arms, PACKETS, f"{arch}: dom0 instructions a packet or round trip",
          top / f"{arch}-cost-packets")
    _bars(arms, ["tcp/out/1", "tcp/in/1"],
          f"{arch}: dom0 instructions a MiB", top / f"{arch}-cost-tcp")


def write(results: dict[str, dict[str, dict]], top: Path) -> None:
    """All plots that the results have points for. Without gnuplot none: the tables
    are what a run is for."""
    if not shutil.which("gnuplot"):
        print("run: no gnuplot, no plots: scripts/setup bench installs it",
              file=sys.stderr)
        return
    for arch, arms in results.items():
        _arch(arch, arms, top)
