# SPDX-License-Identifier: GPL-2.0
"""The testbed tests itself: real boots with tests that must be caught."""
from __future__ import annotations

import argparse
import re
import sys
import time
from dataclasses import dataclass
from typing import Sequence

from . import commands
from .protocol import FAIL, PASS, SKIP, Result
from .util import CHECKOUT, TESTBED

TESTS = TESTBED / "selftest"


@dataclass(frozen=True)
class Expectation:
    """What the runner must report for a test."""
    name: str
    verdict: str
    reason: str = ""

    def met_by(self, result: Result | None) -> bool:
        return bool(result and result.verdict == self.verdict
                    and re.search(self.reason, result.reason))


EXPECTED = (
    Expectation("boot", PASS),
    Expectation("healthy", PASS),
    Expectation("skipped", SKIP, "^no such thing here$"),
    Expectation("silent", FAIL, "without pass, fail or skip"),
    Expectation("status", FAIL, r"exit status 2 of 'ls /nowhere'"),
    Expectation("late", FAIL, "^found later$"),
    Expectation("warning", FAIL, "^kmsg: .*WARNING: planted by the selftest"),
    Expectation("allowed", PASS),
    Expectation("guest", PASS),
    Expectation("guest-crash", FAIL, "panic|crashed|sysrq"),
    Expectation("hang", FAIL, "^hang: not finished after [0-9]+ s"),
    Expectation("frozen", FAIL, "^hang: no sign of life for 30 s"),
    Expectation("panic", FAIL, "^the machine died|panic"),
    Expectation("healthy-again", PASS),
)


def _tests(names: Sequence[str]) -> list[commands.Test]:
    """The files in order; -again is the same file once more."""
    return [commands.Test(n, TESTS / f"{n.removesuffix('-again')}.sh")
            for n in names if n != "boot"]


def report(results: Sequence[Result]) -> int:
    """Print what was not as expected; the exit status."""
    found = {r.name: r for r in reversed(results)}
    failed = 0
    for want in EXPECTED:
        got = found.get(want.name)
        said = f"{got.verdict} {got.reason}" if got else "nothing"
        met = want.met_by(got)
        failed += not met
        print(f"{'ok' if met else 'NOT OK'}: {want.name}: {said}"
              + ("" if met else f" (expected {want.verdict} {want.reason})"))
    print(f"{len(EXPECTED) - failed} passed, {failed} failed, 0 skipped")
    return int(failed > 0)


def selftest(args: argparse.Namespace) -> int:
    """Boot, run the planted tests, compare."""
    args.modules = "intree"
    stamp = time.strftime("selftest-%Y%m%d-%H%M%S")
    where = CHECKOUT / "build/results" / stamp
    names = [e.name for e in EXPECTED]
    results = commands.execute(args, _tests(names), where)
    print(f"logs: {where}", file=sys.stderr)
    return report(results)
