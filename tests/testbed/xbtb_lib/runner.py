# SPDX-License-Identifier: GPL-2.0
"""Boots machines until every test has a result."""
from __future__ import annotations

import os
import re
import secrets
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Sequence

from . import machine, scan
from .overlay import Initrd, Test
from .progress import Progress
from .protocol import FAIL, PASS, Parser, Result
from .util import Failure, say

# Host seconds until dom0 must have said something. A deterministic machine may
# be left with little of a busy host.
BOOT_LIMIT = {"fast": 300, "deterministic": 1200}
# Host seconds that one emulated second may take, and a fixed allowance.
SLOWNESS = {"fast": 8, "deterministic": 10}
ALLOWANCE = 90
POLL = 0.1
DEAD = re.compile(rb"Panic on CPU|Kernel panic|Hardware Dom0 (?:crashed|halted)")
GRACE = 5
# Host seconds for the mark of a test's end: Xen may have written into it.
MARK_LIMIT = 30
# Host seconds for memory that others have to be given back.
MEMORY_LIMIT = 600
MEMORY_POLL = 10
NOT_SEARCHED = ("output", "trace")      # the test's own words


class Boot:
    """One life of a machine, with the tests that it is to run."""

    def __init__(self, opts: machine.Options, images: machine.Images,
                 where: Path, nonce: str) -> None:
        self.where = where
        self.parser = Parser(nonce)
        self.results_file = where / "results.raw"
        self.console_file = where / "console.log"
        for path in (self.results_file, self.console_file):
            path.touch()
        cmd = machine.command(opts, images, self.results_file,
                              self.console_file)
        (where / "qemu.cmd").write_text("\n".join(cmd) + "\n")
        self.console_at = 0
        self.log = (where / "qemu.log").open("w")
        self.port = self.results_file.open("rb")
        # Whatever ends us ends it, too. It is as important as what others do: a
        # niced one gets a tenth of a CPU beside a loop, and limits go by hosts.
        self.qemu = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *cmd],
            stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=subprocess.STDOUT)

    def poll(self) -> int:
        """Take in what has arrived; how many bytes that was."""
        data = self.port.read()
        self.parser.feed(data)
        return len(data)

    def _console(self) -> bytes:
        """What the raw console has that belongs to no test yet."""
        with self.console_file.open("rb") as handle:
            handle.seek(self.console_at)
            return handle.read()

    def console_of(self, name: str) -> list[str]:
        """Its lines up to the mark of that test's end, which may come later
        than the verdict does; without a mark all that there are."""
        mark = re.compile(rb"xb: end of %b\r*\n" % re.escape(name.encode()))
        end = time.monotonic() + MARK_LIMIT
        while True:
            gone = self.qemu.poll() is not None
            data = self._console()
            match = mark.search(data)
            if match or gone or time.monotonic() > end:
                break
            time.sleep(POLL)
        data = data[:match.end()] if match else data
        self.console_at += len(data)
        return data.decode("utf-8", "replace").replace("\r", "").splitlines()

    def crashed(self) -> str:
        """The console's last words, if the machine is dead."""
        match = DEAD.search(self._console())
        return match[0].decode() if match else ""

    def stop(self) -> None:
        self.qemu.kill()
        self.qemu.wait()
        self.poll()
        self.port.close()
        self.log.close()


def _memory_mb(row: str) -> int:
    text = Path("/proc/meminfo").read_text()
    match = re.search(rf"{row}:\s+(\d+)", text)
    return int(match[1]) // 1024 if match else 1 << 30


def _free_memory_mb() -> int:
    return _memory_mb("MemAvailable")


def _wait_for_memory(mem: int) -> None:
    """For as much as a machine takes; what else runs here may need it now."""
    end = time.monotonic() + MEMORY_LIMIT
    while _free_memory_mb() < mem + 512:
        if time.monotonic() > end or _memory_mb("MemTotal") < mem + 512:
            raise Failure(f"not enough free memory for --mem {mem}")
        say(f"waiting for {mem + 512} MB of memory")
        time.sleep(MEMORY_POLL)


