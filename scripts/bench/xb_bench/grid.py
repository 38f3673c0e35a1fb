# SPDX-License-Identifier: GPL-2.0
"""Runs the grid in the testbed: each arm in machines of its own."""
from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from . import counts, plugin, points
from .rows import Names, windows
from xbtb_lib import cache
from xbtb_lib.util import CHECKOUT, Failure, run

XBTB = CHECKOUT / "tests/testbed/xbtb"
QUICK = ["blk-persistent", "blk-grants", "net-tcp", "net-packets",
         "net-latency"]
FULL = [*QUICK, "blk-slow", "blk-queues", "floor", "idle", "blk-guests"]
ARMS = ("intree", "ours", "qdisk")
# What is measured of QEMU's backend, which knows no persistent grants and has
# one queue, on the one architecture for which Debian 12 has it.
QDISK = ["blk-grants", "blk-guests"]
QDISK_ARCH = "amd64"
# Seconds that the tests of one boot take, on a quiet host of 2026 with the
# counting plugin; for the estimate that is printed first.
SECONDS = {("arm64", "quick"): 75, ("amd64", "quick"): 150,
           ("arm64", "broad"): 600, ("amd64", "broad"): 1200,
           ("arm64", "full"): 1100, ("amd64", "full"): 4000}


def _git(*args: str) -> str:
    try:
        return run(["git", "-C", CHECKOUT, *args]).strip()
    except Failure:
        return "unknown"


def facts(top: Path) -> dict[str, Any]:
    """What one must know of the host and the tree to repeat a run."""
    packages = run(["dpkg-query", "-W", "-f", "${Package} ${Version}\n",
                    "qemu-system-x86", "qemu-system-arm"]).splitlines()
    return {"date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "commit": _git("rev-parse", "HEAD"),
            "changed": bool(_git("status", "--porcelain", "-uno")),
            "qemu": dict(p.split() for p in packages),
            "host": platform.machine(), "cpus": os.cpu_count(),
            "command": plain(" ".join(sys.argv), top)}


def plain(text: str, where: Path | None = None) -> str:
    """Without the places of this machine, so that results can be shown."""
    for path, name in ((where, "RESULTS"), (cache.root(), "CACHE"),
                       (CHECKOUT, ".")):
        if path:
            text = text.replace(str(path), name)
    return text


def default_arms(args: argparse.Namespace) -> list[str]:
    """The arms of a run that names none."""
    third = args.grid != "quick" and not args.pairs
    return [arm for arm in ARMS if arm != "qdisk" or third]


def chosen(args: argparse.Namespace, arm: str) -> list[str]:
    """The tests that an arm is to run."""
    tests = QUICK if args.grid == "quick" else FULL
    if args.only:
        tests = [t for t in FULL if re.fullmatch(args.only, t)]
    return [t for t in tests if arm != "qdisk" or t in QDISK]


def machines(args: argparse.Namespace) -> list[tuple[str, str]]:
    """Architecture and arm of each machine."""
    return [(arch, arm) for arch in args.arch for arm in args.arms
            if chosen(args, arm) and (arm != "qdisk" or arch == QDISK_ARCH)]


def _modules_of(arm: str) -> list[str]:
    """Options of the testbed that make an arm what it is."""
    if arm == "qdisk":
        return ["--modules", "intree", "--add", "qemu",
                "--set", "XB_DISKS=qdisk"]
    return ["--modules", arm]


def command(args: argparse.Namespace, arch: str, arm: str,
            where: Path) -> list[str]:
    """The testbed's command for one arm."""
    tests = chosen(args, arm)
    mode = "fast" if args.pairs else "deterministic"
    cmd = [str(XBTB), "run", "--mode", mode, "--arch", arch,
           "--suite", plugin.SUITE,
           *_modules_of(arm), "--dom0-kernel", args.dom0_kernel,
           "--guest-kernel", args.guest_kernel, "--results", str(where),
           "--mem", "4096" if "blk-guests" in tests else "3072",
           "--set", f"XB_GRID={args.grid}", "--set", f"XB_SCALE={args.scale}"]
    if args.count and not args.pairs:
        out = where / "count.txt"
        cmd += [f"--append-qemu={a}" for a in plugin.arguments(arch, out)]
        tests = ["mark", *tests, "symbols"]
    return cmd + [f"bench/{t}" for t in tests]


def _components(arch: str, where: Path,
                found: dict[str, dict[str, Any]]) -> None:
    """Add to each point what the plugin has counted meanwhile."""
    log = where / "logs/bench/symbols/output.log"
    if not log.exists():
        say(f"no symbols from {where.name}: no events")
        return
    names = Names(arch, log)
    by_window = list(windows(where / "count.txt", names))
    for point in found.values():
        rows = by_window[point["window"] - 1]
        point["events"] = counts.events(rows)
        point["parts"] = counts.parts(rows)


def _xen(where: Path) -> dict[str, str]:
    """What `xl info` in dom0 said of versions."""
    text = (where / "logs/boot/output.log").read_text()
    keys = ("xen_version", "xen_caps", "release", "cc_compiler")
    found = {}
    for key in keys:
        match = re.search(rf"^{key}\s*: (.*)$", text, re.M)
        found[key] = match[1].strip() if match else "unknown"
    return found


def _modules(where: Path) -> dict[str, str]:
    """srcversion of each module that was built for the run."""
    found = {}
    for path in sorted((where / "modules").glob("*.ko")):
        text = run(["modinfo", "-F", "srcversion", path]).strip()
        found[path.stem] = text
    return found


