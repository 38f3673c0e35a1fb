# SPDX-License-Identifier: GPL-2.0
"""Where facts come from: this host's files and programs, or a report of another
host's. Whatever comes from here can be printed: a guest chooses some of it.

A fact that cannot be had is None, and why is remembered.
"""
from __future__ import annotations

import contextlib
import errno
import os
import re
import select
import subprocess
import time
from typing import Callable, Iterable, Iterator, Optional, Union

MOST = 1 << 20          # bytes of a file
MOST_SAID = 1 << 24     # … and of what a program says: of hundreds of devices
MOST_OF_GUEST = 1 << 18  # … of what a guest may have written, who may fill its quota
GUESTS = "/local/domain/"
PATIENCE = 5            # seconds that a program may take
SILENT = "no answer"
PATHS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
UNUSUAL = re.compile(r"[^\n\t -~]")
ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ENODEV)


def printable(text: str) -> str:
    """Nothing that moves a cursor, sets a colour or turns the writing round."""
    return UNUSUAL.sub(lambda match: match[0] if match[0].isprintable() else
                       f"\\x{ord(match[0]):02x}", text)


def _said(process: subprocess.Popen[bytes], most: int, seconds: float) -> bytes:
    """What a program says, up to so many bytes, or TimeoutExpired."""
    assert process.stdout
    said, until = bytearray(), time.monotonic() + seconds
    while len(said) < most:
        left = max(until - time.monotonic(), 0)
        if not select.select([process.stdout], [], [], left)[0]:
            raise subprocess.TimeoutExpired(process.args, seconds)
        part = os.read(process.stdout.fileno(), 1 << 16)
        if not part:
            process.wait(max(until - time.monotonic(), 0))
            break
        said += part
    return bytes(said[:most])


def _complaint(process: subprocess.Popen[bytes]) -> str:
    """Why a program has failed, if it has ended and did."""
    if not process.returncode:
        return ""
    assert process.stderr
    ready = select.select([process.stderr], [], [], 0)[0]
    text = os.read(process.stderr.fileno(), 4096) if ready else b""
    lines = text.decode(errors="replace").strip().splitlines()
    return printable(lines[-1]) if lines else f"status {process.returncode}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """Of one that cannot be killed nobody waits for the end."""
    process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1)
    for pipe in (process.stdout, process.stderr):
        assert pipe
        pipe.close()


class Missing(Exception):
    """A fact that cannot be had."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def anew(self) -> Missing:
        """To be kept, or raised: one that was raised has all frames on its way, and
        what they know of guests."""
        return Missing(self.why)


