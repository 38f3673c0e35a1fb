# SPDX-License-Identifier: GPL-2.0
"""Results that are kept: a JSON in Documentation/, and the page made of it."""
from __future__ import annotations

import json
import os
import re
import subprocess
import threading
import time
from pathlib import Path
from typing import Callable

from .tally import LOGS, TOP, Check

LOCK = threading.Lock()


class Kept:
    """NAME.json and NAME.md. The page repeats the data and nothing else."""

    def __init__(self, name: str, page: Callable[[dict[str, dict]], str]) -> None:
        docs = Path(os.environ.get("XB_TOP") or TOP, "Documentation")
        self.name, self.make = name, page
        self.data, self.page = docs / f"{name}.json", docs / f"{name}.md"

    def load(self) -> dict[str, dict]:
        return json.loads(self.data.read_text()) if self.data.exists() else {}

    def save(self, name: str, entry: dict) -> None:
        with LOCK:
            data = self.load() | {name: entry}
            self.data.write_text(json.dumps(data, indent=1, sort_keys=True)
                                 + "\n")
            self.write()

    def write(self) -> None:
        self.page.write_text(self.make(self.load()))

    def check(self) -> int:
        """The exit status of a gate that finds a page of other data."""
        if (self.page.exists()
                and self.page.read_text() == self.make(self.load())):
            return 0
        print(f"Documentation/{self.name}.md:1: is not what {self.name}.json "
              f"says; scripts/check/{self.name} --page")
        return 1


def sources(*paths: str) -> str:
    """Names what is tested: the objects of git, or that they have changed."""
    ids = subprocess.run(["git", "rev-parse", *(f"HEAD:{p}" for p in paths)],
                         cwd=TOP, check=True, text=True,
                         stdout=subprocess.PIPE).stdout.split()
    changed = subprocess.run(["git", "status", "--porcelain", "--", *paths],
                             cwd=TOP, check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    return "uncommitted" if changed else "-".join(i[:8] for i in ids)


def _commit() -> str:
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=TOP,
                          text=True, stdout=subprocess.PIPE).stdout.strip()


def _xen_version(where: Path) -> str:
    """As `xl info` says it, which each boot leaves behind."""
    log = where / "logs/boot/output.log"
    text = log.read_text() if log.exists() else ""
    match = re.search(r"^xen_version\s*: (\S+)", text, re.M)
    return match[1] if match else "?"


def outcome(check: Check) -> dict:
    """What a run of the testbed has shown, on what, and why if it is nothing."""
    where = Path(LOGS, check.name)
    try:
        results = json.loads((where / "results.json").read_text())
    except OSError:
        results = {"tests": [], "dom0_kernel": "?", "guest_kernel": "?"}
    log = Path(LOGS, check.name + ".log").read_text().splitlines()
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()), "commit": _commit(),
        "xen": _xen_version(where), "dom0": results["dom0_kernel"],
        "guest": results["guest_kernel"],
        "why": "" if results["tests"] else (log or ["no output"])[-1],
        "tests": {t["name"]: [t["result"], t["reason"]]
                  for t in results["tests"]}}
