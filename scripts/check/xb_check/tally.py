# SPDX-License-Identifier: GPL-2.0
"""Runs a check and counts what it says: one result, or one for each test."""
from __future__ import annotations

import contextlib
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import Callable, Iterator

# The process groups of checks that run; while somebody has the lock none starts.
RUNNING: set[int] = set()
TIDYING = 5     # seconds that they have when all is to end
STARTING = threading.RLock()
TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../.."))
LOGS = os.path.join(TOP, "build/check")
XBTB = os.path.join(TOP, "tests/testbed/xbtb")
# A test with a mistake switched on that dom0 must not survive: see is_noticed.
PLANTED = "planted/"
# What dom0 says of a packet whose page was unmapped too early: it cannot be
# read, in a function that has to do with packets.
LAST_WORDS = (r"Unable to handle kernel|Oops", r"\bskb_\w+\+0x", r"Kernel panic")
SKIPPED = 77
SHOWN = 15
# Of each log of a system test that failed.
SHOWN_OF_LOG = 24


@dataclass
class Step:
    """Something that took time: a check, or a test or boot within one."""
    name: str
    seconds: float
    emulated: float = 0.0


@dataclass
class Score:
    """Prints one line a result, keeps the counts and the times."""
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    steps: list[Step] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def ok(self, name: str, seconds: float | None = None) -> None:
        with self.lock:
            self.passed += 1
            say(f"ok {name}" + (f" ({seconds:.0f} s)" if seconds is not None
                                else ""))

    def fail(self, name: str, text: str = "") -> None:
        with self.lock:
            self.failed += 1
            say(f"FAIL {name}")
            lines = text.rstrip().splitlines()
            for line in lines[:SHOWN]:
                say("    " + line)
            if len(lines) > SHOWN:
                say(f"    ... {len(lines) - SHOWN} more lines")

    def skip(self, name: str, reason: str) -> None:
        with self.lock:
            self.skipped += 1
            say(f"skip {name}: {reason or 'no reason given'}")

    def took(self, step: Step) -> None:
        with self.lock:
            self.steps.append(step)


@dataclass(frozen=True)
class Check:
    """One command and how its results are counted."""
    group: str
    name: str
    command: list[str]
    count: Callable[["Score", "Check"], None]
    # CPU seconds on a machine of 2026, for the order; its last time is better.
    weight: int = 60
    # Seconds until it is taken for hung, with a host that does much else.
    limit: int = 3600


def say(text: str) -> None:
    print(text, flush=True)


@contextlib.contextmanager
def _started(command: list[str], stderr: int | None = subprocess.STDOUT
             ) -> Iterator[subprocess.Popen[str]]:
    """In a session of its own, so that all of it can be killed."""
    env = {k: v for k, v in os.environ.items()
           if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "XB_TOP")}
    with STARTING:
        proc = subprocess.Popen(command, cwd=TOP, env=env, text=True,
                                errors="replace", start_new_session=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=stderr)
        RUNNING.add(proc.pid)
    try:
        with proc:
            yield proc
    finally:
        RUNNING.discard(proc.pid)


def kdir(arg: str) -> str:
    """Replace @NAME by the directory of that kernel's headers."""
    if not arg.startswith("@"):
        return arg
    command = [XBTB, "headers", "--kernel", arg[1:]]
    with _started(command, stderr=None) as proc:
        text = proc.stdout.read()
    if proc.returncode:
        raise subprocess.CalledProcessError(proc.returncode, command)
    return text.strip()


def execute(check: Check, extra: tuple[str, ...] = (),
            progress: bool = False) -> tuple[int, str, float]:
    """Run it into build/check/NAME.log; (status, output, seconds).

    With progress, its lines are shown as they come.
    """
    start, out = time.monotonic(), []
    command = [*(kdir(arg) for arg in check.command), *extra]
    with open(os.path.join(LOGS, check.name + ".log"), "w",
              encoding="utf-8") as log, _started(command) as proc:
        timer = threading.Timer(check.limit, kill, (proc.pid,))
        timer.start()
        try:
            for line in proc.stdout:
                log.write(line)
                log.flush()
                out.append(line)
                if progress:
                    say(f"  {check.name} | {line.rstrip()}")
        except BaseException:
            kill(proc.pid)
            raise
        finally:
            timer.cancel()
        status = proc.wait()
    seconds = time.monotonic() - start
    if status < 0 and seconds >= check.limit:
        out.append(f"\nkilled after {check.limit} s\n")
    return status, "".join(out), seconds


def kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _is_there(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _interrupt(pids: list[int]) -> None:
    """They remove what they have made half, for as long as that may take."""
    for pid in pids:
        try:
            os.killpg(pid, signal.SIGINT)
        except ProcessLookupError:
            pass
    end = time.monotonic() + TIDYING
    while any(map(_is_there, pids)) and time.monotonic() < end:
        time.sleep(0.1)


def _stop(number: int, _frame: object) -> None:
    """End, with all that runs. Nothing is started any more."""
    with STARTING:
        pids = list(RUNNING)
        _interrupt(pids)
        for pid in pids:
            kill(pid)
        os._exit(128 + number)


def stop_with_signals() -> None:
    """A check is in a session of its own, where no signal for us arrives. What
    nohup or a shell has told us to ignore stays ignored."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def reason_of(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]


def plain(score: Score, check: Check) -> None:
    """One command, one result; status 77 is a skip, its last line why."""
    status, text, seconds = execute(check)
    if status == SKIPPED:
        score.skip(check.name, reason_of(text))
    elif status:
        score.fail(check.name, text)
    else:
        score.ok(check.name, seconds)


def ktap(score: Score, check: Check) -> None:
    """Programs that print KTAP: each test case counts."""
    status, text, seconds = execute(check)
    line = re.compile(r"^ {4}(not )?ok \d+ (\S+)(?: # SKIP ?(.*))?$")
    suite, seen, failed, said = "", 0, 0, []
    for row in text.splitlines():
        title = re.match(r"^ {4}# Subtest: (\S+)", row)
        hit = line.match(row)
        if title:
            suite, said = title.group(1), []
        elif hit:
            seen += 1
            full = f"unit/{suite}/{hit.group(2)}"
            if hit.group(1):
                failed += 1
                score.fail(full, "\n".join(said))
            elif hit.group(3) is not None:
                score.skip(full, hit.group(3))
            else:
                score.ok(full)
            said = []
        else:
            said.append(row.strip())
    if not seen or (status and not failed):
        score.fail(check.name, text[-4000:] or "no test ran")
    else:
        say(f"# {check.name}: {seen} tests in {seconds:.0f} s")


def results_of(path: str) -> list[dict]:
    """The list of results of a run of the test bed."""
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)["tests"]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def is_noticed(where: str, row: dict) -> bool:
    """Has dom0 died of what was planted, and of nothing else?"""
    try:
        with open(os.path.join(where, "logs", row["name"], "console.log"),
                  encoding="utf-8") as f:
            text = f.read()
    except OSError:
        return False
    return row["result"] == "FAIL" and all(re.search(words, text)
                                           for words in LAST_WORDS)


def last_lines(where: str, test: str) -> Iterator[str]:
    """The ends of the logs of a test; elsewhere they may not be kept."""
    for path in sorted(glob.glob(f"{where}/logs/{test}/*.log")):
        with open(path, encoding="utf-8", errors="replace") as f:
            lines = [line.rstrip() for line in f if line.strip()]
        if lines:
            yield f"-- {os.path.basename(path)}"
            yield from lines[-SHOWN_OF_LOG:]


def verdict(where: str, row: dict) -> tuple[str, str]:
    """What a result counts as, and why."""
    if not row["name"].startswith(PLANTED):
        return row["result"], row["reason"]
    if is_noticed(where, row):
        return "PASS", ""
    return "FAIL", f"not noticed: {row['result']} {row['reason']}"


def _count_row(score: Score, check: Check, where: str, row: dict) -> None:
    full = f"{check.name}/{row['name']}"
    result, reason = verdict(where, row)
    host = row.get("host_seconds", row["seconds"])
    score.took(Step(full, host, row["seconds"]))
    if result == "PASS":
        score.ok(full, host)
    elif result == "SKIP":
        score.skip(full, reason)
    else:
        score.fail(full, reason)
        say("\n".join("    " + line
                      for line in last_lines(where, row["name"])))


def system(score: Score, check: Check) -> None:
    """The test bed: each of its tests counts, and so does its own failure."""
    where = os.path.join(LOGS, check.name)
    shutil.rmtree(where, ignore_errors=True)
    status, text, _ = execute(check, ("--results", where), True)
    rows = results_of(os.path.join(where, "results.json"))
    if status == SKIPPED and not rows:
        score.skip(check.name, reason_of(text))
        return
    for row in rows:
        _count_row(score, check, where, row)
    if not rows or (status and all(r["result"] != "FAIL" for r in rows)):
        tail = "\n".join(text.splitlines()[-SHOWN:])
        score.fail(check.name, tail or "no test ran")