def collect(where: Path, arch: str, arm: str, counted: bool,
            cmd: list[str]) -> dict[str, Any]:
    """All that one arm's run has given."""
    if not (where / "results.json").exists():
        raise Failure(f"no results of {arch} {arm}, see {where}/xbtb.log")
    found: dict[str, Any] = {}
    single: dict[str, Any] = {}
    for log in _logs(where):
        more, values = points.read(log)
        found.update(more)
        single.update(values)
    found.pop("warm-up", None)
    state = json.loads((where / "results.json").read_text())
    if counted and state["boots"] > 1:
        # Each machine numbers its windows anew, and the last one's are left.
        say(f"{where.name} was started {state['boots']} times: no events")
    elif counted:
        _components(arch, where, found)
    return {"arch": arch, "arm": arm, "mode": state["mode"],
            "dom0_kernel": state["dom0_kernel"],
            "guest_kernel": state["guest_kernel"],
            "guest_type": state["guest_type"], "xen": _xen(where),
            "srcversion": _modules(where),
            "command": plain(" ".join(cmd), where),
            "qemu": plain((where / "boot-1/qemu.cmd").read_text(),
                          where).split("\n"),
            "tests": state["tests"], "points": found, "values": single}


def _logs(where: Path) -> list[Path]:
    """Logs of the tests in the order in which they have run."""
    state = json.loads((where / "results.json").read_text())
    names = [t["name"] for t in state["tests"]
             if t["name"].startswith("bench/")]
    logs = [where / "logs" / n / "output.log" for n in names]
    return [log for log in logs if log.exists()]


class Stage:
    """One arm's machine, followed while it runs."""

    def __init__(self, args: argparse.Namespace, arch: str, arm: str,
                 top: Path, again: str = "") -> None:
        self.args, self.arch, self.arm = args, arch, arm
        self.where = top / f"{arch}-{arm}{again}"
        self.where.mkdir(parents=True)
        self.cmd = command(args, arch, arm, self.where)

    def run(self) -> dict[str, Any]:
        with (self.where / "xbtb.log").open("w") as log:
            done = subprocess.Popen(self.cmd, stdout=log,
                                    stderr=subprocess.PIPE, text=True)
            assert done.stderr
            for line in done.stderr:
                log.write(line)
                if line.startswith("xbtb: ") and "tests" not in line:
                    say(f"{self.arch} {self.arm}: {line[6:].rstrip()}")
        if done.wait():
            say(f"{self.arch} {self.arm}: something failed, see {self.where}")
        if not (self.where / "logs/boot/output.log").exists():
            raise Failure(f"{self.arch} {self.arm} did not boot")
        return collect(self.where, self.arch, self.arm, self.counted,
                       self.cmd)

    @property
    def counted(self) -> bool:
        return self.args.count and not self.args.pairs


def _median(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """One run with the median of each rate and latency of several, and the
    spread of the rates in percent."""
    middle = dict(runs[0], points={})
    for name in runs[0]["points"]:
        versions = [r["points"][name] for r in runs if name in r["points"]]
        rates = sorted(_rate(p) for p in versions)
        chosen = sorted(versions, key=_rate)[len(versions) // 2]
        spread = 100 * (rates[-1] / rates[0] - 1) if rates[0] else None
        middle["points"][name] = dict(chosen, repeats=len(versions),
                                      spread_percent=spread)
    return middle


def _rate(point: dict[str, Any]) -> float:
    return point.get("iops") or point.get("pps") or \
        point.get("bits_per_second") or 0.0


def run_pairs(args: argparse.Namespace, arch: str,
              top: Path) -> list[dict[str, Any]]:
    """Wall-clock rates: the arms in turn, several times, on threads of the
    host; what disturbs the host then disturbs both."""
    runs: dict[str, list[dict[str, Any]]] = {
        arm: [] for of, arm in machines(args) if of == arch}
    for nr in range(args.pairs):
        for arm in runs:
            runs[arm].append(Stage(args, arch, arm, top, f"-{nr + 1}").run())
    return [_median(found) for found in runs.values()]


START = time.monotonic()


def say(text: str) -> None:
    """Progress with the time since the start."""
    seconds = int(time.monotonic() - START)
    sys.stderr.write(f"bench: [{seconds // 60:3}:{seconds % 60:02}] {text}\n")
    sys.stderr.flush()


def estimate(args: argparse.Namespace) -> int:
    """Seconds that a quiet host will need."""
    return sum(SECONDS[arch, args.grid] // (2 if arm == "qdisk" else 1)
               for arch, arm in machines(args)) * max(1, args.pairs)


def run_grid(args: argparse.Namespace, top: Path) -> dict[str, Any]:
    """Every arm on every architecture; the results as one tree."""
    minutes = (estimate(args) // max(1, args.jobs) + 59) // 60
    count = len(machines(args)) * max(1, args.pairs)
    say(f"{count} machines, some {minutes} minutes on a quiet host")
    plugin.host_packages()
    results = {"facts": facts(top), "grid": args.grid, "runs": []}
    for arch in args.arch if args.pairs else ():
        results["runs"] += run_pairs(args, arch, top)
    if not args.pairs:
        stages = [Stage(args, arch, arm, top)
                  for arch, arm in machines(args)]
        # Their clocks are not the host's: machines do not disturb each other.
        with ThreadPoolExecutor(max(1, args.jobs)) as pool:
            done = list(pool.map(_attempt, stages))
        results["runs"] = [run for run in done if run]
    (top / "results.json").write_text(
        json.dumps(results, indent=1, sort_keys=True) + "\n")
    if not args.pairs and len(results["runs"]) < len(stages):
        raise Failure(f"a machine gave no results; the others' are in {top}")
    return results


def _attempt(stage: Stage) -> dict[str, Any] | None:
    """What a machine gives; without it the others' results still count."""
    try:
        return stage.run()
    except Failure as error:
        say(str(error))
        return None