class Run:
    """All boots of one command."""

    def __init__(self, opts: machine.Options, initrd: Initrd,
                 base: machine.Images, where: Path,
                 progress: Progress) -> None:
        self.opts, self.initrd, self.base = opts, initrd, base
        self.where, self.progress = where, progress
        self.tests: dict[str, Test] = {}
        self.results: list[Result] = []
        self.boots = 0
        _wait_for_memory(opts.mem)

    def _start(self, tests: Sequence[Test]) -> Boot:
        self.boots += 1
        where = self.where / f"boot-{self.boots}"
        where.mkdir(parents=True)
        nonce = secrets.token_hex(8)
        if self.opts.mode == "deterministic":
            nonce = "0" * 16
        target = where / "initrd"
        self.initrd.write(target, tests, nonce)
        images = replace(self.base, initrd=target)
        return Boot(self.opts, images, where, nonce)

    def _limit(self, result: Result | None) -> float:
        """Host seconds until a silent machine is taken for hung."""
        test = self.tests.get(result.name) if result else None
        if not test:
            return BOOT_LIMIT[self.opts.mode]
        if test.host_limit:
            return test.host_limit
        return ALLOWANCE + test.timeout * SLOWNESS[self.opts.mode]

    def _judge(self, boot: Boot, result: Result) -> None:
        """Search the logs of a finished test, and file them."""
        test = self.tests.get(result.name)
        result.logs["console"] = boot.console_of(result.name)
        allowed = test.allowed if test else ""
        found = [f"{kind}: {line}" for kind, lines in result.logs.items()
                 if kind not in NOT_SEARCHED for line in scan.hits(lines, allowed)]
        if found:
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            result.fail(f"{found[0]}{more}")
        self._file(result)
        self.results.append(result)
        self.progress.finished(result)

    def _file(self, result: Result) -> None:
        base = self.where / "logs" / result.name
        base.mkdir(parents=True, exist_ok=True)
        for kind, lines in result.logs.items():
            if not re.fullmatch(r"[\w.-]+", kind):
                kind = "other"
            (base / f"{kind}.log").write_text("\n".join(lines) + "\n")

    def _watch(self, boot: Boot) -> str:
        """Follow a boot to its end; why it ended early, if it did."""
        judged, since, dead_since, last = 0, time.monotonic(), 0.0, None
        while True:
            # What it wrote before it went is still read and judged.
            gone = boot.qemu.poll() is not None
            boot.poll()
            results = boot.parser.results
            while judged < len(results) and results[judged].verdict:
                self._judge(boot, results[judged])
                judged += 1
            if boot.parser.ended:
                return ""
            now = boot.parser.current
            if now is not last:
                last, since = now, time.monotonic()
                if now and now.name != "boot":
                    self.progress.step(now.name)
            self.progress.tick()
            if gone:
                return "the machine went off"
            if time.monotonic() - since > self._limit(now):
                return f"hang: no sign of life for {self._limit(now):.0f} s"
            if boot.crashed():
                dead_since = dead_since or time.monotonic()
                if time.monotonic() - dead_since > GRACE:
                    return f"the machine died: {boot.crashed()}"
            time.sleep(POLL)

    def _after(self, boot: Boot, why: str) -> None:
        """A test that was running when its machine ended has failed."""
        now = boot.parser.current
        if not now and not boot.parser.results:
            now = Result("boot")
        if now:
            now.fail(why or "no verdict before the end")
            self._judge(boot, now)
        elif why:
            self.results.append(Result("machine", FAIL, why))

    def _boot(self, tests: Sequence[Test]) -> bool:
        """Run these tests in one machine; whether it came up."""
        self.progress.step(f"booting Xen and dom0 for {len(tests)} test(s)")
        boot = self._start(tests)
        try:
            why = self._watch(boot)
        finally:
            boot.stop()
            os.unlink(boot.where / "initrd")
        self._after(boot, why)
        return any(r.name == "boot" and r.verdict == PASS
                   for r in boot.parser.results)

    def run(self, tests: Sequence[Test]) -> list[Result]:
        """One result for every test; what never ran has failed."""
        self.tests = {t.name: t for t in tests}
        left = list(tests)
        while left:
            up = self._boot(left)
            done = {r.name for r in self.results}
            remaining = [t for t in left if t.name not in done]
            if not up or len(remaining) == len(left):
                for test in remaining:
                    self.results.append(
                        Result(test.name, FAIL, "not run: no machine"))
                break
            left = remaining
        return self.results
