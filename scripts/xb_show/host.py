# SPDX-License-Identifier: GPL-2.0
"""Where facts come from: this host's files and programs, or a report of another
host's. Whatever comes from here can be printed: a guest chooses some of it.

A fact that cannot be had is None, and why is remembered.
"""
from __future__ import annotations

import errno
import os
import re
import subprocess
from typing import Callable, Iterable, Iterator, Optional, Union

MOST = 1 << 20          # bytes of a file
MOST_SAID = 1 << 26     # … and of what a program says: of hundreds of devices
PATIENCE = 10           # seconds that a program may take
PATHS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ENODEV)


def printable(text: str) -> str:
    """Nothing that moves a cursor, sets a colour or turns the writing round."""
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}"
                   for c in text)


class Missing(Exception):
    """A fact that cannot be had."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Host:
    """Facts of the host that this runs on."""

    def __init__(self) -> None:
        # What there is, but not for us: its kind, and why.
        self.denied: dict[str, str] = {}

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
        try:
            done = subprocess.run(
                command.split(), env=env, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                timeout=PATIENCE, check=False)
        except FileNotFoundError:
            raise Missing("is not installed") from None
        except subprocess.TimeoutExpired:
            raise Missing(f"no answer in {PATIENCE} s") from None
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise Missing(printable(said[-1]) if said else
                          f"status {done.returncode}")
        return printable(done.stdout[:MOST_SAID].decode(errors="replace"))

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
        return int(text) if text and re.fullmatch(r"-?\d+", text) else None

    def names(self, path: str) -> list[str]:
        """What is in a directory."""
        return (self._ask("names", path) or "").splitlines()

    def link(self, path: str) -> Optional[str]:
        """The last part of what a link points at."""
        text = self._ask("link", path)
        return os.path.basename(text.strip()) if text else None

    def run(self, *command: str) -> Optional[str]:
        """What a program says; none of its words has a blank."""
        return self._ask("run", " ".join(command))


class Recorder(Host):
    """The same, and all that was asked is remembered for a report."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self.host = host
        self.facts: dict[tuple[str, str], Union[str, Missing]] = {}

    def fetch(self, kind: str, what: str) -> str:
        try:
            fact: Union[str, Missing] = self.host.fetch(kind, what)
        except Missing as missing:
            fact = missing
        self.facts[kind, what] = fact
        if isinstance(fact, Missing):
            raise fact
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
            raise fact
        return fact
