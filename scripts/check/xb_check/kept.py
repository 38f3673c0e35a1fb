# SPDX-License-Identifier: GPL-2.0
"""Results that are kept in Documentation/: a JSON file, to which each run adds
what it has seen, and a page that is made of it."""
from __future__ import annotations

import json
import os
import re
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from .tally import LOGS, TOP, Check

LOCK = threading.Lock()


def _git(*args: str) -> str:
    return subprocess.run(["git", *args], cwd=TOP, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def sources(folders: tuple[str, ...]) -> str:
    """Names what was tested: the trees of git, or that they have changed."""
    ids = _git("rev-parse", *(f"HEAD:{s}" for s in folders)).split()
    changed = _git("status", "--porcelain", "--", *folders)
    return "uncommitted" if changed else "-".join(i[:8] for i in ids)


@dataclass(frozen=True)
class Kept:
    """The two files; a gate is told of a tree of its own by XB_TOP."""
    name: str
    page: Callable[[dict[str, dict]], str]

    def path(self, kind: str) -> Path:
        return Path(os.environ.get("XB_TOP") or TOP, "Documentation",
                    f"{self.name}.{kind}")

    def load(self) -> dict[str, dict]:
        data = self.path("json")
        return json.loads(data.read_text()) if data.exists() else {}

    def save(self, name: str, entry: dict) -> None:
        with LOCK:
            data = self.load() | {name: entry}
            self.path("json").write_text(
                json.dumps(data, indent=1, sort_keys=True) + "\n")
            self.path("md").write_text(self.page(data))

    def agree(self) -> bool:
        """Is the page what the JSON file says? If not, says so."""
        if self.path("md").read_text() == self.page(self.load()):
            return True
        print(f"Documentation/{self.name}.md:1: is not what {self.name}.json "
              "says")
        return False


def _xen_version(where: Path) -> str:
    """As `xl info` says it, which each boot leaves behind."""
    log = where / "logs/boot/output.log"
    text = log.read_text() if log.exists() else ""
    match = re.search(r"^xen_version\s*: (\S+)", text, re.M)
    return match[1] if match else "?"


def seen(check: Check, folders: tuple[str, ...]) -> tuple[dict, list[dict]]:
    """What a run of the testbed was of, and its results."""
    where = Path(LOGS, check.name)
    try:
        results = json.loads((where / "results.json").read_text())
    except OSError:
        results = {"tests": [], "dom0_kernel": "?", "guest_kernel": "?"}
    log = Path(LOGS, check.name + ".log").read_text().splitlines()
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "commit": _git("rev-parse", "--short", "HEAD").strip(),
        "sources": sources(folders), "xen": _xen_version(where),
        "dom0": results["dom0_kernel"], "guest": results["guest_kernel"],
        "why": "" if results["tests"] else (log or ["no output"])[-1],
    }, results["tests"]
