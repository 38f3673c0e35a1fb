# SPDX-License-Identifier: GPL-2.0
"""Runs checks side by side, the longest first, and tells where the time went."""
from __future__ import annotations

import json
import os
import subprocess
import threading
import time
import traceback

from xbtb_lib import cache

from .tally import Check, Score, Step, say, stop_with_signals, system

# An emulator takes most of this, and compilers little.
MEMORY_MB = 4500
SLOWEST = 15


def _times_file() -> str:
    return str(cache.root() / "check-times.json")


def last_times() -> dict[str, float]:
    """Seconds that each check took when it last ran on this machine."""
    try:
        with open(_times_file(), encoding="utf-8") as f:
            return json.load(f)
    except (OSError, ValueError):
        return {}


def _remember(steps: list[Step]) -> None:
    times = last_times() | {s.name: round(s.seconds, 1) for s in steps}
    with open(_times_file() + ".new", "w", encoding="utf-8") as f:
        json.dump(times, f, indent=1, sort_keys=True)
    os.replace(f.name, _times_file())


def is_timed(check: Check) -> bool:
    """Does its result depend on how fast the host is?"""
    return check.count is system and "deterministic" not in check.command


def _lanes() -> int:
    """How many checks at a time: one a CPU, as long as memory lasts."""
    with open("/proc/meminfo", encoding="utf-8") as f:
        fields = dict(line.split(":") for line in f)
    free = int(fields["MemAvailable"].split()[0]) // 1024
    return max(1, min(os.cpu_count() or 1, free // MEMORY_MB))


class Lanes:
    """Workers that take from one list; of the checks on the host's clock never
    two run at a time."""

    def __init__(self, score: Score, todo: list[Check]) -> None:
        times = last_times()
        self.todo = sorted(todo, reverse=True,
                           key=lambda c: times.get(c.name, c.weight))
        self.every = list(self.todo)
        self.score, self.lock = score, threading.Lock()
        self.timed = threading.Lock()
        self.begin = time.monotonic()
        self.busy: dict[int, float] = {}
        self.done: list[tuple[Check, float]] = []

    def _next(self) -> Check | None:
        with self.lock:
            for check in self.todo:
                if not is_timed(check) or self.timed.acquire(blocking=False):
                    self.todo.remove(check)
                    return check
        return None

    def _one(self, check: Check) -> float:
        begin = time.monotonic()
        try:
            check.count(self.score, check)
        except (OSError, subprocess.CalledProcessError) as err:
            self.score.fail(check.name, str(err))
        except Exception:   # pylint: disable=broad-except
            self.score.fail(check.name, traceback.format_exc())
        finally:
            if is_timed(check):
                self.timed.release()
        return time.monotonic() - begin

    def _work(self, lane: int) -> None:
        self.busy[lane] = 0.0
        while self.todo:
            check = self._next()
            if not check:
                time.sleep(1)
                continue
            took = self._one(check)
            self.busy[lane] += took
            self.done.append((check, took))
            self.score.took(Step(check.name, took))

    def run(self) -> None:
        stop_with_signals()
        count = min(_lanes(), len(self.todo))
        workers = [threading.Thread(target=self._work, args=(n,), daemon=True)
                   for n in range(count)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        done = [check for check, _ in self.done]
        for check in self.every:
            if check not in done:
                self.score.fail(check.name, "its lane has ended before it had")
        _remember(self.score.steps)

    def report(self) -> None:
        """Time by group, the slowest steps, and what each lane waited."""
        whole = time.monotonic() - self.begin
        groups: dict[str, float] = {}
        for check, took in self.done:
            groups[check.group] = groups.get(check.group, 0) + took
        say("# seconds of a lane by group: " + ", ".join(
            f"{name} {took:.0f}" for name, took in groups.items()))
        say("# slowest steps (host seconds, emulated seconds)")
        for step in sorted(self.score.steps, key=lambda s: -s.seconds)[:SLOWEST]:
            emulated = f"{step.emulated:8.1f}" if step.emulated else ""
            say(f"#   {step.name:44} {step.seconds:8.1f} {emulated}".rstrip())
        for lane, busy in sorted(self.busy.items()):
            say(f"# lane {lane + 1}: busy {busy:.0f} of {whole:.0f} s")
