# SPDX-License-Identifier: GPL-2.0
"""Following a machine: what is read of it, what is whose, and what ends it."""
from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path
from typing import Callable
from unittest import mock

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from xbtb_lib import runner  # noqa: E402
from xbtb_lib.protocol import PASS  # noqa: E402


class Machine:
    """In the place of QEMU: does something each time that somebody looks
    whether it is still there."""

    def __init__(self, *acts: Callable[[], object]) -> None:
        self.acts = list(acts)

    def poll(self) -> int | None:
        if self.acts:
            self.acts.pop(0)()
        return None if self.acts else 0


class Watch(unittest.TestCase):
    def setUp(self) -> None:
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.where = Path(tmp.name)
        with mock.patch.object(runner.machine, "command",
                               return_value=["true"]):
            self.boot = runner.Boot(mock.Mock(), mock.Mock(), self.where, "n")
        self.boot.qemu.wait()
        self.addCleanup(self.boot.port.close)
        self.addCleanup(self.boot.log.close)
        self.run_ = runner.Run(mock.Mock(mem=0, mode="fast"), mock.Mock(),
                               mock.Mock(), self.where, mock.Mock())

    def results(self, *lines: str) -> None:
        with self.boot.results_file.open("a") as port:
            port.writelines(f"XB n {line}\n" for line in lines)

    def test_last_words_are_read(self) -> None:
        self.boot.qemu = Machine(
            lambda: self.results("START a", "PASS", "START b", "PASS", "END"))
        self.assertEqual(self.run_._watch(self.boot), "")
        self.assertEqual([(r.name, r.verdict) for r in self.run_.results],
                         [("a", PASS), ("b", PASS)])

    def test_off_without_an_end(self) -> None:
        self.boot.qemu = Machine(lambda: self.results("START a"))
        self.assertEqual(self.run_._watch(self.boot), "the machine went off")

if __name__ == "__main__":
    unittest.main()
