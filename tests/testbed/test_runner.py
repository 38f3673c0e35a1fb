# SPDX-License-Identifier: GPL-2.0
"""Following a machine: what is read of it, what is whose, and what ends it."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Callable
from unittest import mock

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from xbtb_lib import runner  # noqa: E402
from xbtb_lib.protocol import FAIL, PASS  # noqa: E402
from xbtb_lib.util import Failure  # noqa: E402


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

    def console(self, text: str) -> None:
        with self.boot.console_file.open("ab") as port:
            port.write(text.encode())

    def test_last_words_are_read(self) -> None:
        self.boot.qemu = Machine(
            lambda: self.results("START a", "PASS", "START b", "PASS", "END"))
        self.assertEqual(self.run_._watch(self.boot), "")
        self.assertEqual([(r.name, r.verdict) for r in self.run_.results],
                         [("a", PASS), ("b", PASS)])

    def test_off_without_an_end(self) -> None:
        self.boot.qemu = Machine(lambda: self.results("START a"))
        self.assertEqual(self.run_._watch(self.boot), "the machine went off")

    def consoles(self) -> dict[str, list[str]]:
        return {r.name: r.logs["console"] for r in self.run_.results}

    def test_console_is_cut_at_the_mark(self) -> None:
        self.console("one\r\r\nxb: end of a\r\r\nBUG: two\r\r\nxb: end of a/b\r\r\n")
        self.boot.qemu = Machine(lambda: self.results(
            "START a", "PASS", "START a/b", "PASS", "END"))
        self.assertEqual(self.run_._watch(self.boot), "")
        self.assertEqual(self.consoles(), {
            "a": ["one", "xb: end of a"], "a/b": ["BUG: two", "xb: end of a/b"]})
        self.assertEqual([r.verdict for r in self.run_.results], [PASS, FAIL])

    def test_mark_comes_later(self) -> None:
        self.results("START a", "PASS", "START b", "PASS", "END")
        self.console("one\r\r\n")
        self.boot.qemu = Machine(
            lambda: None, lambda: self.console("two\r\r\nxb: end"),
            lambda: self.console(" of a\r\r\nthree\r\r\nxb: end of b\r\r\n"),
            lambda: None, lambda: None)
        self.assertEqual(self.run_._watch(self.boot), "")
        self.assertEqual(self.consoles(), {"a": ["one", "two", "xb: end of a"],
                                           "b": ["three", "xb: end of b"]})

    def test_no_mark_of_a_machine_that_is_gone(self) -> None:
        self.results("START a", "PASS", "START b", "PASS", "END")
        self.boot.qemu = Machine(lambda: self.console("Kernel panic\r\r\n"))
        self.assertEqual(self.run_._watch(self.boot), "")
        self.assertEqual(self.consoles(), {"a": ["Kernel panic"], "b": []})

    def test_mark_that_never_comes(self) -> None:
        self.boot.qemu = Machine(*[lambda: None] * 100)
        self.console("xb: (XEN) end of a\r\r\n")
        with mock.patch.object(runner, "MARK_LIMIT", 0):
            self.assertEqual(self.boot.console_of("a"), ["xb: (XEN) end of a"])


class Memory(unittest.TestCase):
    def wait(self, *free: int, limit: float = 600) -> list[float]:
        """How long it slept, with so much free at each look."""
        with mock.patch.multiple(
                runner, _free_memory_mb=mock.Mock(side_effect=free),
                MEMORY_LIMIT=limit, say=mock.Mock()), \
                mock.patch.object(runner.time, "sleep") as sleep:
            runner._wait_for_memory(1000)
        return [call.args[0] for call in sleep.call_args_list]

    def test_enough(self) -> None:
        self.assertEqual(self.wait(1512), [])

    def test_later(self) -> None:
        self.assertEqual(len(self.wait(100, 1511, 1512)), 2)

    def test_never(self) -> None:
        with self.assertRaisesRegex(Failure, "--mem 1000"):
            self.wait(100, 100, limit=-1)


STARTS_ONE = """
import sys
from pathlib import Path
from unittest import mock
from xbtb_lib import runner
with mock.patch.object(runner.machine, "command", return_value=["sleep", "600"]):
    boot = runner.Boot(mock.Mock(), mock.Mock(), Path(sys.argv[1]), "n")
print(boot.qemu.pid, flush=True)
sys.stdin.read()
"""


def is_alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


class Death(unittest.TestCase):
    def test_no_emulator_is_left(self) -> None:
        with tempfile.TemporaryDirectory() as tmp, subprocess.Popen(
                [sys.executable, "-B", "-c", STARTS_ONE, tmp],
                env=dict(os.environ, PYTHONPATH=str(HERE)), text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
            emulator = int(parent.stdout.readline())
            command = Path(f"/proc/{emulator}/cmdline")
            end = time.monotonic() + 60
            while not command.read_bytes().startswith(b"sleep"):
                self.assertLess(time.monotonic(), end)
                time.sleep(0.1)
            parent.kill()
            parent.wait()
            while is_alive(emulator) and time.monotonic() < end:
                time.sleep(0.1)
            if is_alive(emulator):
                os.kill(emulator, signal.SIGKILL)
                self.fail("the emulator goes on")


if __name__ == "__main__":
    unittest.main()
