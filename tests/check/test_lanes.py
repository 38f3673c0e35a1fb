# SPDX-License-Identifier: GPL-2.0
"""What becomes of checks that break, and of those that run when all is ended."""
from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
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
                      mock.patch.object(tally, "LOGS", self.tmp),
                      mock.patch.object(lanes, "stop_with_signals")):
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


class Machines(InLogs):
    def system(self, script: str) -> str:
        check = tally.Check("g", "machine", ["sh", "-c", script], tally.system)
        return self.say_of(lambda: tally.system(self.score, check))

    def test_no_such_kernel_any_more(self) -> None:
        said = self.system("echo building; echo 'sid has another' >&2; exit 77")
        self.assertEqual(self.counts(), (0, 0, 1))
        self.assertIn("skip machine: sid has another\n", said)

    def test_no_machine(self) -> None:
        self.system("exit 1")
        self.assertEqual(self.counts(), (0, 1, 0))

    def test_one_that_failed_is_no_skip(self) -> None:
        row = '{"tests": [{"name": "a", "result": "FAIL", "reason": "", "seconds": 1}]}'
        self.system(f"mkdir -p $1; echo '{row}' >$1/results.json; exit 77")
        self.assertEqual(self.counts(), (0, 1, 0))


ENDS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# Two checks at a time, with processes of their own; there is one more.
RUNS = """
import sys
from unittest import mock
from xb_check import lanes, tally
tally.LOGS = sys.argv[1]
tally.TIDYING = 1
script = 'sleep 600 & echo $$ $! >"$1/$2.new"; mv "$1/$2.new" "$1/$2.pids"; wait'
todo = [tally.Check("g", name, ["sh", "-c", script, "sh", tally.LOGS, name],
                    tally.plain) for name in ("a", "b", "c")]
with mock.patch.object(lanes, "_lanes", return_value=2):
    lanes.Lanes(tally.Score(), todo).run()
"""


def is_alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def nothing_is_ignored() -> None:
    """As this may be run in the background, or with nohup."""
    for number in ENDS:
        signal.signal(number, signal.SIG_DFL)


class Signals(InLogs):
    def wait_for(self, what: Callable[[], bool]) -> bool:
        end = time.monotonic() + 60
        while not what() and time.monotonic() < end:
            time.sleep(0.1)
        return what()

    def pids(self) -> list[int]:
        return [int(pid) for path in Path(self.tmp).glob("*.pids")
                for pid in path.read_text().split()]

    def end_by(self, number: int) -> int:
        """The exit status of a run that is sent this; nothing of it may stay."""
        path = f"{TOP}/scripts/check:{TOP}/tests/testbed"
        with subprocess.Popen([sys.executable, "-B", "-c", RUNS, self.tmp],
                              env=dict(os.environ, PYTHONPATH=path),
                              stdout=subprocess.DEVNULL,
                              preexec_fn=nothing_is_ignored) as run:
            self.assertTrue(self.wait_for(lambda: len(self.pids()) == 4))
            run.send_signal(number)
            status = run.wait(60)
        pids = self.pids()
        self.wait_for(lambda: not any(map(is_alive, pids)))
        left = list(filter(is_alive, pids))
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        self.assertEqual(left, [], "what was running goes on")
        self.assertEqual(len(pids), 4, "more is started")
        return status

    def test_all_of_them(self) -> None:
        for number in ENDS:
            with self.subTest(number):
                self.assertEqual(self.end_by(number), 128 + number)
                for path in Path(self.tmp).glob("*.pids"):
                    path.unlink()

    def test_what_is_half_made(self) -> None:
        """What ends itself has time for it."""
        made = Path(self.tmp) / "made"
        # Without the second one a shell goes on whose sleep has just ended.
        script = ('trap "rm $1" EXIT; trap exit INT; : >"$1"; '
                  'while :; do sleep 0.1; done')
        with subprocess.Popen(["bash", "-c", script, "bash", str(made)],
                              start_new_session=True,
                              preexec_fn=nothing_is_ignored) as run:
            self.assertTrue(self.wait_for(made.exists))
            reaper = threading.Thread(target=run.wait)
            reaper.start()
            tally._interrupt([run.pid])  # pylint: disable=protected-access
            left = made.exists()
            tally.kill(run.pid)
            reaper.join()
        self.assertFalse(left, "it was not left the time")

    def test_what_is_ignored(self) -> None:
        with mock.patch.object(signal, "getsignal", return_value=signal.SIG_IGN), \
                mock.patch.object(signal, "signal") as changed:
            tally.stop_with_signals()
        changed.assert_not_called()


if __name__ == "__main__":
    unittest.main()
