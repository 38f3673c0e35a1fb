# SPDX-License-Identifier: GPL-2.0
"""The same on a real Xen host: an existing guest, by ssh or its console."""
from __future__ import annotations

import argparse
import base64
import json
import os
import platform
import pty
import re
import select
import shlex
import subprocess
import time
from pathlib import Path
from typing import Any

from . import points
from .grid import say
from xbtb_lib.util import CHECKOUT, Failure

JOBS = CHECKOUT / "scripts/bench/jobs"
READS = ("latency-4k", "iops-4k", "read-128k")
WRITES = ("mixed-4k", "write-128k")
NETWORK = ("tcp-out", "tcp-in", "udp-out")
MODULES = ("xen_blkback", "xen_netback", "xen_gnttab_helpers")


class Ssh:
    """Commands in the guest over ssh."""

    def __init__(self, target: str) -> None:
        self.cmd = [*shlex.split(os.environ.get("XB_SSH", "ssh")),
                    "-o", "BatchMode=yes", target]

    def run(self, script: str, seconds: int = 120) -> str:
        try:
            done = subprocess.run([*self.cmd, script], text=True,
                                  stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise Failure(f"no answer in {seconds} s to: {script}") from error
        if done.returncode:
            raise Failure(f"in the guest: {script}: {done.stderr.strip()}")
        return done.stdout


class Console:
    """Commands in the guest through `xl console`, where a root shell must
    have been left logged in."""

    def __init__(self, guest: str) -> None:
        self.cmd = ["xl", "console", guest]
        self.serial = 0

    def run(self, script: str, seconds: int = 120) -> str:
        self.serial += 1
        mark = f"XB{os.getpid()}-{self.serial}"
        # The quotes keep the mark out of the echo of the command; one line,
        # for the echo of a second one would be taken for output.
        mine = f"echo; echo {mark[:2]}''{mark[2:]}"
        line = f"{mine} go; {{ {script}; }} 2>/dev/null; rc=$?; {mine} $rc\n"
        text = self._talk(line, re.compile(rf"{mark} (\d+)\r?\n"), seconds)
        found = re.search(rf"{mark} go\r?\n(.*?)\r?\n{mark} (\d+)", text,
                          re.S)
        if not found or found[2] != "0":
            raise Failure(f"on the console: {script}: {text[-300:]}")
        return found[1].replace("\r", "")

    def _talk(self, what: str, until: re.Pattern, seconds: int) -> str:
        """Type, and read up to a pattern."""
        pid, fd = pty.fork()
        if not pid:
            os.execvp(self.cmd[0], self.cmd)
        text, end = "", time.monotonic() + seconds
        try:
            os.write(fd, what.encode())
            while not until.search(text):
                left = end - time.monotonic()
                if left <= 0:
                    raise Failure(f"the console says nothing for {seconds} s")
                if select.select([fd], [], [], min(left, 1))[0]:
                    text += os.read(fd, 65536).decode("utf-8", "replace")
            return text
        except OSError as error:
            raise Failure(f"xl console: {error}") from error
        finally:
            os.close(fd)
            os.kill(pid, 15)
            os.waitpid(pid, 0)


def _text(*cmd: str) -> str:
    try:
        return subprocess.run(cmd, text=True, capture_output=True,
                              check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def cpu_times() -> dict[str, float]:
    """Seconds of CPU that each domain has had: xl prints tenths."""
    found = {}
    for line in _text("xl", "list").splitlines()[1:]:
        fields = line.split()
        found[fields[0]] = float(fields[-1])
    return found


def preconditions(guest: Ssh | Console, name: str) -> dict[str, Any]:
    """What the figures depend on; what is unfavourable is said."""
    governors = {_read(str(p)) for p in
                 Path("/sys/devices/system/cpu").glob(
                     "cpu*/cpufreq/scaling_governor")}
    governors |= set(re.findall(r"^current_governor\s*: (\w+)",
                                _text("xenpm", "get-cpufreq-para"), re.M))
    pinning = _text("xl", "vcpu-list")
    facts = {"date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
             "host": platform.platform(), "governors": sorted(governors),
             "vcpus": pinning, "xl_info": _text("xl", "info"),
             "guest_kernel": guest.run("uname -r").strip(),
             "modules": {m: {
                 "srcversion": _read(f"/sys/module/{m}/srcversion"),
                 "file": _text("modinfo", "-n", m)} for m in MODULES}}
    if governors - {"performance"}:
        say(f"warning: CPU governor {', '.join(sorted(governors))}: figures "
            "will move with the clock rate")
    if any(line.split()[-2:] == ["all", "all"] or line.endswith("all / all")
           for line in pinning.splitlines()):
        say("warning: vCPUs are not pinned: figures will depend on where the "
            "scheduler puts them")
    if name not in cpu_times():
        raise Failure(f"xl list has no guest {name}")
    return facts


def _job(guest: Ssh | Console, name: str, env: str) -> str:
    """Run a job file of JOBS in the guest; its JSON."""
    fio = JOBS / f"{name}.fio"
    path = fio if fio.exists() else JOBS / f"{name}.sh"
    packed = base64.b64encode(path.read_bytes()).decode()
    tool = "fio --output-format=json" if fio.exists() else "sh"
    return guest.run(f"echo {packed} | base64 -d >/tmp/xb-job && "
                     f"{env} {tool} /tmp/xb-job", 180)


def _point(guest: Ssh | Console, name: str, domain: str,
           env: str) -> dict[str, Any]:
    before = cpu_times()
    begin = time.monotonic()
    text = _job(guest, name, env)
    after = cpu_times()
    spent = {d: after[d] - before[d] for d in ("Domain-0", domain)}
    return points.digest(points.Point(
        name, dom0=int(spent["Domain-0"] * 1e9),
        guest=int(spent[domain] * 1e9),
        time=int((time.monotonic() - begin) * 1e9),
        text=text.splitlines()))


def plan(args: argparse.Namespace) -> list[tuple[str, str]]:
    """Jobs and their environment, as far as the options allow."""
    jobs = []
    if args.disk:
        names = READS + (WRITES if args.overwrite else ())
        jobs += [(n, f"DEV={shlex.quote(args.disk)}") for n in names]
    if args.server:
        jobs += [(n, f"SERVER={shlex.quote(args.server)}") for n in NETWORK]
    if not jobs:
        raise Failure("nothing to do: give --disk, --server or both")
    return jobs


def run_host(args: argparse.Namespace, top: Path) -> dict[str, Any]:
    """All jobs, one after the other; results.json below top."""
    if not args.guest:
        raise Failure("--host needs --guest NAME")
    guest = Ssh(args.ssh) if args.ssh else Console(args.guest)
    jobs = plan(args)
    say(f"{len(jobs)} jobs of some 25 s")
    results = {"facts": preconditions(guest, args.guest), "points": {}}
    for name, env in jobs:
        say(name)
        results["points"][name] = _point(guest, name, args.guest, env)
        (top / "results.json").write_text(
            json.dumps(results, indent=1, sort_keys=True) + "\n")
    return results


def table(results: dict[str, Any]) -> str:
    """What the terminal shows."""
    lines = [f"{'job':12} {'rate/s':>14} {'p50 us':>9} {'p99 us':>9} "
             f"{'p99.9 us':>9} {'dom0 ns/unit':>13} {'guest ns/unit':>13}"]
    for name, p in results["points"].items():
        rate = p.get("iops") or p.get("pps") or p.get("bits_per_second") or 0
        sides = p.get("latency_us", {}).values()
        lat = [max((s.get(k, 0) for s in sides), default=0)
               for k in ("p50", "p99", "p999")]
        lines.append(f"{name:12} {rate:14,.0f} " +
                     " ".join(f"{v:9.1f}" for v in lat) +
                     f" {p.get('dom0_per_unit', 0):13,.0f}"
                     f" {p.get('guest_per_unit', 0):13,.0f}")
    return "\n".join(lines)
