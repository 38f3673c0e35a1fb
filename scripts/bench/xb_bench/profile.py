# SPDX-License-Identifier: GPL-2.0
"""Exact profiles: instructions by function, for dom0, guest and Xen."""
from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from . import flame, plugin, points
from .rows import DOMAINS, Names, Row, last, windows
from xbtb_lib.util import CHECKOUT, Failure

POINT = "--rw=randread --bs=4k --iodepth=16 --number_ios=8000"
KILO = {"": 1, "k": 1024, "m": 1 << 20}


@dataclass
class Profile:
    """All rows, and what they are related to."""
    rows: list[Row]
    unit: str = "run"
    units: float = 1.0
    cost: dict[str, int] = field(default_factory=dict)

    def total(self, domain: str) -> int:
        return sum(r.insns for r in self.rows if r.domain == domain)


def _size(text: str) -> int:
    match = re.search(r"--bs=(\d+)([kKmM]?)", text)
    return int(match[1]) * KILO[match[2].lower()] if match else 4096


def units(point: str, log: str) -> tuple[str, float]:
    """How many requests or MiB the measured run has moved."""
    fio = re.findall(r"^3;fio.*$", log, re.M)
    if fio:
        fields = fio[-1].split(";")
        kib = int(fields[5]) + int(fields[46])
        return "request", kib * 1024 / _size(point)
    sent = re.findall(r'"sum_received":.*?"bytes":\s*(\d+)', log, re.S)
    if sent:
        return "MiB", int(sent[-1]) / (1 << 20)
    return "run", 1.0


def read(results: Path, arch: str, point: str) -> Profile:
    """The profile of a finished run of bench/profile."""
    log = results / "logs/bench/profile/output.log"
    text = log.read_text()
    rows = last(results / "count.txt", Names(arch, log))
    cost = re.search(r"^cost dom0 (\d+) guest (\d+)", text, re.M)
    profile = Profile(rows, *units(point, text))
    if cost:
        profile.cost = {"dom0": int(cost[1]), "guest": int(cost[2])}
    return profile


def of_grid(where: Path, arch: str, name: str) -> Profile:
    """The profile of one point of a grid's run, e.g. arm64-ours."""
    names = Names(arch, where / "logs/bench/symbols/output.log")
    found: dict[str, dict] = {}
    for log in sorted(where.glob("logs/bench/*/output.log")):
        found.update(points.read(log)[0])
    if name not in found:
        raise Failure(f"no point {name}, only {', '.join(sorted(found))}")
    point = found[name]
    for nr, rows in enumerate(windows(where / "count.txt", names), 1):
        if nr == point["window"]:
            rows.sort(key=lambda r: (-r.insns, r.name))
            return Profile(rows, point["unit"], point["units"], {
                who: point[f"{who}_ns"] for who in ("dom0", "guest")})
    raise Failure(f"{where}/count.txt ends before {name}")


