# SPDX-License-Identifier: GPL-2.0
"""Live progress on stderr, and the table at the end."""
from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Sequence

from .protocol import FAIL, PASS, SKIP, Result

STATES = ((PASS, "passed"), (FAIL, "failed"), (SKIP, "skipped"))


class Progress:
    """What is being done and for how long: one line that is rewritten on
    a terminal, else a line for each step."""

    def __init__(self) -> None:
        self.tty = sys.stderr.isatty()
        self.what = ""
        self.since = time.monotonic()
        self.shown = -1

    def step(self, what: str) -> None:
        self.what, self.since, self.shown = what, time.monotonic(), -1
        if not self.tty:
            sys.stderr.write(f"xbtb: {what}\n")
            sys.stderr.flush()

    def tick(self) -> None:
        seconds = int(time.monotonic() - self.since)
        if self.tty and seconds != self.shown:
            self.shown = seconds
            sys.stderr.write(f"\r\033[Kxbtb: {self.what} … {seconds} s")
            sys.stderr.flush()

    def finished(self, result: Result) -> None:
        took = result.host_seconds = time.monotonic() - self.since
        start = "\r\033[K" if self.tty else ""
        sys.stderr.write(f"{start}xbtb: {result.verdict} {result.name} "
                         f"({result.seconds:.1f} s emulated, {took:.0f} s) "
                         f"{result.reason}\n")
        sys.stderr.flush()


def table(results: Sequence[Result]) -> str:
    """Test, result, emulated seconds, reason."""
    width = max([len(r.name) for r in results] + [4])
    rows = [f"{'test':{width}}  result  seconds  reason"]
    rows += [f"{r.name:{width}}  {r.verdict:6}  {r.seconds:7.1f}  {r.reason}"
             .rstrip() for r in results]
    return "\n".join(rows)


def totals(results: Sequence[Result]) -> str:
    counts = {s: sum(r.verdict == s for r in results) for s, _ in STATES}
    return ", ".join(f"{counts[s]} {word}" for s, word in STATES)


def save(results: Sequence[Result], facts: dict[str, object],
         target: Path) -> None:
    """The same for machines."""
    data = {**facts, "tests": [r.as_dict() for r in results]}
    target.write_text(json.dumps(data, indent=1) + "\n")
