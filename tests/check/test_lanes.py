# SPDX-License-Identifier: GPL-2.0
"""What becomes of checks that break."""
from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Callable
from unittest import mock

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "scripts/check"))
sys.dont_write_bytecode = True

from xb_check import lanes, tally  # noqa: E402


def ok(score: tally.Score, check: tally.Check) -> None:
    score.ok(check.name)


def breaks(_score: tally.Score, _check: tally.Check) -> None:
    raise KeyError("nowhere")


def leaves(_score: tally.Score, _check: tally.Check) -> None:
    sys.exit(3)


class InLogs(unittest.TestCase):
    """With a cache and logs of its own."""

    def setUp(self) -> None:
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.tmp = tmp.name
        for patch in (mock.patch.dict(os.environ, XB_CACHE=self.tmp),
                      mock.patch.object(tally, "LOGS", self.tmp)):
            patch.start()
            self.addCleanup(patch.stop)
        self.score = tally.Score()

    def say_of(self, work: Callable[[], object]) -> str:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            work()
        return out.getvalue()

    def counts(self) -> tuple[int, int, int]:
        return self.score.passed, self.score.failed, self.score.skipped


class Lanes(InLogs):
    def run_(self, *counts: Callable[..., None]) -> str:
        """One after the other, on one lane."""
        todo = [tally.Check("g", f"c{n}", [], count, weight=100 - n)
                for n, count in enumerate(counts)]
        with mock.patch.object(lanes, "_lanes", return_value=1), \
                mock.patch.object(lanes.threading, "excepthook"):
            return self.say_of(lanes.Lanes(self.score, todo).run)

    def test_one_that_breaks(self) -> None:
        said = self.run_(breaks, ok)
        self.assertEqual(self.counts(), (1, 1, 0))
        self.assertIn("FAIL c0", said)
        self.assertIn("in breaks", said)
        self.assertIn("KeyError: 'nowhere'", said)

    def test_one_that_ends_its_lane(self) -> None:
        said = self.run_(ok, leaves, ok)
        self.assertEqual(self.counts(), (1, 2, 0))
        self.assertIn("FAIL c1", said)
        self.assertIn("FAIL c2", said)


if __name__ == "__main__":
    unittest.main()