class Host:
    """Facts of the host that this runs on."""

    # Whether xenstore can be asked without a program, which no report has.
    direct = True

    def __init__(self) -> None:
        # What there is, but not for us: its kind, and why.
        self.denied: dict[str, str] = {}
        # Programs that do not answer: xenstore for all of its own.
        self.silent: dict[str, str] = {}
        # When nothing more is asked of any.
        self.until: Optional[float] = None

    def _read(self, path: str) -> str:
        with open(path, "rb") as handle:
            return printable(handle.read(MOST).decode(errors="replace"))

    def _names(self, path: str) -> str:
        return printable("".join(f"{name}\n" for name in sorted(os.listdir(path))))

    def _link(self, path: str) -> str:
        return printable(os.readlink(path))

    def _run(self, command: str) -> str:
        env = dict(os.environ, LC_ALL="C",
                   PATH=f"{os.environ.get('PATH') or PATHS}:{PATHS}")
        left = PATIENCE if self.until is None else self.until - time.monotonic()
        if left <= 0:
            raise Missing(f"{SILENT}: there was no time left")
        try:
            process = subprocess.Popen(
                command.split(), env=env, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except FileNotFoundError:
            raise Missing("is not installed") from None
        try:
            said = _said(process, MOST_OF_GUEST if GUESTS in command else
                         MOST_SAID, min(left, PATIENCE))
            why = _complaint(process)
        except subprocess.TimeoutExpired:
            raise Missing(f"{SILENT} in {min(left, PATIENCE):.0f} s") from None
        finally:
            _end(process)
        if why:
            raise Missing(why)
        return printable(said.decode(errors="replace"))

    def fetch(self, kind: str, what: str) -> str:
        """A fact, or Missing."""
        how: dict[str, Callable[[str], str]] = {
            "file": self._read, "names": self._names, "link": self._link,
            "run": self._run}
        try:
            return how[kind](what)
        except OSError as err:
            if err.errno in ABSENT:
                raise Missing("") from None
            raise Missing(err.strerror or str(err)) from None

    def _ask(self, kind: str, what: str) -> Optional[str]:
        try:
            return self.fetch(kind, what)
        except Missing as missing:
            if missing.why:
                self.denied[what] = missing.why
            return None

    def read(self, path: str) -> Optional[str]:
        """What is in a file, without white space around it."""
        text = self._ask("file", path)
        return None if text is None else text.strip()

    def number(self, path: str) -> Optional[int]:
        """The number in a file."""
        text = self.read(path)
        return int(text) if text and re.fullmatch(r"-?\d{1,20}", text) else None

    def names(self, path: str) -> list[str]:
        """What is in a directory."""
        return (self._ask("names", path) or "").splitlines()

    def link(self, path: str) -> Optional[str]:
        """The last part of what a link points at."""
        text = self._ask("link", path)
        return os.path.basename(text.strip()) if text else None

    def run(self, *command: str) -> Optional[str]:
        """What a program says; none of its words has a blank. One that has not
        answered is not asked again."""
        kind, what = command[0].split("-")[0], " ".join(command)
        if kind in self.silent:
            return None
        said = self._ask("run", what)
        if said is None and self.denied.get(what, "").startswith(SILENT):
            self.silent[kind] = self.denied[what]
        return said


class Recorder(Host):
    """The same, and all that was asked is remembered for a report."""

    direct = False

    def __init__(self, host: Host) -> None:
        super().__init__()
        self.host = host
        self.facts: dict[tuple[str, str], Union[str, Missing]] = {}

    def fetch(self, kind: str, what: str) -> str:
        try:
            fact: Union[str, Missing] = self.host.fetch(kind, what)
        except Missing as missing:
            fact = missing.anew()
        self.facts[kind, what] = fact
        if isinstance(fact, Missing):
            raise fact.anew()
        return fact

    def lines(self) -> Iterator[str]:
        """What was found, as Recorded reads it. What was not there is left out."""
        for (kind, what), fact in self.facts.items():
            if isinstance(fact, Missing):
                if fact.why:
                    yield f"=== {kind} {what}"
                    yield f"!{fact.why}"
                continue
            yield f"=== {kind} {what}"
            for line in fact.splitlines():
                yield f" {line}"


class Recorded(Host):
    """Facts of a host as a report has them."""

    direct = False

    def __init__(self, lines: Iterable[str]) -> None:
        super().__init__()
        self.facts: dict[tuple[str, str], Union[str, Missing]] = {}
        key: Optional[tuple[str, str]] = None
        body: list[str] = []
        for line in [*lines, "=== end of"]:
            line = printable(line.rstrip("\n"))
            if line.startswith("=== "):
                if key and key not in self.facts:
                    self.facts[key] = "".join(f"{text}\n" for text in body)
                _, kind, what = line.split(" ", 2)
                key, body = (kind, what), []
            elif key and line.startswith("!"):
                self.facts[key] = Missing(line[1:])
            elif line.startswith(" "):
                body.append(line[1:])

    def fetch(self, kind: str, what: str) -> str:
        fact = self.facts.get((kind, what), Missing(""))
        if isinstance(fact, Missing):
            raise fact.anew()
        return fact