def summary(profile: Profile) -> list[str]:
    """Instructions by domain and part."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in profile.rows:
        sums[row.domain, row.part] += row.insns
    lines = [f"instructions a {profile.unit} ({profile.units:.0f} counted)",
             ""]
    for domain in DOMAINS:
        total = profile.total(domain)
        note = ""
        if domain in profile.cost and total:
            paid = profile.cost[domain]
            note = (f"   (the hypervisor accounts "
                    f"{paid / profile.units:.0f}, its sampling subtracted)")
        lines.append(f"{domain:24} {total / profile.units:12.1f}{note}")
        parts = sorted((-n, part) for (d, part), n in sums.items()
                       if d == domain)
        lines += [f"    {part:20} {-n / profile.units:12.1f}"
                  for n, part in parts]
    return lines


def table(profile: Profile, domain: str, top: int) -> list[str]:
    """The functions of one domain that execute most."""
    rows = [r for r in profile.rows if r.domain == domain]
    total = max(1, profile.total(domain))
    lines = ["", f"{domain}: instructions and calls a {profile.unit}", "",
             f"{'instr':>10} {'share':>6} {'sum':>6} {'calls':>9}  function"]
    done = 0
    for row in rows[:top]:
        done += row.insns
        lines.append(f"{row.insns / profile.units:10.1f} "
                     f"{row.insns / total:6.1%} {done / total:6.1%} "
                     f"{row.calls / profile.units:9.3f}  "
                     f"{row.part}:{row.name}")
    if len(rows) > top:
        rest = sum(r.insns for r in rows[top:])
        lines.append(f"{rest / profile.units:10.1f} {rest / total:6.1%} "
                     f"{'':6} {'':9}  {len(rows) - top} other functions")
    return lines


def csv(profile: Profile) -> str:
    lines = ["domain,part,function,instructions,calls"]
    lines += [f"{r.domain},{r.part},{r.name},{r.insns},{r.calls}"
              for r in profile.rows]
    return "\n".join(lines) + "\n"


def execute(args: argparse.Namespace, where: Path, point: str) -> None:
    """Run bench/profile in a machine with the plugin."""
    cmd = [str(CHECKOUT / "tests/testbed/xbtb"), "run", "--mode",
           "deterministic", "--suite", plugin.SUITE, "--arch", args.arch,
           "--modules", args.modules,
           "--dom0-kernel", args.dom0_kernel, "--guest-kernel",
           args.dom0_kernel, "--results", str(where),
           "--set", f"XB_POINT={point}"]
    if args.frontend:
        cmd += ["--set", f"XB_FRONTEND={args.frontend}"]
    for arg in plugin.arguments(args.arch, where / "count.txt"):
        cmd.append(f"--append-qemu={arg}")
    done = subprocess.run([*cmd, "bench/profile"], stdout=sys.stderr)
    if done.returncode:
        raise Failure(f"the run failed, see {where}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="profile", description="Executed instructions by function over "
        "one point, exact: dom0, guest, and Xen on behalf of each.",
        epilog=f"POINT is fio options (default {POINT}), or iperf3 and its "
        "options, e.g. -- iperf3 -n 20M -R")
    parser.add_argument("--arch", choices=("amd64", "arm64"),
                        default="arm64")
    parser.add_argument("--dom0-kernel", default="6.1", metavar="SERIES")
    parser.add_argument("--modules", choices=("ours", "intree"),
                        default="ours")
    parser.add_argument("--frontend", metavar="PARAMETERS", help="of "
                        "xen-blkfront (default feature_persistent=1)")
    parser.add_argument("--top", type=int, default=60)
    parser.add_argument("--results", metavar="DIR")
    parser.add_argument("--read", action="store_true",
                        help="show what --results has, without a run")
    parser.add_argument("--name", metavar="NAME", help="of a point of the "
                        "grid: --results is then one machine of a run, e.g. "
                        "build/bench/TIME/arm64-ours")
    parser.add_argument("point", nargs="*", metavar="POINT")
    return parser


def report(profile: Profile, top: int, where: Path) -> str:
    """The text of a profile; files for other programs beside it."""
    lines = summary(profile)
    for domain in ("dom0", "guest"):
        lines += table(profile, domain, top if domain == "dom0" else top // 2)
    (where / "profile.csv").write_text(csv(profile))
    (where / "profile.txt").write_text("\n".join(lines) + "\n")
    (where / "profile.svg").write_text(flame.svg(
        [((r.domain, r.part, r.name), r.insns / profile.units)
         for r in profile.rows if r.domain != "idle"],
        f"instructions a {profile.unit}"))
    return "\n".join(lines)


def main(argv: list[str]) -> int:
    args = _parser().parse_args(argv)
    point = " ".join(args.point) or POINT
    stamp = time.strftime("%Y%m%d-%H%M%S")
    where = Path(args.results or CHECKOUT / f"build/profile/{stamp}").resolve()
    try:
        if args.name:
            profile = of_grid(where, args.arch, args.name)
            print(report(profile, args.top, where))
            return 0
        if not args.read:
            where.mkdir(parents=True, exist_ok=True)
            plugin.host_packages()
            execute(args, where, point)
        print(report(read(where, args.arch, point), args.top, where))
    except Failure as error:
        print(f"profile: {error}", file=sys.stderr)
        return 1
    print(f"\nprofile.txt, .csv, .svg: {where}")
    return 0
